"""What the demonstration is written from: the TOML files of this folder, as objects."""

import csv
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SKILLS = FOLDER.parent / "data" / "skills.csv"


@dataclass(frozen=True)
class Work:
    """A service delivered, as references tell it; `{n}` in its texts is a number drawn within `number`."""

    types: tuple[str, ...]
    subject: str
    results: str
    amount: tuple[int, int]
    number: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Trade:
    """One trade: what those who practise it write on their fiche.

    An offer takes one of each of `opening`, `what`, `how` and `result`, and sometimes one of the domain's
    `practical` sentences. `reach` is `local`, `regional` or `national`; `people` is how many practise it.
    """

    domain: str
    name: str
    people: int
    reach: str
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    cpv: tuple[str, ...]
    labels: tuple[str, ...]
    trade_names: tuple[str, ...]
    headlines: tuple[str, ...]
    opening: tuple[str, ...]
    what: tuple[str, ...]
    how: tuple[str, ...]
    result: tuple[str, ...]
    presentation: tuple[str, ...]
    practical: tuple[str, ...]
    works: tuple[Work, ...]


@dataclass(frozen=True)
class NameFamily:
    share: int
    first: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True)
class Home:
    department: str
    share: int
    cities: tuple[str, ...]
    neighbours: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """A request to be listed; `source` names the standing of its fiche, `stranger` who asks without one."""

    state: str
    submitted_days_ago: int
    source: str = ""
    stranger: tuple[str, ...] = ()  # first name, last name, trade name
    decided_days_ago: int | None = None
    reason: str = ""
    comment: str = ""
    word: str = ""
    reminded_days: int = 0


@dataclass(frozen=True)
class Charter:
    """What the charter tells of a work, beside its subject and its results."""

    context: str
    mission: str
    deliverables: tuple[str, ...]


@dataclass(frozen=True)
class Post:
    """A post held; `employers` are those that may have offered it."""

    title: str
    employers: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Career:
    """What those who practise a trade bring to an answer.

    `parts` are what the first and the others do when several deliver a work together; `posts` go from the oldest;
    each of `diplomas` comes with the schools that may have given it; `charters` go by the subject of the work.
    """

    parts: tuple[str, str]
    summary: tuple[str, ...]
    posts: tuple[Post, ...]
    diplomas: tuple[tuple[str, tuple[str, ...]], ...]
    trainings: tuple[str, ...]
    tools: tuple[str, ...]
    charters: dict[str, Charter]


@dataclass(frozen=True)
class Seat:
    """Someone asked into the team of a consultation: the `rank`-th listed member of a trade."""

    trade: str
    role: str
    mission: str
    state: str
    rank: int = 0
    stands_in_for: str = ""  # a trade
    word: str = ""


@dataclass(frozen=True)
class Part:
    """A section of a memo; `score` and what it is out of, once known."""

    kind: str
    title: str
    criterion: str
    body: str
    score: tuple[str, ...] = (None, None)


@dataclass(frozen=True)
class Tender:
    """A consultation, days counted from today; `files` are the names of what was sent."""

    name: str
    buyer: tuple[str, str]
    subject: str
    reference: str
    opened_days_ago: int
    deadline_in_days: int
    contract_ends_in_days: int
    cpv: tuple[str, ...]
    skills: tuple[str, ...]
    departments: tuple[str, ...]
    team: tuple[Seat, ...]
    parts: tuple[Part, ...] = ()
    lot: str = ""
    trame: str = ""
    outcome: str = ""
    outcome_days_ago: int | None = None
    price: tuple[str, ...] = (None, None)
    technical: tuple[str, ...] = (None, None)
    feedback: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """A contract as open data tells it: told here, or that of a `reference`, known by its subject."""

    cpv: str
    procedure: str
    notified_days_ago: int
    months: int
    buyer: tuple[str, str] = ()
    subject: str = ""
    amount: int | None = None
    holders: int = 1
    state: str = "awaiting"
    reference: str = ""


@dataclass(frozen=True)
class Awaiting:
    """A reference that waits: for its référent, or for its author once answered; or that waited too long."""

    trade: str
    subject: str
    client: tuple[str, str]
    results: str
    started_days_ago: int
    lasted_days: int
    amount: int
    days_ago: int
    trades: tuple[str, ...] = ()  # of those who took part
    answered_days_ago: int | None = None
    closed_days_ago: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class Proposal:
    """Changes that the `rank`-th listed member of a trade would make to some fields of their fiche."""

    trade: str
    fields: tuple[str, ...]
    submitted_days_ago: int
    word: str
    rank: int = 0


def typeset(text):
    """The text with the spaces of French typography: unbreakable by high punctuation, in quotes and numbers."""
    text = re.sub(r" (?=[:»])|(?<=«) ", "\N{NO-BREAK SPACE}", text)
    return re.sub(r" (?=[;!?%€])|(?<=\d) (?=\d{3}\b)", "\N{NARROW NO-BREAK SPACE}", text)


def _read(path):
    with path.open(encoding="utf-8") as file:
        return _frozen(tomllib.loads(file.read()))


def _frozen(value):
    """The value read from TOML, lists made into tuples and texts typeset; keys too, some of which are subjects."""
    match value:
        case str():
            return typeset(value)
        case list():
            return tuple(_frozen(item) for item in value)
        case dict():
            return {typeset(key): _frozen(item) for key, item in value.items()}
        case _:
            return value


@cache
def trades():
    """All trades, by domain then in the order of their file."""
    found = []
    for path in sorted((FOLDER / "trades").glob("*.toml")):
        content = _read(path)
        for record in content["trades"]:
            works = tuple(Work(**work) for work in record.pop("works"))
            shared = {"domain": content["domain"], "practical": content["practical"], "people": 3, "labels": ()}
            found.append(Trade(**{**shared, **record, "works": works}))
    return tuple(found)


@cache
def name_families():
    return tuple(NameFamily(**record) for record in _read(FOLDER / "people.toml")["names"])


@cache
def homes():
    return tuple(Home(**record) for record in _read(FOLDER / "people.toml")["homes"])


@cache
def clients():
    """Name and department of each public client, by type."""
    return _read(FOLDER / "clients.toml")


@cache
def requests():
    return tuple(Request(**record) for record in _read(FOLDER / "requests.toml")["requests"])


@cache
def careers():
    """What those of each trade bring, by the name of the trade."""
    shared = cv()
    found = {}
    for path in sorted((FOLDER / "kit").glob("*.toml")):
        content = _read(path)
        employers = shared["employers"] | content.pop("employers")
        for trade, record in content.items():
            posts = [(title, employers.get(kind) or _names(kind), words) for title, kind, words in record["posts"]]
            found[trade] = Career(
                parts=record["parts"],
                summary=record["summary"],
                posts=tuple(Post(*post) for post in posts),
                diplomas=tuple((title, shared["schools"][school]) for title, school in record["diplomas"]),
                trainings=record["trainings"],
                tools=record["tools"],
                charters={subject: Charter(*words) for subject, words in record["works"].items()},
            )
    return found


def _names(client_type):
    return tuple(name for name, _ in clients()[client_type])


@cache
def cv():
    """What CVs of every trade draw from."""
    return _read(FOLDER / "cv.toml")


@cache
def charter():
    """What references of every trade draw from; `awaiting` as objects."""
    content = _read(FOLDER / "charter.toml")
    return content | {"awaiting": tuple(Awaiting(**record) for record in content["awaiting"])}


@cache
def tenders():
    return tuple(
        Tender(
            **{
                **record,
                "team": tuple(Seat(**seat) for seat in record["team"]),
                "parts": tuple(Part(**part) for part in record.get("parts", ())),
            }
        )
        for record in _read(FOLDER / "tenders.toml")["consultations"]
    )


@cache
def contracts():
    return tuple(Contract(**record) for record in _read(FOLDER / "tenders.toml")["contracts"])


@cache
def proposals():
    return tuple(Proposal(**record) for record in _read(FOLDER / "tenders.toml")["proposals"])


@cache
def skill_words():
    """The words that each skill goes by, by its slug."""
    with SKILLS.open(encoding="utf-8", newline="") as file:
        return {row["slug"]: (row["name"], *row["synonyms"].split("|")) for row in csv.DictReader(file)}
