"""The State's open data of public contracts (DECP), read as published: JSON of the schema 2.x, whatever its size.

The schema is that of https://github.com/139bercy/format-commande-publique; files in the wild also hold the contracts
as a plain list, or as `{"marches": [...]}`. They are read one contract at a time.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from directory.models import ContractSuggestion

from .json_stream import Scanner, UnreadableFileError, excerpt_of

MOST_PROBLEMS = 200
MOST_CONTRACTS = 2000
LIST_KEYS = {"marches", "marche"}
# How files in the wild write that they don't know.
UNKNOWN = {"", "nc", "nan", "null", "none", "inconnu", "non renseigné", "sans objet"}
LONGEST_DURATION = 50 * 12
LARGEST_AMOUNT = Decimal(10) ** 12
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]?[Z0-9:.+-]*)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Problem:
    """What is wrong with one contract of the file, counted from 1."""

    row: int
    field: str
    why: str

    def __str__(self):
        return f"marché n° {self.row}, {self.field} : {self.why}"


@dataclass
class Reading:
    """What a file holds of our contracts.

    Attributes:
        rows: how many contracts were read, ours or not.
        repeated: how many of ours stood there again.
        suggestions: ours, not saved, by (SIRET of the buyer, identifier); worth nothing if there are problems.
        problems: what is wrong with ours, as `Problem`.
    """

    rows: int = 0
    repeated: int = 0
    suggestions: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)


def read(file, *, siren, source, progress=None):
    """The contracts of which a holder carries this SIREN.

    Args:
        file: open in binary mode.
        siren: 9 digits.
        source: the name to give to the file.
        progress: called with the number of bytes read each time some are.

    Returns:
        Reading: with at most `MOST_PROBLEMS` problems.

    Raises:
        UnreadableFileError: with the sentence to show.
    """
    reading = Reading()
    try:
        for contract in _contracts(Scanner(file, progress)):
            reading.rows += 1
            if len(reading.problems) >= MOST_PROBLEMS:
                break
            _take(contract, reading, siren, source)
    except UnreadableFileError as error:
        if reading.rows:
            raise UnreadableFileError(f"après le marché n° {reading.rows}, {error}") from error
        raise
    return reading


def _take(contract, reading, siren, source):
    """Add a contract to what was read, if it is ours."""
    if not isinstance(contract, dict):
        reading.problems.append(Problem(reading.rows, "marché", "ce n’est pas un objet JSON."))
        return
    holders = _holders(contract.get("titulaires"))
    ours = next((identifier for identifier, kind in holders if _is_of(siren, identifier, kind)), None)
    if ours is None:
        return
    fields = _Fields(reading.rows, contract)
    suggestion = fields.suggestion(holder=ours, holders_count=len(holders), source=source)
    key = (suggestion.buyer_siret, suggestion.contract_id)
    if fields.problems:
        reading.problems += fields.problems
    elif key in reading.suggestions:
        reading.repeated += 1
    elif len(reading.suggestions) >= MOST_CONTRACTS:
        raise UnreadableFileError(f"ce fichier dit que la coopérative tient plus de {MOST_CONTRACTS} marchés.")
    else:
        reading.suggestions[key] = suggestion


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
    """Reads one contract, and collects what is wrong with it."""

    def __init__(self, row, contract):
        self.row, self.contract = row, contract
        self.problems = []

    def suggestion(self, *, holder, holders_count, source):
        """The contract as a suggestion, which isn't saved; of no use once there are problems."""
        return ContractSuggestion(
            contract_id=self.text("id", limit=60, required=True),
            buyer_siret=self.siret("acheteur.id"),
            buyer_name=self.text("acheteur.nom", limit=200),
            holder_siret=holder,
            holders_count=min(holders_count, 32767),
            subject=self.text("objet", limit=1000, required=True),
            cpv_code=self.cpv("codeCPV"),
            procedure=self.text("procedure", limit=100),
            notified_on=self.day("dateNotification"),
            duration_months=self.months("dureeMois"),
            amount=self.amount("montant"),
            place_code=self.text("lieuExecution.code", limit=20),
            source=source,
        )

    def refuse(self, name, why):
        """Say what is wrong with a field, once."""
        if not any(problem.field == name for problem in self.problems):
            self.problems.append(Problem(self.row, name, why))

    def value(self, name):
        """What stands under a name, « a.b » being b within a; None where the file says that it doesn't know."""
        written = self.contract
        for part in name.split("."):
            if written is None:
                return None
            if not isinstance(written, dict):
                self.refuse(name, "ce n’est pas à sa place dans un objet JSON.")
                return None
            written = written.get(part)
        if isinstance(written, str) and written.strip().casefold() in UNKNOWN:
            return None
        return written

    def text(self, name, *, limit, required=False):
        written = self.value(name)
        if isinstance(written, int | Decimal) and not isinstance(written, bool):
            written = str(written)
        if written is None:
            if required:
                self.refuse(name, "il manque.")
            return ""
        if not isinstance(written, str):
            self.refuse(name, "ce n’est pas un texte.")
            return ""
        text = " ".join(written.split())
        if not _is_storable(text):
            self.refuse(name, "ce texte contient un caractère illisible.")
        elif len(text) > limit:
            self.refuse(name, f"ce texte compte {len(text)} caractères : {limit} au plus.")
        else:
            return text
        return ""

    def siret(self, name):
        written = self.value(name)
        if isinstance(written, int) and not isinstance(written, bool):
            written = str(written).zfill(14)  # a number loses its leading zeros
        if written is None:
            self.refuse(name, "il manque.")
        elif not isinstance(written, str) or not re.fullmatch(r"[0-9]{14}", "".join(written.split())):
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas un SIRET de 14 chiffres.")
        else:
            return "".join(written.split())
        return ""

    def cpv(self, name):
        written = self.value(name)
        if written is None:
            return ""
        code = re.fullmatch(r"([0-9]{8})(?:-[0-9])?", str(written).strip())
        if code is None:
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas un code CPV de 8 chiffres.")
            return ""
        return code[1]

    def day(self, name):
        written = self.value(name)
        if written is None:
            self.refuse(name, "elle manque.")
            return None
        try:
            day = date(*(int(part) for part in DAY.fullmatch(written.strip()).groups()))
        except (AttributeError, TypeError, ValueError):
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas une date AAAA-MM-JJ.")
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.refuse(name, f"l’année {day.year} n’est pas vraisemblable.")
        return day

    def number(self, name):
        written = self.value(name)
        if written is None:
            return None
        try:
            number = Decimal("nan" if isinstance(written, bool) else written)
        except (InvalidOperation, TypeError, ValueError):
            number = Decimal("nan")
        if not number.is_finite():
            self.refuse(name, f"« {excerpt_of(written)} » n’est pas un nombre.")
            return None
        return number

    def months(self, name):
        number = self.number(name)
        if number is None:
            return None
        if not 0 <= number <= LONGEST_DURATION or number != int(number):
            self.refuse(name, f"« {excerpt_of(number)} » n’est pas un nombre de mois, de 0 à {LONGEST_DURATION}.")
            return None
        return int(number)

    def amount(self, name):
        number = self.number(name)
        if number is None:
            return None
        if not 0 <= number < LARGEST_AMOUNT:
            self.refuse(name, f"« {excerpt_of(number)} » n’est pas un montant vraisemblable.")
            return None
        return round(number, 2)


def _is_storable(text):
    """Whether the database and a page can hold it: no control character, no half of a character."""
    return "\0" not in text and text.isprintable()


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
