"""The State's open data of public contracts (DECP), read as published: JSON of the schema 2.x, whatever its size.

The schema is that of https://github.com/139bercy/format-commande-publique; files in the wild also hold the contracts
as a plain list, or as `{"marches": [...]}`. They are read one contract at a time.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from directory.forms.cpv import cpv_meanings
from directory.models import ContractSuggestion

from .json_stream import Scanner, UnreadableFileError, excerpt_of

MOST_PROBLEMS = 200
MOST_CONTRACTS = 2000
LIST_KEYS = {"marches", "marche"}
# How files in the wild write that they don't know.
UNKNOWN = {"", "nc", "nan", "null", "none", "inconnu", "non renseigné", "sans objet"}
LONGEST_DURATION = 50 * 12
LARGEST_AMOUNT = Decimal(10) ** 12
LONGEST_IDENTIFIER = 500
NO_SUBJECT = "Objet non renseigné"
# Of a modification: the schema of 2022, then that of 2019.
DAYS_OF_CHANGE = (
    "dateNotificationModification",
    "dateSignatureModification",
    "datePublicationDonneesModification",
)
WINDOWS_SIGNS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]?[Z0-9:.+-]*)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Problem:
    """What is wrong with one contract of the file, counted from 1."""

    row: int
    field: str
    why: str

    def __str__(self):
        return f"marché n° {self.row}, {self.field} : {self.why}"


@dataclass
class Reading:
    """What a file holds of our contracts.

    Attributes:
        rows: how many contracts were read, ours or not.
        repeated: how many of ours stood there again.
        suggestions: ours, not saved, by (SIRET of the buyer, identifier, number of the lot).
        dropped: why contracts of ours can't be taken, as `Problem`; at most `MOST_PROBLEMS` are kept.
        dropped_count: of how many contracts.
        warnings: what was emptied, cut or cleaned in those that are taken, as `Problem`; as many at most.
        warnings_count: how many times.
    """

    rows: int = 0
    repeated: int = 0
    suggestions: dict = field(default_factory=dict)
    dropped: list = field(default_factory=list)
    dropped_count: int = 0
    warnings: list = field(default_factory=list)
    warnings_count: int = 0
    _lots: dict = field(default_factory=dict, repr=False)

    def drop(self, problems):
        self.dropped += problems[: MOST_PROBLEMS - len(self.dropped)]
        self.dropped_count += 1

    def warn(self, problems):
        self.warnings += problems[: MOST_PROBLEMS - len(self.warnings)]
        self.warnings_count += len(problems)

    def take(self, suggestion, *, row, changed_on):
        """Keep a contract: again, if its words and its first amount are those of one that came before; else a lot.

        Returns:
            bool: whether it is one more.
        """
        of_the_same = self._lots.setdefault((suggestion.buyer_siret, suggestion.contract_id), {})
        said = (suggestion.subject.casefold(), suggestion.first_amount)
        lot, last_change = of_the_same.get(said, (len(of_the_same) + 1, date.min))
        if said in of_the_same:
            self.repeated += 1
            if changed_on <= last_change:
                return False
        elif lot > 1:
            why = "un autre marché porte le même identifiant : celui-ci est gardé comme un autre lot."
            self.warn([Problem(row, "id", why)])
        of_the_same[said] = lot, changed_on
        suggestion.lot = lot
        self.suggestions[suggestion.buyer_siret, suggestion.contract_id, lot] = suggestion
        return True


def read(file, *, siren, source, progress=None):
    """The contracts of which a holder carries this SIREN.

    Args:
        file: open in binary mode.
        siren: 9 digits.
        source: the name to give to the file.
        progress: called with the number of bytes read each time some are.

    Returns:
        Reading: what could be read of each; what couldn't is told.

    Raises:
        UnreadableFileError: with the sentence to show.
    """
    reading = Reading()
    try:
        for contract in _contracts(Scanner(file, progress)):
            reading.rows += 1
            _take(contract, reading, siren, source)
    except UnreadableFileError as error:
        if reading.rows:
            raise UnreadableFileError(f"après le marché n° {reading.rows}, {error}") from error
        raise
    return reading


def _take(contract, reading, siren, source):
    """Add a contract to what was read, if it is ours."""
    if not isinstance(contract, dict):
        reading.drop([Problem(reading.rows, "marché", "ce n’est pas un objet JSON.")])
        return
    holders = _holders(contract.get("titulaires"))
    ours = next((identifier for identifier, kind in holders if _is_of(siren, identifier, kind)), None)
    if ours is None:
        return
    fields = _Fields(reading.rows, contract)
    suggestion = fields.suggestion(holder=ours, holders_count=len(holders), source=source)
    if fields.problems:
        reading.drop(fields.problems)
    elif reading.take(suggestion, row=reading.rows, changed_on=fields.changed_on):
        reading.warn(fields.warnings)
    if len(reading.suggestions) > MOST_CONTRACTS:
        raise UnreadableFileError(f"ce fichier dit que la coopérative tient plus de {MOST_CONTRACTS} marchés.")


# --- Who holds a contract ----------------------------------------------------------------------------------------


def _holders(value):
    """The distinct (identifier, its type) of the holders, however they are wrapped; what isn't one is left out."""
    holders, waiting = {}, [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict) and "titulaire" in item:
            waiting.append(item["titulaire"])
        elif isinstance(item, dict) and isinstance(item.get("id"), str | int):
            identifier, kind = "".join(str(item["id"]).split()), str(item.get("typeIdentifiant") or "SIRET")
            holders[identifier, kind.strip().upper()] = None
    return list(holders)


def _is_of(siren, identifier, kind):
    """Whether an identifier is this legal person's: its SIREN begins a SIRET, and ends a French VAT number."""
    if kind == "TVA":
        return re.fullmatch(rf"FR[0-9A-Z]{{2}}{siren}", identifier.upper()) is not None
    return re.fullmatch(rf"{siren}([0-9]{{5}})?", identifier) is not None


# --- The fields of a contract ------------------------------------------------------------------------------------


class _Fields:
    """Reads one contract, or one of its modifications.

    Attributes:
        problems: why it can't be taken: what tells it from others is missing or wrong.
        warnings: what was emptied, cut or cleaned of the rest.
        changed_on: the day of its last modification.
    """

    def __init__(self, row, contract):
        self.row, self.contract = row, contract
        self.problems, self.warnings = [], []
        self.changed_on = date.min

    def suggestion(self, *, holder, holders_count, source):
        """The contract as a suggestion, which isn't saved; of no use once there are problems."""
        suggestion = ContractSuggestion(
            contract_id=self.identifier("id"),
            buyer_siret=self.siret("acheteur.id"),
            buyer_name=self.text("acheteur.nom", limit=200),
            holder_siret=holder,
            holders_count=min(holders_count, 32767),
            subject=self.text("objet", limit=1000) or NO_SUBJECT,
            cpv_code=self.cpv("codeCPV"),
            procedure=self.text("procedure", limit=100),
            notified_on=self.day("dateNotification"),
            duration_months=self.months("dureeMois"),
            amount=self.amount("montant"),
            place_code=self.text("lieuExecution.code", limit=20),
            source=source,
        )
        # What was said at first tells a contract from its lots; what was said last is what counts.
        suggestion.first_amount = suggestion.amount
        for change in self.modifications():
            amount, months = change.amount("montant"), change.months("dureeMois")
            suggestion.amount = suggestion.amount if amount is None else amount
            suggestion.duration_months = suggestion.duration_months if months is None else months
            self.changed_on = change.changed_on
            self.warnings += change.warnings
        if suggestion.subject == NO_SUBJECT:
            self.warn("objet", "il manque.")
        return suggestion

    def modifications(self):
        """What changed since, as `_Fields`, the last at the end; those without a day stand in the file's order."""
        changes, waiting = [], [self.contract.get("modifications")]
        while waiting:
            item = waiting.pop()
            if isinstance(item, list):
                waiting += reversed(item)
            elif isinstance(item, dict) and isinstance(item.get("modification"), dict | list):
                waiting.append(item["modification"])
            elif isinstance(item, dict):
                change = _Fields(self.row, item)
                days = (_day(item.get(name)) for name in DAYS_OF_CHANGE)
                change.changed_on = next((day for day in days if day), date.min)
                changes.append(change)
        return sorted(changes, key=lambda change: change.changed_on)

    def refuse(self, name, why):
        """Say why the contract can't be taken, once for each field."""
        if not any(problem.field == name for problem in self.problems):
            self.problems.append(Problem(self.row, name, why))

    def warn(self, name, why):
        """Say what became of a field, once."""
        if not any(problem.field == name for problem in self.warnings):
            self.warnings.append(Problem(self.row, name, why))

    def value(self, name):
        """What stands under a name, « a.b » being b within a; None where the file says that it doesn't know."""
        written = self.contract
        for part in name.split("."):
            if written is None:
                return None
            if not isinstance(written, dict):
                self.warn(name, "ce n’est pas à sa place dans un objet JSON : laissé vide.")
                return None
            written = written.get(part)
        if isinstance(written, str) and written.strip().casefold() in UNKNOWN:
            return None
        return written

    def text(self, name, *, limit):
        """A text, cleaned and cut; empty for what isn't one."""
        written = self.value(name)
        if isinstance(written, int | Decimal) and not isinstance(written, bool):
            written = str(written)
        if written is None:
            return ""
        if not isinstance(written, str):
            self.warn(name, "ce n’est pas un texte : laissé vide.")
            return ""
        text = " ".join(written.split())
        clean = _clean(text)
        if clean != text:
            self.warn(name, "des signes illisibles ont été remplacés ou retirés.")
        if len(clean) > limit:
            self.warn(name, f"ce texte compte {len(clean)} caractères : coupé à {limit}.")
            clean = f"{clean[: limit - 1]}…"
        return clean

    def identifier(self, name):
        """What tells the contract from its buyer's others: it can't be cut."""
        limit = ContractSuggestion.contract_id.field.max_length
        identifier = self.text(name, limit=LONGEST_IDENTIFIER)
        if not identifier:
            self.refuse(name, "il manque.")
        elif len(identifier) > limit:
            self.refuse(name, f"cet identifiant compte {len(identifier)} caractères : {limit} au plus.")
        return identifier

    def siret(self, name):
        written = self.value(name)
        if isinstance(written, int) and not isinstance(written, bool):
            written = str(written).zfill(14)  # a number loses its leading zeros
        if written is None:
            self.refuse(name, "il manque.")
        elif not isinstance(written, str) or not re.fullmatch(r"[0-9]{14}", "".join(_clean(written).split())):
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas un SIRET de 14 chiffres.")
        else:
            return "".join(_clean(written).split())
        return ""

    def cpv(self, name):
        """Eight digits; a shorter code is its branch, or lost its first zero."""
        written = self.value(name)
        if written is None:
            return ""
        digits = re.fullmatch(r"([0-9]{2,8})(?:-[0-9])?", _clean(str(written)).strip())
        if digits is None:
            self.warn(name, f"« {excerpt_of(written)} » n’est pas un code CPV : laissé vide.")
            return ""
        code = cpv_meanings(digits[1])[0]
        if code != digits[1]:
            self.warn(name, f"« {excerpt_of(written)} » est lu {code}.")
        return code

    def day(self, name):
        written = self.value(name)
        day = _day(written)
        if written is None:
            self.refuse(name, "elle manque.")
        elif day is None:
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas une date AAAA-MM-JJ.")
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.refuse(name, f"l’année {day.year} n’est pas vraisemblable.")
        return day

    def number(self, name):
        written = self.value(name)
        if written is None:
            return None
        figures = "".join(_clean(str(written)).split()).replace(",", ".").removesuffix("€")
        try:
            number = Decimal("nan" if isinstance(written, bool | list | dict) else figures)
        except (InvalidOperation, ValueError):
            number = Decimal("nan")
        if not number.is_finite():
            self.warn(name, f"« {excerpt_of(written)} » n’est pas un nombre : laissé vide.")
            return None
        return number

    def months(self, name):
        number = self.number(name)
        if number is None:
            return None
        if not 0 <= number <= LONGEST_DURATION:
            why = f"« {excerpt_of(number)} » n’est pas un nombre de mois, de 0 à {LONGEST_DURATION} : laissé vide."
            self.warn(name, why)
            return None
        months = int(number.to_integral_value(ROUND_HALF_UP))
        if months != number:
            self.warn(name, f"« {excerpt_of(number)} » mois sont arrondis à {months}.")
        return months

    def amount(self, name):
        number = self.number(name)
        if number is None:
            return None
        if not 0 <= number < LARGEST_AMOUNT:
            self.warn(name, f"« {excerpt_of(number)} » n’est pas un montant vraisemblable : laissé vide.")
            return None
        return round(number, 2)


def _day(written):
    """The day that is written, with whatever follows; None for what isn't one."""
    try:
        return date(*(int(part) for part in DAY.fullmatch(_clean(written).strip()).groups()))
    except (AttributeError, TypeError, ValueError):
        return None


def _clean(text):
    """The text that the database and a page can hold.

    Signs of Windows taken for controls become what they were meant to be (U+0092 is « ’ »); other controls, signs that
    don't show and halves of a character go.
    """
    meant = (WINDOWS_SIGNS.get(sign, sign) for sign in text)
    return "".join(sign for sign in meant if sign.isprintable() or sign.isspace())


# --- The list of contracts ---------------------------------------------------------------------------------------


def _contracts(scanner):
    """The contracts of the file, in whichever of the known forms; concessions and what else it holds are skipped."""
    is_list = False
    if scanner.peek() == "[":
        is_list = True
        yield from scanner.items()
    elif scanner.peek() == "{":
        for key in scanner.members():
            if key == "marches" and scanner.peek() == "{":
                for inner in scanner.members():
                    if inner == "marche":
                        is_list = True
                        yield from _one_or_several(scanner)
                    else:
                        is_list = is_list or inner == "contrat-concession"
                        scanner.skip()
            elif key in LIST_KEYS:
                is_list = True
                yield from _one_or_several(scanner)
            else:
                scanner.skip()
    scanner.end()
    if not is_list:
        raise UnreadableFileError("ce fichier n’est pas une liste de marchés : il y faut la clé « marches ».")


def _one_or_several(scanner):
    if scanner.peek() == "[":
        yield from scanner.items()
    else:
        yield scanner.value()
