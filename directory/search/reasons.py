"""Why a fiche is among the results: the words in context, or the skill, code, zone, client or label that answered."""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .extracts import Answer, Text, answers
from .index import prepared_cursor
from .kept import Kept
from .tsquery import lexemes, rows

# How many parts of a fiche are told; one more when it alone holds one of the words.
USUAL_EXTRACTS, MOST_EXTRACTS = 2, 3
HEADLINE, SKILL, REFERENCE = "Accroche", "Compétence", "Référence"
# What can answer a word, the most telling first.
PARTS = [HEADLINE, "Marque", "Nom", SKILL, "Offre", REFERENCE, "Présentation", "Code CPV", "Ville"]
# Each part as its texts: a skill's name, then its synonyms; a reference's subject, its client, its results.
PARTS_SQL = f"""
SELECT fiche.id, part.name, part.texts, part.key
FROM directory_coentrepreneur AS fiche
CROSS JOIN LATERAL (
    SELECT '{HEADLINE}', ARRAY[fiche.headline::text], NULL::bigint
    UNION ALL SELECT 'Marque', ARRAY[fiche.trade_name::text], NULL
    UNION ALL SELECT 'Nom', ARRAY[fiche.first_name || ' ' || fiche.last_name], NULL
    UNION ALL SELECT '{SKILL}', skill.name || skill.synonyms::text[], skill.id
        FROM directory_skill AS skill JOIN directory_coentrepreneur_skills AS link ON link.skill_id = skill.id
        WHERE link.coentrepreneur_id = fiche.id
    UNION ALL SELECT 'Offre', ARRAY[fiche.public_offer], NULL
    UNION ALL SELECT '{REFERENCE}', ARRAY[reference.subject, client.name, reference.results]::text[], reference.id
        FROM directory_participation AS participation
        JOIN directory_reference AS reference ON reference.id = participation.reference_id
        JOIN directory_publicclient AS client ON client.id = reference.client_id
        WHERE participation.co_entrepreneur_id = fiche.id
            AND reference.publishable AND reference.state = 'validated'
    UNION ALL SELECT 'Présentation', ARRAY[fiche.presentation], NULL
    UNION ALL SELECT 'Code CPV', ARRAY[cpv.code || ' ' || cpv.label], NULL
        FROM directory_cpvcode AS cpv JOIN directory_coentrepreneur_cpv_codes AS link ON link.cpvcode_id = cpv.code
        WHERE link.coentrepreneur_id = fiche.id
    UNION ALL SELECT 'Ville', ARRAY[fiche.city::text], NULL
) AS part (name, texts, key)
WHERE fiche.id = ANY (%s::bigint[])
"""


@dataclass(frozen=True)
class Reason:
    """What answered, and where; `text` is safe HTML, with the words that answered in <mark>.

    It is `plain` when whoever reads a card of these results knows it: the card shows it, or it was asked of all.
    """

    name: str
    text: SafeString
    plain: bool = False


@dataclass
class Part:
    """A part of a fiche that may answer: its texts, in which what answers is looked for."""

    name: str
    texts: list[Text]
    # Of the skill or of the reference that it is.
    key: int | None = None


def _parts(pks, kept):
    """The parts of each of these fiches, by key, the most telling first."""
    parts = kept.read(pks)
    unread = [pk for pk in pks if pk not in parts]
    if unread:
        read = {pk: [] for pk in unread}
        with prepared_cursor() as cursor:
            cursor.execute(PARTS_SQL, [unread])
            for pk, name, texts, key in cursor:
                read[pk].append(Part(name, [Text.of(text) for text in texts], key))
        for pk, unsorted in read.items():
            parts[pk] = sorted(unsorted, key=lambda part: PARTS.index(part.name))
            # Each text, and the same folded.
            characters = 2 * sum(len(text.line) for part in unsorted for text in part.texts)
            kept.keep(pk, parts[pk], characters)
    return parts


@dataclass(eq=False)
class Answering:
    """A part of which some text answers."""

    name: str
    key: int | None
    answers: list[Answer]

    def __post_init__(self):
        self.lexemes = set().union(*(answer.lexemes for answer in self.answers))

    @property
    def is_client(self):
        """Whether it is a reference whose client was asked for."""
        return self.name == REFERENCE and bool(self.answers[1].marks)

    @property
    def results(self):
        """Of a reference, where its results say what neither its subject nor its client does; empty when nowhere."""
        subject, client, results = self.answers
        return results.extract() if results.lexemes - subject.lexemes - client.lexemes else ""

    @property
    def extract(self):
        first = self.answers[0]
        if self.name == SKILL:
            # Its name, and which of its synonyms was asked for, if that says all that the name does, and more.
            best = max(self.answers, key=lambda answer: (answer.lexemes > first.lexemes, len(answer.lexemes)))
            told = first.extract()
            return mark_safe(f"{told} ({best.extract()})") if best.lexemes > first.lexemes else told
        if self.name == REFERENCE:
            told = mark_safe(f"{first.extract()} – {self.answers[1].whole()}")
            return mark_safe(f"{told}\N{NO-BREAK SPACE}: {self.results}") if self.results else told
        return first.extract()


def _most_telling(answering):
    """Those to be told: who was served if that was asked, what holds each of the words, then the first others."""
    ordered = sorted(answering, key=lambda part: not part.is_client)
    told, said = [], set()
    # Of those whose client was asked for, the one that says most.
    left = [part for part in ordered if part.is_client] or ordered
    while left and len(told) < MOST_EXTRACTS:
        best = max(left, key=lambda part: len(part.lexemes - said))
        if not best.lexemes - said:
            break
        told.append(best)
        said |= best.lexemes
        left = [part for part in ordered if part not in told]
    told += [part for part in ordered if part not in told][: max(0, USUAL_EXTRACTS - len(told))]
    return [part for part in ordered if part in told]


def answering(pks, query, kept=None):
    """The parts of each fiche that hold one of the words of a tsquery, by key, the most telling first.

    Those of `kept`, the `texts` of the index that gave the fiches, are read once.
    """
    # A letter alone is what is left of « à »: found in most texts, it tells of none.
    words = [lexeme for lexeme in lexemes(query) if len(lexeme) > 1]
    asked = [tuple(lexeme for lexeme in row if len(lexeme) > 1) for row in rows(query)]
    asked = [row for row in asked if row]
    if not words:
        return {}
    parts = _parts(pks, Kept() if kept is None else kept)
    flat = iter(answers([text for pk in pks for part in parts[pk] for text in part.texts], words))
    by_key = {}
    for pk in pks:
        looked_at = [(part, [next(flat) for _ in part.texts]) for part in parts[pk]]
        if answering := _that_answer(looked_at, asked) or _that_answer(looked_at, ()):
            by_key[pk] = answering
    return by_key


def _that_answer(looked_at, rows_asked):
    """Those of these parts that answer; the words of a row count where a text holds all of it."""
    answering = []
    for part, found in looked_at:
        told = [answer.without(_broken(rows_asked, answer.lexemes)) if answer.marks else answer for answer in found]
        if any(answer.marks for answer in told):
            answering.append(Answering(part.name, part.key, told))
    return answering


def _broken(rows_asked, held):
    """Of the lexemes held, those of rows that aren't held whole."""
    return held - {lexeme for row in rows_asked if held.issuperset(row) for lexeme in row} if rows_asked else set()


def reasons(search, fiches, answering=None):
    """For each of these fiches, what made it answer, but for what a filter has all answers hold.

    Args:
        search: a `CatalogueFilter`.
        fiches: a list of `CoEntrepreneur`; of those that are cards with what is `said`, it counts.
        answering: the parts of each that hold one of the words, by key, when they were looked for already.

    Returns:
        dict[int, list[Reason]]: by key.
    """
    if answering is None:
        answering = search.filters["q"].answering(fiches)
    told = {fiche.pk: [_reason(fiche, part) for part in _most_telling(answering.get(fiche.pk, []))] for fiche in fiches}
    read = search.need.terms(search.index.vocabulary)
    # Those in use first, then those that the need alone asks something of.
    for facet in sorted(search.facets, key=lambda facet: not facet.is_active):
        # What all answers hold by a filter tells nothing of one.
        telling = [term for term in facet.asked if search.fiches - facet.members(term)]
        terms = [*telling, *(term for term in read.get(facet.name, []) if term not in facet.asked)]
        for fiche in fiches if terms else []:
            if words := facet.reason(fiche, terms):
                # What was asked of all and is held by all tells them nothing apart.
                plain = all(fiche.pk in facet.members(term) for term in terms)
                told[fiche.pk].append(Reason(facet.label, mark_safe(escape(words)), plain))
    return told


def _reason(fiche, part):
    """What a part of a fiche tells, `plain` when its card, if it has said what it shows, shows the same."""
    shown = fiche.said.shown_parts if hasattr(fiche, "said") else {}
    if part.name == REFERENCE and part.key in shown.get(REFERENCE, ()):
        return Reason("Résultats", part.results) if part.results else Reason(part.name, part.extract, plain=True)
    return Reason(part.name, part.extract, plain=part.key in shown.get(part.name, ()))
