"""What the catalogue knows of words: expressions and synonyms, words that say little, words that are near another."""

import csv
import re
from collections import defaultdict
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.db import connection

from .places import fold
from .tsquery import either, lexemes

# « la marche » isn't « le marché ».
UNLIKE = "marche"
NEED_WORDS = Path(__file__).resolve().parent.parent / "data" / "need_words.csv"


class Role(StrEnum):
    """What a word is to a need; those that say little of a trade are listed in `data/need_words.csv`."""

    TRADE = "métier"
    ACTION = "action"
    PROCEDURE = "procédure"
    ASKING = "demande"
    FILLER = "remplissage"
    COMMON = "courant"
    PUBLIC = "public"


# What a word of each role weighs beside one of the trade, when fiches are put in order.
WEIGHTS = {Role.TRADE: 1, Role.PUBLIC: 0.4, Role.COMMON: 0.15, Role.ACTION: 0.15, Role.PROCEDURE: 0.05}


def key_of(stems):
    """Under which the words of an expression are looked up, in whatever order they come."""
    # « à », without its accent, is no stop word to PostgreSQL; alone, a letter says nothing.
    return tuple(sorted({stem for stem in stems if len(stem) > 1}))


def expressions():
    """What several words say as one, and what words stand for.

    The names of skills and what they are also called, and the synonyms that référents keep.

    Returns:
        dict[tuple[str], str]: by the lexemes of an expression, the tsquery of what says it.
    """
    queries = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT plainto_tsquery('directory_french', directory_search_text(said))::text,
                   phraseto_tsquery('directory_french', directory_search_text(said))::text
            FROM directory_skill, unnest(name || synonyms) AS said
            UNION ALL SELECT typed_query::text, typed_phrase::text FROM directory_synonym
            UNION ALL SELECT meant_query::text, meant_phrase::text FROM directory_synonym WHERE both_ways
            UNION ALL SELECT typed::text, replacement::text FROM directory_synonymrewrite
            """
        )
        for words, query in cursor.fetchall():
            if query:
                queries[key_of(lexemes(words))].append(query)
    return {key: either(said) for key, said in queries.items() if len(key) > 1 or len(set(said)) > 1}


@cache
def _roles():
    with NEED_WORDS.open(encoding="utf-8", newline="") as file:
        return {fold(row["word"]): Role(row["role"]) for row in csv.DictReader(file)}


def role_of(words):
    """What a word is to a need, or several that are said as one; of the trade, unless the list says otherwise.

    By the word itself, singular or plural, not by its stem: « communication » has that of « commune ».
    """
    word = fold(words)
    if word == UNLIKE and "é" not in words.lower() and not words.isupper():
        return Role.TRADE
    forms = [word, word.removesuffix("s"), word.removesuffix("x"), word.removesuffix("es")]
    return next((role for said in forms if (role := _roles().get(said))), Role.TRADE)


def nearest_words(words, answers):
    """For each word that no fiche holds, the nearest word of the catalogue, as spelt there.

    A word of up to five letters may differ by one, a longer one by two, a long one by three.

    Args:
        words: as typed.
        answers: a function that tells how many published fiches answer the text of a tsquery: the words of those who
            left are nobody's to learn.

    Returns:
        dict[str, str]: by word as typed; a word without anything near it has no entry.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word, known, plainto_tsquery('directory_french', known)::text FROM (
                SELECT typed.word, known.word AS known,
                       levenshtein_less_equal(known.word, lower(unaccent(typed.word)), 3) AS distance,
                       similarity(known.word, lower(unaccent(typed.word))) AS likeness
                FROM unnest(%s::text[]) AS typed (word)
                JOIN directory_searchword AS known ON known.word %% lower(unaccent(typed.word))
            ) AS near
            WHERE distance <= CASE WHEN length(word) <= 5 THEN 1 WHEN length(word) <= 8 THEN 2 ELSE 3 END
            ORDER BY word, distance, likeness DESC, known
            """,
            [[word for word in words if re.fullmatch(r"\w{4,40}", word)]],
        )
        nearest = {}
        for word, known, query in cursor.fetchall():
            if word not in nearest and answers(query):
                nearest[word] = known
        return nearest


def is_said(words):
    """Whether some fiche says these words, side by side; those who left may be among them until the night."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM directory_searchdocument WHERE document @@
                           phraseto_tsquery('directory_french', directory_search_text(%s)))
            """,
            [words],
        )
        return cursor.fetchone()[0]
