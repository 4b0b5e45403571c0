"""Why a fiche is among the results: the words in context, or the skill, code, zone, client or label that answered."""

import re
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .index import prepared_cursor
from .understanding import lexemes

# Characters of private use, taken out of every text first: they become <mark> once the text is escaped.
START, STOP = "\ue000", "\ue001"
# What the parser takes for the inside of a file, a host or a tag stands aside, one for one, while it reads.
TOLD_APART, ASIDE = "/._@<>", "\ue002\ue003\ue004\ue005\ue006\ue007"
BACK = str.maketrans(ASIDE, TOLD_APART)
MOST_EXTRACTS = 2
# The last letters of a lexeme may not be those of the word: « national » stands for « nationaux ».
STEM_ENDING = 2

# What can answer a word, the most telling first: PostgreSQL reads them in this order, and stops at the limit.
# Only a text that holds the start of a word is parsed: looking for it costs a tenth of that.
EXTRACTS_SQL = f"""
SELECT fiche.id, answering.name, answering.extract
FROM directory_coentrepreneur AS fiche
CROSS JOIN LATERAL (
    SELECT part.name, told.extract
    FROM (
        SELECT 'Accroche', fiche.headline::text
        UNION ALL SELECT 'Marque', fiche.trade_name
        UNION ALL SELECT 'Nom', fiche.first_name || ' ' || fiche.last_name
        UNION ALL SELECT 'Compétence', skill.name
            FROM directory_skill AS skill JOIN directory_coentrepreneur_skills AS link ON link.skill_id = skill.id
            WHERE link.coentrepreneur_id = fiche.id
        UNION ALL SELECT 'Compétence', skill.name || ' : ' || array_to_string(skill.synonyms, ', ')
            FROM directory_skill AS skill JOIN directory_coentrepreneur_skills AS link ON link.skill_id = skill.id
            WHERE link.coentrepreneur_id = fiche.id
              AND NOT to_tsvector('directory_french', directory_search_text(skill.name)) @@ %(query)s::tsquery
        UNION ALL SELECT 'Offre', fiche.public_offer
        UNION ALL SELECT 'Référence', reference.subject || ' – ' || client.name || ' ' || reference.results
            FROM directory_participation AS participation
            JOIN directory_reference AS reference ON reference.id = participation.reference_id
            JOIN directory_publicclient AS client ON client.id = reference.client_id
            WHERE participation.co_entrepreneur_id = fiche.id
                AND reference.publishable AND reference.state = 'validated'
        UNION ALL SELECT 'Présentation', fiche.presentation
        UNION ALL SELECT 'Code CPV', cpv.code || ' ' || cpv.label
            FROM directory_cpvcode AS cpv JOIN directory_coentrepreneur_cpv_codes AS link ON link.cpvcode_id = cpv.code
            WHERE link.coentrepreneur_id = fiche.id
        UNION ALL SELECT 'Ville', fiche.city
    ) AS part (name, text)
    CROSS JOIN LATERAL (
        SELECT ts_headline('directory_french', translate(part.text, '{TOLD_APART}{START}{STOP}{ASIDE}', '{ASIDE}'),
            %(query)s::tsquery, 'StartSel={START}, StopSel={STOP}, MaxFragments=1, MinWords=6, MaxWords=16')
        OFFSET 0  -- made once, though it is used twice
    ) AS told (extract)
    WHERE lower(unaccent(part.text)) LIKE ANY (%(starts)s::text[]) AND strpos(told.extract, '{START}') > 0
    LIMIT {MOST_EXTRACTS}
) AS answering
WHERE fiche.id = ANY (%(pks)s::bigint[])
"""


@dataclass(frozen=True)
class Reason:
    """What answered, and where; `text` is safe HTML, with the words that answered in <mark>."""

    name: str
    text: SafeString


def _marked(text):
    return mark_safe(escape(text.translate(BACK)).replace(START, "<mark>").replace(STOP, "</mark>"))


def _holding(lexeme):
    """What a text that holds a word of this lexeme looks like, to LIKE."""
    start = lexeme[: max(STEM_ENDING, len(lexeme) - STEM_ENDING)]
    return "%{}%".format(re.sub(r"([\\%_])", r"\\\1", start))


def extracts(pks, query):
    """The parts of each fiche that hold one of the words of a tsquery, by key, at most two each."""
    words = lexemes(query)
    if not words:
        return {}
    any_word = " | ".join("'{}'".format(word.replace("'", "''")) for word in words)
    with prepared_cursor() as cursor:
        cursor.execute(
            EXTRACTS_SQL, {"pks": list(pks), "query": any_word, "starts": [_holding(word) for word in words]}
        )
        by_key = {}
        for pk, name, text in cursor:
            by_key.setdefault(pk, []).append(Reason(name, _marked(text)))
        return by_key


def reasons(search, fiches):
    """For each of these fiches, what made it answer; empty lists where nothing was asked.

    Args:
        search: a `CatalogueFilter`.
        fiches: a list of `CoEntrepreneur`.

    Returns:
        dict[int, list[Reason]]: by key.
    """
    told = {fiche.pk: [] for fiche in fiches} | search.filters["q"].reasons(fiches)
    read = search.need.terms(search.index.vocabulary)
    # Those in use first, then those that the need alone asks something of.
    for facet in sorted(search.facets, key=lambda facet: not facet.is_active):
        terms = [*facet.value, *read.get(facet.name, [])]
        for fiche in fiches if terms else []:
            if words := facet.reason(fiche, terms):
                told[fiche.pk].append(Reason(facet.label, _marked(words)))
    return told
