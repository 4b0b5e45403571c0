"""Kept fiches side by side, criterion by criterion, for the page that a buyer reads and prints."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.utils import timezone

from crealead.words import counted, day
from directory.models.insurance import covers_of_each
from directory.search.facets import DepartmentFacet, SkillFacet
from directory.search.zone_words import zone_in_words

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """What each fiche says of one criterion: for each, in their order, a tuple of lines."""

    label: str
    cells: list[tuple[str, ...]]

    @property
    def is_equal(self):
        """Whether all say the same, so that it tells none from another."""
        return len(set(self.cells)) == 1 < len(self.cells)


@dataclass(frozen=True)
class Comparison:
    """The rows that tell these fiches apart, the lines on which they are `equal`, and a card for each."""

    fiches: list
    rows: list[Row] = field(default_factory=list)
    equal: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, fiches, search):
        rows = [row for row in _rows(fiches, search) if any(cell != (NOTHING,) for cell in row.cells)]
        return cls(fiches, [row for row in rows if not row.is_equal], [row for row in rows if row.is_equal])

    @property
    def cards(self):
        """Each fiche with its own lines, as (label, cell)."""
        return [
            (fiche, [(row.label, row.cells[place]) for row in self.rows]) for place, fiche in enumerate(self.fiches)
        ]

    @property
    def same(self):
        """What is the same for all, once, as (label, cell)."""
        return [(row.label, row.cells[0]) for row in self.equal]

    @property
    def same_count(self):
        return counted(len(self.equal), "ligne identique", "lignes identiques")


def _rows(fiches, search):
    asked = {term.value: term.label for term in search.filters[SkillFacet.name].value}
    regions = DepartmentFacet.regions(search.index)
    covers = dict(zip([fiche.pk for fiche in fiches], covers_of_each(fiches), strict=True))

    def row(label, read):
        return Row(label, [tuple(read(fiche)) or (NOTHING,) for fiche in fiches])

    answers = partial(_answers, search=search, of_all_words=search.fiches_of_all_words)
    return [
        row("Offre", lambda fiche: [fiche.headline or fiche.public_offer]),
        *([row("Répond à votre recherche", answers)] if search.active else []),
        *([row("Compétences demandées", lambda fiche: _asked(fiche, asked))] if asked else []),
        row("Autres compétences" if asked else "Compétences", lambda fiche: _others(fiche, asked)),
        row("Zone d’intervention", lambda fiche: zone_lines(fiche, regions)),
        row("Références publiques", _references),
        row("Labels", label_lines),
        row("Assurances", lambda fiche: _insurances(covers[fiche.pk])),
        row("Fiche mise à jour", lambda fiche: [day(timezone.localdate(fiche.content_updated_at))]),
    ]


def _answers(fiche, search, of_all_words):
    """Where nobody has all the words of a search, who has the most of them is found too."""
    if fiche.pk in search.fiches and fiche.pk in of_all_words:
        return ["oui"]
    words = {unit.typed: fiche.pk in search.index.answering(unit.loose) for unit in search.need.units}
    words |= dict.fromkeys(search.need.missing, False)
    answer = "en partie" if fiche.pk in search.fiches else "non, pas entièrement"
    return [answer, *_had_and_lacking(words, "ne dit pas")]


def _asked(fiche, asked):
    """How many of the skills asked, which, and which aren't declared."""
    own = {skill.slug for skill in fiche.skills.all()}
    had = {label: slug in own for slug, label in asked.items()}
    return [f"{sum(had.values())} sur {len(had)}", *_had_and_lacking(had, "non déclaré")]


def _had_and_lacking(had, lacks):
    """Of what is asked, by its words, what one has and what one hasn't, a line each."""
    lines = [("a", [words for words in had if had[words]]), (lacks, [words for words in had if not had[words]])]
    return [f"{label}\N{NO-BREAK SPACE}: {', '.join(words)}" for label, words in lines if words]


def _others(fiche, asked):
    return sorted(skill.name for skill in fiche.skills.all() if skill.slug not in asked)


def zone_lines(fiche, regions):
    """A whole region by its name, and every other department by its own."""
    codes = [row.code for row in fiche.departments.all()]
    words = fiche.zone if fiche.nationwide else zone_in_words(codes, regions, most=None)
    return [words] if words else []


def _references(fiche):
    """By type of client: how many, and when the latest ended."""
    by_type = {}
    for reference in fiche.published_references:
        by_type.setdefault(reference.client.get_type_display(), []).append(reference.ends_on or date.max)
    return [
        f"{kind}\N{NO-BREAK SPACE}: {len(ends)}, {_latest(max(ends))}"
        for kind, ends in sorted(by_type.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _latest(end):
    return "en cours" if end > timezone.localdate() else f"la dernière finie le {day(end)}"


def label_lines(fiche):
    return sorted(
        row.label.name + (f", jusqu’au {day(row.expires_on)}" if row.expires_on else "")
        for row in fiche.valid_certifications
    )


def _insurances(covers):
    return [
        f"{cover.kind}\N{NO-BREAK SPACE}: "
        + (f"{cover.held.insurer}, jusqu’au {day(cover.held.expires_on)}" if cover.held else "demandez l’attestation")
        for cover in covers
    ]
