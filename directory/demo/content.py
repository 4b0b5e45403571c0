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


def typeset(text):
    """The text with the spaces of French typography: unbreakable by high punctuation, in quotes and numbers."""
    text = re.sub(r" (?=[:»])|(?<=«) ", "\N{NO-BREAK SPACE}", text)
    return re.sub(r" (?=[;!?%€])|(?<=\d) (?=\d{3}\b)", "\N{NARROW NO-BREAK SPACE}", text)


def _read(path):
    with path.open(encoding="utf-8") as file:
        return _frozen(tomllib.loads(file.read()))


def _frozen(value):
    """The value read from TOML, lists made into tuples and texts typeset."""
    match value:
        case str():
            return typeset(value)
        case list():
            return tuple(_frozen(item) for item in value)
        case dict():
            return {key: _frozen(item) for key, item in value.items()}
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
def skill_words():
    """The words that each skill goes by, by its slug."""
    with SKILLS.open(encoding="utf-8", newline="") as file:
        return {row["slug"]: (row["name"], *row["synonyms"].split("|")) for row in csv.DictReader(file)}
