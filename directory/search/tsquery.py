"""Words as PostgreSQL searches them: the text of tsqueries, and their lexemes."""

import re

from django.db import connection

LEXEME = re.compile(r"'((?:[^']|'')+)'")
QUOTED = r"'(?:[^']|'')+'"
# Lexemes in a row: « 'plan' <-> 'local' <2> 'urban' ».
ROW = re.compile(rf"{QUOTED}(?:\s*<(?:-|\d+)>\s*{QUOTED})+")
MOST_DASHES = 24


def quoted(lexeme):
    """A lexeme as tsqueries write it."""
    return "'{}'".format(lexeme.replace("'", "''"))


def either(queries):
    """The tsquery of any of these tsqueries."""
    return _joined(" | ", queries)


def both(queries):
    """The tsquery of all these tsqueries."""
    return _joined(" & ", queries)


def _joined(operator, queries):
    # One alone stays as it is: what answers it is kept under its text, whoever asks.
    queries = list(dict.fromkeys(queries))
    return operator.join(f"({query})" for query in queries) if len(queries) > 1 else "".join(queries)


def lexemes(query):
    """The lexemes that a tsquery asks for, those it excludes left out."""
    wanted = re.sub(r"!\s*(?:'(?:[^']|'')+'|\([^)]*\))", "", query)
    return list(dict.fromkeys(match.replace("''", "'") for match in LEXEME.findall(wanted)))


def rows(query):
    """What a tsquery asks for, as tuples of lexemes that say something together only; of one that does alone."""
    together = ROW.findall(query)
    return [tuple(lexemes(row)) for row in [*together, *re.findall(QUOTED, ROW.sub("", query))]]


def lexemes_of(texts):
    """The lexemes of each text, in order, as the documents hold them."""
    texts = list(texts)
    if not any(texts):
        return [()] * len(texts)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT plainto_tsquery('directory_french', directory_search_text(text))::text
            FROM unnest(%s::text[]) WITH ORDINALITY AS typed (text, number) ORDER BY number
            """,
            [texts],
        )
        return [tuple(lexemes(query)) for (query,) in cursor.fetchall()]


def to_tsquery(text):
    """The words of a text as a tsquery, as search engines read them: "phrases", OR, -exclusion."""
    # A dash that excludes nothing, or a line of them: each would nest the query one level deeper.
    text = re.sub(r'-(?![^\W_]|")', " ", text)
    if text.count("-") > MOST_DASHES:
        text = text.replace("-", " ")
    # Letters alone are what is left of « à » once the accents are off: never a need.
    text = re.sub(r"(?<!\S)-?\w(?!\S)", " ", text)
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
