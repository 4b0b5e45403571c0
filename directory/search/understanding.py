"""What a buyer means by the words they type: places, CPV codes, synonyms, and the word that they misspelt."""

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import connection

from crealead.words import plain
from directory.models import Department

from .facets import CpvFacet, DepartmentFacet, Term

TOWNS = Path(__file__).resolve().parent.parent / "data" / "towns.csv"
# Departments and towns that are first of all words of the trade: « lot 2 », « prix en orange », « sens de visite ».
AMBIGUOUS = {
    "lot",
    "nord",
    "manche",
    "somme",
    "orange",
    "sens",
    "revel",
    "tours",
    "condom",
    "vienne",
    "valence",
    "muret",
}
LONGEST_PLACE = 4
MOST_WORDS = 12
MOST_DASHES = 12
# With fewer answers to all the words, those to most of them are shown too.
ENOUGH = 5
# How a need is asked, not what is needed; and « les », « chez »: the stemmer's own list forgets them.
IDLE = {
    *("aider", "aimerais", "aimerions", "besoin", "bonjour", "cherche", "cherchons", "chez", "comment", "contre"),
    *("entre", "faut", "les", "merci", "peut", "peux", "pouvez", "prestataire", "prestataires", "quel", "quelle"),
    *("quelles", "quelqu'un", "quels", "recherchons", "souhaite", "souhaitons", "svp", "voudrais", "voudrait"),
    "voudrions",
}
LEXEME = re.compile(r"'((?:[^']|'')+)'")


@dataclass(frozen=True)
class Need:
    """A need as it is searched.

    `query` is the text of a tsquery, empty when no word is left; `places` maps what was typed to department codes;
    `cpv` maps the codes found among the words to the terms that answer them; `corrections` maps misspelt words to the
    nearest known ones; `words` are the tsqueries of each word, when few fiches answer them all and those that answer
    most are shown too; `all_words` is then the tsquery of the few, empty when there is none.
    """

    query: str = ""
    places: dict[str, list[str]] = field(default_factory=dict)
    cpv: dict[str, Term] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    all_words: str = ""

    @property
    def says_something(self):
        return bool(self.query or self.places or self.cpv)

    @property
    def ranks(self):
        """Whether some fiches answer it better than others."""
        return bool(self.query or self.cpv)

    def terms(self, vocabulary):
        """What it asks of facets: by parameter, the terms of its places and of its codes."""
        departments = vocabulary[DepartmentFacet.name]
        codes = sorted({code for codes in self.places.values() for code in codes})
        return {DepartmentFacet.name: [departments[code] for code in codes], CpvFacet.name: list(self.cpv.values())}


def fold(text):
    """Without accents, capitals, hyphens or typographic apostrophes, as places are compared."""
    letters = plain(text.replace("œ", "oe").replace("’", " ").replace("'", " ")).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


@cache
def _towns():
    with TOWNS.open(encoding="utf-8", newline="") as file:
        return {fold(row["name"]): [row["department"]] for row in csv.DictReader(file)}


def gazetteer():
    """Every place that can be typed, folded, with its departments: towns, departments, their codes, regions."""
    places = {name: codes for name, codes in _towns().items() if name not in AMBIGUOUS}
    for department in Department.objects.select_related("region"):
        name, code = fold(department.name), department.code.lower()
        if name not in AMBIGUOUS:
            places[name] = [department.code]
        for prefix in ("departement", "departement de", "departement du", "departement des", "departement de l", "dpt"):
            places[f"{prefix} {name}"] = places[f"{prefix} {code}"] = [department.code]
        places[code] = [department.code]
        places.setdefault(fold(department.region.name), [])
        if department.code not in places[fold(department.region.name)] and name != fold(department.region.name):
            places[fold(department.region.name)].append(department.code)
    return places


def read_cpv(text):
    """Take the CPV codes out of a text: eight digits with or without their key, or « cpv » before a shorter one.

    Returns:
        tuple[str, list[str]]: what is left of the text, and the codes, digits only.
    """
    codes = []

    def take(match):
        codes.append(match[1] or match[2])
        return " "

    left = re.sub(r"\b(\d{8})(?:-\d)?\b|\bcpv\s*:?\s*(\d{2,8})(?:-\d)?\b", take, text, flags=re.IGNORECASE)
    return left, codes


def read_places(text, places):
    """Take the places out of a text, the longest first; a bare number is a department only where a text ends.

    Returns:
        tuple[str, dict[str, list[str]]]: what is left of the text, and the department codes of each place as typed.
    """
    tokens = re.findall(r"[^\s,;()]+", text)
    left, named, position = [], {}, 0
    while position < len(tokens):
        for length in range(min(LONGEST_PLACE, len(tokens) - position), 0, -1):
            typed = " ".join(tokens[position : position + length])
            name = fold(re.sub(r"^[dl]['’]", "", typed, flags=re.IGNORECASE))
            is_number = name[:1].isdigit()
            is_last = position + length == len(tokens)
            if name in places and (not is_number or is_last) and not typed.startswith("-"):
                named[typed] = places[name]
                position += length
                break
        else:
            left.append(tokens[position])
            position += 1
    return " ".join(left), named


def without_idle_words(text):
    """The text less the words that only ask, unless nothing else is there."""
    said = [word for word in text.split() if _bare(word) not in IDLE]
    return " ".join(said) if re.search(r"\w", "".join(said)) else text


def _bare(word):
    return re.sub(r"^(?:[dl]|qu)'", "", word.lower().replace("’", "'").strip("?!.,;:«»()"))


def to_tsquery(text):
    """The words of a text as a tsquery, with the synonyms that référents keep; empty when none says anything."""
    # Letters alone are what is left of « à » once the accents are off: never a need.
    text = re.sub(r"(?<!\S)-?\w(?!\S)", " ", text)
    # A dash that excludes nothing, or a line of them: each would nest the query one level deeper.
    text = re.sub(r'-(?![^\W_]|")', " ", text)
    if text.count("-") > MOST_DASHES:
        text = text.replace("-", " ")
    if not text.strip():
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ts_rewrite(
                websearch_to_tsquery('directory_french', directory_search_text(%s)),
                'SELECT typed, replacement FROM directory_synonymrewrite')::text
            """,
            [text],
        )
        return cursor.fetchone()[0]


def nearest_words(text, answers):
    """For each word of a text that no fiche holds, the nearest word of the catalogue, as spelt there.

    A word of up to five letters may differ by one, a longer one by two, a long one by three.

    Args:
        text: what was typed.
        answers: as for `understand`; the words of those who left are nobody's to learn.

    Returns:
        dict[str, str]: by word as typed; a word without anything near it has no entry.
    """
    words = [word for word in re.findall(r"\w{4,40}", text) if not word.isdigit()][:MOST_WORDS]
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH typed AS (
                SELECT word, lower(unaccent(word)) AS plain,
                       ts_rewrite(plainto_tsquery('directory_french', word),
                                  'SELECT typed, replacement FROM directory_synonymrewrite') AS query
                FROM unnest(%s::text[]) AS word
            ), near AS (
                SELECT typed.word, known.word AS known,
                       levenshtein_less_equal(known.word, typed.plain, 3) AS distance,
                       similarity(known.word, typed.plain) AS likeness
                FROM typed JOIN directory_searchword AS known ON known.word %% typed.plain
                WHERE numnode(typed.query) > 0
                  AND NOT EXISTS (SELECT FROM directory_searchdocument WHERE document @@ typed.query)
            )
            SELECT word, known, plainto_tsquery('directory_french', known)::text FROM near
            WHERE distance <= CASE WHEN length(word) <= 5 THEN 1 WHEN length(word) <= 8 THEN 2 ELSE 3 END
            ORDER BY word, distance, likeness DESC, known
            """,
            [words],
        )
        nearest = {}
        for word, known, query in cursor.fetchall():
            if word not in nearest and answers(query):
                nearest[word] = known
        return nearest


def lexemes(query):
    """The lexemes that a tsquery asks for, those it excludes left out."""
    wanted = re.sub(r"!\s*(?:'(?:[^']|'')+'|\([^)]*\))", "", query)
    return list(dict.fromkeys(match.replace("''", "'") for match in LEXEME.findall(wanted)))


def understand(text, *, places, codes, answers, exact=False):
    """Read a need.

    Args:
        text: what was typed.
        places: as `gazetteer()` gives them.
        codes: a function that gives the term of a CPV code, None where there is none.
        answers: a function that tells how many published fiches answer the text of a tsquery.
        exact: search the words as they are: no place, no code, no correction.

    Returns:
        Need
    """
    if exact or '"' in text:
        return Need(query=to_tsquery(text))
    left, typed = read_cpv(text)
    cpv = {code: term for code in typed if (term := codes(code))}
    left, zones = read_places(left, places)
    left = without_idle_words(left)
    query = to_tsquery(left)
    if not query:
        return Need(query, zones, cpv)
    number = answers(query)
    corrections = {} if number else nearest_words(left, answers)
    if corrections:
        for word, near in corrections.items():
            left = re.sub(rf"\b{re.escape(word)}\b", near, left)
        query = to_tsquery(left)
        number = answers(query)
    if number >= ENOUGH or " OR " in text or re.search(r"(?<!\S)-\w", text):
        return Need(query, zones, cpv, corrections)
    words = [word for word in map(to_tsquery, re.findall(r"(?!OR\b)\w{2,}", left)[:MOST_WORDS]) if word]
    if len(words) <= 1:
        return Need(query, zones, cpv, corrections)
    some = " | ".join(f"({word})" for word in [query, *words])
    return Need(some, zones, cpv, corrections, words, all_words=query if number else "")
