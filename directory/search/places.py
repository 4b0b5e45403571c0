"""The places of France as buyers type them: communes of today and those that were, their groups, departments, regions.

Nothing is read before it is needed, and each file once per process. `directory/data/places/` says where they come from.
"""

import csv
import math
import re
import unicodedata
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent.parent / "data" / "places"
COMMUNE, GROUP, DEPARTMENT, REGION = "commune", "intercommunalité", "département", "région"
# The words of the longest name that `place` knows.
LONGEST_NAME = 15
# Of namesakes, one this many times as large as another is the one that is meant.
MUCH_LARGER = 5
# A commune that bears a department's name is meant too when this many live there: Vienne, and not Creuse (Somme).
WELL_KNOWN = 5000
EARTH_RADIUS_KM = 6371.0088
OF = r"(?: de l| de la| de| du| des| d)?"
# What says of which kind a place is.
AREA = re.compile(rf"(?:departement|dept|dpt|region){OF} (?P<name>.+)")
GROUPED = re.compile(
    rf"(?:communaute (?:de communes|d agglomeration|urbaine)|agglomeration|agglo|com ?com|metropole|cc|ca|cu){OF} "
    r"(?P<name>.+)"
)
# « au Mans » is in « Le Mans ».
CONTRACTED = {"au": "le", "du": "le", "aux": "les", "des": "les"}
SAINT = re.compile(r"\bst(e?)\b")
POSTAL_CODE = re.compile(r"\b\d{5}\b")


class Place(NamedTuple):
    """A place as it is written; `point` is its latitude and longitude, None for departments and regions.

    A group has the point of its largest commune, a commune that was has the point of the one that it became part of.
    """

    kind: str
    name: str
    departments: tuple[str, ...]
    point: tuple[float, float] | None = None
    postal_codes: tuple[str, ...] = ()
    population: int = 0
    # Its name reads as common words: « La Réunion », « Moulins », « Apt ».
    is_word: bool = False


def fold(text):
    """Without accents, capitals, hyphens or typographic apostrophes, as places are compared."""
    return " ".join(_ascii(text).split())


def _ascii(text):
    """A text, or a whole file of them, with one blank for each sign that isn't a letter or a digit, but line ends."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", " ")
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9\n]", " ", letters)


def _key(text):
    """A name as the tables hold it."""
    return SAINT.sub(r"saint\1", fold(text))


def _rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _lines():
    """The communes as their file has them, in the order of their codes: a third of the memory of 35 000 `Place`."""
    return (FOLDER / "communes.csv").read_text(encoding="utf-8").splitlines()[1:]


@cache
def _by_name():
    """By folded name, where its commune is in `_lines`; several for namesakes."""
    lines = _lines()
    places = {}
    folded = _ascii("\n".join([line.split(",", 2)[1] for line in lines])).split("\n")
    for position, name in enumerate(folded):
        key = " ".join(name.split()) if "  " in name else name
        places[key] = (*places[key], position) if key in places else (position,)
        if key.endswith(" arrondissement"):
            places[key.removesuffix(" arrondissement")] = (position,)
    return places


@cache
def _by_postal_code():
    places = {}
    for position, line in enumerate(_lines()):
        for postal_code in line.split(",", 3)[2].split():
            places.setdefault(postal_code, []).append(position)
    return places


@cache
def _former():
    """By folded name of a commune that was, the codes of those that it is part of, and whether it reads as words."""
    communes = {}
    for row in _rows("former_communes.csv"):
        communes.setdefault(fold(row["name"]), {})[row["commune"]] = row["is_word"] == "1"
    return communes


@cache
def _groups():
    groups = {}
    for row in _rows("intercommunalities.csv"):
        is_word = row["is_word"] == "1"
        group = Place(GROUP, row["name"], tuple(row["departments"].split()), is_word=is_word)
        groups.setdefault(_key(row["said"]), []).append((group, row["commune"]))
    return groups


@cache
def _areas():
    areas = {}
    for row in _rows("areas.csv"):
        area = Place(row["kind"], row["name"], tuple(row["departments"].split()), is_word=row["is_word"] == "1")
        areas.setdefault(fold(row["name"]), area)
    return areas


@cache
def _departments():
    """By code in small letters."""
    return {area.departments[0].lower(): area for area in _areas().values() if area.kind == DEPARTMENT}


def _department_of_commune(code):
    return code[: 3 if code.startswith("97") else 2]


def _commune(position):
    code, name, postal_codes, latitude, longitude, population, is_word = _lines()[position].split(",")
    return Place(
        COMMUNE,
        name,
        (_department_of_commune(code),),
        (float(latitude), float(longitude)),
        tuple(postal_codes.split()),
        int(population),
        is_word == "1",
    )


def _commune_of_code(code):
    return _commune(bisect_left(_lines(), code))


def _largest(communes):
    """Those of namesakes that none is much larger than, the largest first."""
    communes = sorted(communes, key=lambda commune: -commune.population)
    return [commune for commune in communes if commune.population * MUCH_LARGER > communes[0].population] or communes


def _namesakes(name):
    """Every commune of this name, and those that were and kept it in their new one: « Évry » in Évry-Courcouronnes.

    Failing these, every one that a commune of this name became part of.
    """
    communes = [_commune(position) for position in _by_name().get(name, ())]
    former = [_commune_of_code(code)._replace(is_word=is_word) for code, is_word in _former().get(name, {}).items()]
    kept = [commune for commune in former if fold(commune.name).startswith(f"{name} ")]
    return [*communes, *kept] or former


def _groups_named(name):
    return [
        group._replace(point=seat.point, population=seat.population)
        for group, code in _groups().get(name, ())
        for seat in [_commune_of_code(code)]
    ]


@cache
def _seats():
    """By code of the largest commune of a group, how the group is named."""
    return {code: key for key, groups in _groups().items() for _, code in groups}


def _group_around(name):
    """The group of the commune of this name, where that is its largest: « agglo de Nîmes »."""
    return [
        group
        for position in _by_name().get(name, ())
        if (key := _seats().get(_lines()[position].split(",", 1)[0]))
        for group in _groups_named(key)
    ]


def place(name):
    """What a name may mean, most likely first; empty for what is no place.

    A department or a region comes before the communes that bear its name, and hides those that few know. Of communes
    that are namesakes, one that is much larger than all others stands alone. The name of a commune that was gives the
    one that it became part of. A word that says of which kind the place is decides: « région Bourgogne »,
    « département 34 », « agglo de Nîmes ».

    Args:
        name: as typed, folded or not.

    Returns:
        tuple[Place, ...]
    """
    name = _key(name)
    if kind := AREA.fullmatch(name):
        area = _departments().get(kind["name"]) or _areas().get(kind["name"]) or _areas().get(name)
        if area:
            return (area._replace(is_word=False),)
    if kind := GROUPED.fullmatch(name):
        groups = _groups_named(name) or _groups_named(kind["name"]) or _group_around(kind["name"])
        if groups:
            return tuple(group._replace(is_word=False) for group in groups)
    area = _areas().get(name)
    communes = _largest(_namesakes(name))
    if area:
        return (area, *(commune for commune in communes if commune.population >= WELL_KNOWN))
    if communes:
        return tuple(communes)
    groups = _groups_named(name)
    if groups:
        return tuple(groups)
    first, _, rest = name.partition(" ")
    return tuple(_largest(_namesakes(f"{CONTRACTED[first]} {rest}"))) if first in CONTRACTED and rest else ()


def is_common_word(name):
    """Whether the name of a place is first of all a word of the trade, or too short to tell: « lot », « apt »."""
    return any(candidate.is_word for candidate in place(name))


def by_postal_code(postal_code):
    """The communes of a postal code, the largest first; of Paris, Lyon and Marseille, the arrondissement."""
    communes = [_commune(position) for position in _by_postal_code().get(postal_code, ())]
    arrondissements = [commune for commune in communes if commune.name.endswith(" Arrondissement")]
    return tuple(sorted(arrondissements or communes, key=lambda commune: -commune.population))


def department_of(postal_code):
    """The code of the department of a postal code, of a CEDEX too; empty where there is none."""
    communes = by_postal_code(postal_code)
    if communes:
        return communes[0].departments[0]
    if not POSTAL_CODE.fullmatch(postal_code):
        return ""
    code = postal_code[:3] if postal_code.startswith("97") else postal_code[:2]
    if code == "20":
        code = "2A" if postal_code < "20200" else "2B"
    return code if code.lower() in _departments() else ""


def point_of(city, departments=()):
    """Where a town is that someone wrote in a field: « Béziers », « 34500 BEZIERS », « Saint-Denis (974) ».

    Args:
        city: the town; a postal code in it decides among namesakes, and stands for a town that isn't known.
        departments: codes of departments; one in which a namesake is decides.

    Returns:
        tuple[float, float] | None: latitude and longitude; None for no known town, and for namesakes when none stands
        out.
    """
    postal_codes = POSTAL_CODE.findall(city)
    coded = [commune for postal_code in postal_codes for commune in by_postal_code(postal_code)]
    communes = _namesakes(_key(re.sub(r"\(.*?\)|\d{4,}|\bcedex\b.*", " ", city, flags=re.IGNORECASE)))
    wanted = {*departments, *re.findall(r"\((\d[\dAB]\d?)\)", city), *map(department_of, postal_codes)}
    for near in (
        [commune for commune in communes if not set(postal_codes).isdisjoint(commune.postal_codes)],
        [commune for commune in communes if not wanted.isdisjoint(commune.departments)],
        communes or coded[:1],
    ):
        chosen = _largest(near)
        if chosen:
            return chosen[0].point if len(chosen) == 1 else None
    return None


def distance_km(start, end):
    """As the crow flies between two points.

    Args:
        start: latitude and longitude in degrees.
        end: the same.
    """
    (latitude, longitude), (other_latitude, other_longitude) = (map(math.radians, point) for point in (start, end))
    half = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1, math.sqrt(half)))
