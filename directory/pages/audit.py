"""What the audit of accessibility found, read from `directory/data/accessibility/`, and what follows from it."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "accessibility"
# A declaration holds three years (arrêté of 20 September 2019), a part of the criteria from a half.
VALID_YEARS = 3
PARTLY_FROM = Fraction(1, 2)
# Of the criterion that speaks of the documents to download.
DOCUMENTS = "13.3"
MEANS = {
    "main": "à la main",
    "clavier": "au clavier seul",
    "arbre": "par l’arbre d’accessibilité",
    "axe": "axe-core",
    "nu": "Nu Html Checker",
    "calcul": "mesuré sur la page rendue",
}


class AuditError(ValueError):
    """Files of the audit that don't hold; its words are what to mend, a line each."""


class Part(Enum):
    """A part of the site, as it is called."""

    PUBLIC = "Pages publiques"
    SPACE = "Espace des membres et consultations"
    ADMIN = "Espace des référents"


class Verdict(Enum):
    """What a criterion is, on a page or on the whole site."""

    MET = "C"
    NOT_MET = "NC"
    NOT_APPLICABLE = "NA"


class State(Enum):
    """How far the site meets the criteria, in the words of the law."""

    TOTAL = "totalement conforme"
    PARTIAL = "partiellement conforme"
    NONE = "non conforme"
    # For the law, what has no audit isn't met.
    UNKNOWN = "non conforme (non évalué)"


@dataclass(frozen=True)
class Criterion:
    """One of the 106: its number, as « 10.11 », what is right when it is met, its theme and how it is judged."""

    number: str
    title: str
    theme: str
    means: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page of the sample: what isn't met or doesn't apply there, each with its reason, by criterion.

    Attributes:
        judged: the day; none as long as nobody did.
    """

    name: str
    address: str
    part: Part
    judged: date | None
    not_met: dict[str, str]
    not_applicable: dict[str, str]
    criteria: tuple[str, ...] = field(repr=False)

    def verdict(self, number):
        if number in self.not_met:
            return Verdict.NOT_MET
        return Verdict.NOT_APPLICABLE if number in self.not_applicable else Verdict.MET

    @property
    def rate(self):
        """What part of the criteria that apply is met there."""
        return _rate([self.verdict(number) for number in self.criteria])


@dataclass(frozen=True)
class Audit:
    """All that the files say."""

    about: dict
    version: str
    criteria: tuple[Criterion, ...]
    pages: tuple[Page, ...]
    documents: tuple[dict, ...]
    findings: tuple[dict, ...]
    derogations: tuple[dict, ...]
    exempt: tuple[dict, ...]

    @property
    def judged(self):
        """The pages that were judged."""
        return [page for page in self.pages if page.judged]

    @property
    def unjudged(self):
        """The names of the pages and documents that were not."""
        documents = [document["name"] for document in self.documents if not document.get("judged")]
        return [page.name for page in self.pages if not page.judged] + documents

    @property
    def days(self):
        """The first and the last day of the audit; none when nothing was judged."""
        days = [page.judged for page in self.judged]
        return (min(days), max(days)) if days else None

    def verdicts(self):
        """Of each criterion, on all that was judged: its `Verdict`, in order."""
        return {criterion: self.verdict(criterion.number) for criterion in self.criteria}

    def verdict(self, number):
        """Not met when one page doesn't, or a document; met when it is wherever it applies."""
        said = {page.verdict(number) for page in self.judged}
        if number == DOCUMENTS and any(document.get("faults") for document in self.documents):
            said.add(Verdict.NOT_MET)
        return next(verdict for verdict in (Verdict.NOT_MET, Verdict.MET, Verdict.NOT_APPLICABLE) if verdict in said)

    # Each page of the site says the state at its foot: 4 000 verdicts are read for it, once.
    @cached_property
    def rate(self):
        return _rate(self.verdicts().values())

    @property
    def average(self):
        """The mean of the rates of pages, which a criterion that one page doesn't meet weighs on less."""
        return sum(page.rate for page in self.judged) / len(self.judged)

    def state(self, today=None):
        """What the declaration says on a day, today when it isn't said."""
        today = today or date.today()  # noqa: DTZ011 -- the day where the site is read
        if self.unjudged or _years_after(self.days[0], VALID_YEARS) <= today:
            return State.UNKNOWN
        if self.rate == 1:
            return State.TOTAL
        return State.PARTIAL if self.rate >= PARTLY_FROM else State.NONE


def percent(rate):
    """« 72,7 % »: never rounded up, lest a fault be rounded away."""
    tenths = int(rate * 1000)
    return f"{tenths // 10},{tenths % 10}".removesuffix(",0") + "\N{NO-BREAK SPACE}%"


def read(folder=FOLDER):
    """The audit of a folder.

    Raises:
        AuditError: when its files don't hold; all that is to be mended is said at once.
    """
    rules = tomllib.loads((folder / "rgaa.toml").read_text(encoding="utf-8"))
    try:
        said = tomllib.loads((folder / "audit.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AuditError(f"audit.toml : {error}") from error
    reader = _Reader(rules, said)
    audit = reader.audit()
    if reader.problems:
        raise AuditError("\n".join(reader.problems))
    return audit


class _Reader:
    """Reads what was typed by hand, and keeps all that isn't right in it."""

    KEYS = {
        "page": {"name", "address", "part", "judged", "nc", "na", "c"},
        "document": {"name", "format", "judged", "checked", "faults"},
        "finding": {"criteria", "what", "mended"},
        "derogation": {"criteria", "what", "why", "instead"},
        "exempt": {"what", "why"},
    }
    NEEDED = {
        "page": {"name", "part"},
        "document": {"name", "format"},
        "finding": {"criteria", "what"},
        "derogation": {"criteria", "what", "why", "instead"},
        "exempt": {"what", "why"},
    }
    ABOUT = {"by": str, "declared": date, "technologies": list, "environments": list, "tools": list}

    def __init__(self, rules, said):
        self.rules, self.said, self.problems = rules, said, []
        self.numbers = [
            f"{theme}.{number}"
            for theme, row in enumerate(rules["theme"], start=1)
            for number in range(1, len(row["criteria"]) + 1)
        ]

    def audit(self):
        for key in self.said.keys() - self.KEYS.keys() - {"audit", "method", "na"}:
            self.problems.append(f"« {key} » n’est pas connu")
        about = self.said.get("audit", {})
        for key, kind in self.ABOUT.items():
            if not isinstance(about.get(key), kind):
                self.problems.append(f"[audit] : « {key} » manque, ou n’est pas de la bonne forme")
        rows = {kind: tuple(self._rows(kind)) for kind in self.KEYS}
        for kind in ("finding", "derogation"):
            for row in rows[kind]:
                self._known(row.get("criteria", []), f"[[{kind}]] {row.get('what')}")
        everywhere = self._reasons(self.said.get("na", {}), "[na]")
        return Audit(
            about=about,
            version=self.rules["version"],
            criteria=tuple(self._criteria()),
            pages=tuple(self._page(row, everywhere) for row in rows["page"]),
            documents=rows["document"],
            findings=rows["finding"],
            derogations=rows["derogation"],
            exempt=rows["exempt"],
        )

    def _rows(self, kind):
        seen = set()
        for row in self.said.get(kind, []):
            name = f"[[{kind}]] {row.get('name') or row.get('what') or '?'}"
            self.problems += [f"{name} : « {key} » n’est pas connu" for key in row.keys() - self.KEYS[kind]]
            self.problems += [f"{name} : « {key} » manque" for key in self.NEEDED[kind] - row.keys()]
            self.problems += [
                f"{name} : « {key} » n’est pas un jour, comme 2026-11-29"
                for key in ("judged", "mended")
                if key in row and not isinstance(row[key], date)
            ]
            if name in seen:
                self.problems.append(f"{name} : y est deux fois")
            seen.add(name)
            yield row

    def _page(self, row, everywhere):
        name = f"[[page]] {row.get('name')}"
        if row.get("part", "").upper() not in Part.__members__:
            self.problems.append(f"{name} : « part » est « public », « space » ou « admin »")
        not_met, not_applicable = self._reasons(row.get("nc", {}), name), self._reasons(row.get("na", {}), name)
        met = set(self._expanded(self._known(row.get("c", []), name)))
        self.problems += [
            f"{name} : {number} est dit de deux façons"
            for number in self.numbers
            if (number in row.get("nc", {})) + (number in row.get("na", {})) + (number in row.get("c", [])) > 1
        ]
        elsewhere = {number: why for number, why in everywhere.items() if number not in met | not_met.keys()}
        # What is said of a criterion wins over what is said of its theme.
        own = {
            number: why
            for number, why in not_applicable.items()
            if number in row.get("na", {}) or number not in met | not_met.keys()
        }
        return Page(
            name=row.get("name", ""),
            address=row.get("address", ""),
            part=Part.__members__.get(row.get("part", "").upper(), Part.PUBLIC),
            judged=row.get("judged"),
            not_met={
                number: why
                for number, why in not_met.items()
                if number in row.get("nc", {}) or number not in met | own.keys()
            },
            not_applicable=elsewhere | own,
            criteria=tuple(self.numbers),
        )

    def _criteria(self):
        method = self.said.get("method", {})
        self._known(method, "[method]")
        for theme, row in enumerate(self.rules["theme"], start=1):
            for place, title in enumerate(row["criteria"], start=1):
                number = f"{theme}.{place}"
                means = method.get(number, method.get(str(theme), []))
                if not means or set(means) - MEANS.keys():
                    self.problems.append(f"[method] : {number} se juge par {', '.join(MEANS)}")
                yield Criterion(number, title, row["title"], tuple(MEANS.get(one, one) for one in means))

    def _reasons(self, typed, where):
        """What was typed of criteria and of themes, by criterion, in order."""
        self._known(typed, where)
        for number, why in typed.items():
            if not (isinstance(why, str) and why.strip()):
                self.problems.append(f"{where} : {number} n’a pas de raison")
        found = {number: typed.get(number, typed.get(number.partition(".")[0])) for number in self.numbers}
        return {number: why for number, why in found.items() if why is not None}

    def _known(self, numbers, where):
        known = {*self.numbers, *(str(theme) for theme in range(1, len(self.rules["theme"]) + 1))}
        self.problems += [f"{where} : « {number} » n’est pas un critère" for number in numbers if number not in known]
        return [number for number in numbers if number in known]

    def _expanded(self, numbers):
        return [number for number in self.numbers if number in numbers or number.partition(".")[0] in numbers]


def _rate(verdicts):
    verdicts = list(verdicts)
    met, not_met = verdicts.count(Verdict.MET), verdicts.count(Verdict.NOT_MET)
    return Fraction(met, met + not_met) if met + not_met else Fraction(1)


def _years_after(day, years):
    # In a year that has no 29th of February, the day after.
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


# Read once, when the site starts: what doesn't hold is said then, never to a reader.
AUDIT = read()
