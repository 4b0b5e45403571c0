"""The facets of the catalogue: a class says all there is to say about one, and `FACETS` lists them.

The index (`index.py`) reads the terms and the tags of each; `CatalogueFilter` (`filters.py`) has one of each read the
query string.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from pyroaring import BitMap

from directory.models import CpvCode, Department, Domain, Label, PublicClient, Reference, Skill
from directory.models.reference import AMOUNT_BANDS, HIGHEST_BAND, RECENT, RECENT_YEARS

from .cpv import cpv_class, cpv_prefix, nearest_cpv, normalize_cpv
from .criteria import UNTIL, Facet, Term, TermsField
from .zone_words import MOST_NAMED, zone_in_words


@dataclass(frozen=True)
class DepartmentTerm(Term):
    """A department, and the region that it is in."""

    name: str
    region: str


class CpvField(TermsField):
    """CPV codes of two to eight digits. One that isn't in the list is widened to its nearest known ancestor."""

    widened = {}

    def normalize(self, value):
        return normalize_cpv(value)

    def clean(self, value):
        terms = super().clean(value)
        nearest = {code: nearest_cpv(self.vocabulary, code) for code in self.dropped}
        self.widened = {code: term for code, term in nearest.items() if term}
        self.dropped = [code for code in self.dropped if code not in self.widened]
        return list(dict.fromkeys([*terms, *self.widened.values()]))


class DomainFacet(Facet):
    name = "domaine"
    title = "Domaine"
    phrase = "en {}"
    array = "domains"

    @classmethod
    def terms(cls):
        return cls.terms_of(Domain.objects.all())


class SkillFacet(Facet):
    name = "competence"
    title = "Compétence"
    phrase = "sachant faire : {}"
    array = "skills"
    most_held_first = True
    box_label = "Chercher une compétence"

    @classmethod
    def terms(cls):
        return cls.terms_of(Skill.objects.order_by("name", "pk"))

    @classmethod
    def names(cls, index, fiche):
        """The names of the skills of a fiche read `with_card()` by their keys, in the order they are read."""
        keys = {f"{cls.name}:{key}": key for key in fiche.skill_keys}
        terms = index.vocabulary[cls.name].values()
        return {keys[term.tags[0]]: term.label for term in terms if term.tags[0] in keys}


class DepartmentFacet(Facet):
    """Where one works; those who work everywhere answer for each department."""

    name = "departement"
    title = "Zone d’intervention"
    phrase = "intervenant dans : {}"
    array = "departments"
    most_held_first = True
    box_label = "Chercher une zone"
    everywhere = "Toute la France"

    @classmethod
    def terms(cls):
        return [
            DepartmentTerm(
                row.code, str(row), (f"{cls.name}:{row.code}", f"{cls.name}:FR"), name=row.name, region=row.region.name
            )
            for row in Department.objects.select_related("region")
        ]

    @classmethod
    def tags_sql(cls):
        nationwide = f"SELECT '{cls.name}:FR', {{keys}} FROM document WHERE nationwide HAVING count(*) > 0"
        return [*super().tags_sql(), nationwide]

    @classmethod
    def regions(cls, index):
        """The departments' names by code, by the name of their region."""
        regions = defaultdict(dict)
        for term in index.vocabulary[cls.name].values():
            regions[term.region][term.value] = term.name
        return regions

    def reason(self, fiche, terms):
        held = [term for term in terms if fiche.pk in self.index.members(term)]
        if held and fiche.nationwide:
            return self.everywhere
        if len(held) > MOST_NAMED:
            return zone_in_words([term.value for term in held], self.regions(self.index))
        return super().reason(fiche, held)


class CpvFacet(Facet):
    """A code finds those who declared it or a finer one; one finer than a class, also those who declared the class.

    `cpv:<code>` is held by who declared this code or a finer one, `cpv=<code>` by who declared this very one.
    """

    field_class = CpvField
    name = "cpv"
    title = "Code CPV"
    phrase = "pour le code CPV {}"
    array = "cpv_codes"
    box_label = "Chercher un code CPV"
    box_always = True

    @classmethod
    def terms(cls):
        return [
            Term(cpv_prefix(row.code), str(row), (f"cpv:{row.code}", *(f"cpv={code}" for code in cpv_class(row.code))))
            for row in CpvCode.objects.all()
        ]

    @classmethod
    def tags_sql(cls):
        declared = """
            SELECT 'cpv=' || cpvcode_id, {keys}
            FROM document JOIN directory_coentrepreneur_cpv_codes ON coentrepreneur_id = co_entrepreneur_id
            GROUP BY cpvcode_id"""
        return [*super().tags_sql(), declared]

    def looked_for(self, words):
        """Of a code, the digits that say something: « 80511000-9 » finds what « 80511 » does."""
        code = normalize_cpv(words)
        return [code] if code.isdigit() else super().looked_for(words)

    @property
    def widened(self):
        """The codes sent that aren't in the list, each with the term that answers instead."""
        return self.parent.form.fields[self.name].widened

    def coarser(self, term):
        """The coarser codes by which some published fiche answers a term; empty when none does."""
        declared, *coarser = term.tags
        more = self.index.published & (self.index.members(term) - self.index.holders(declared))
        return [tag.removeprefix("cpv=") for tag in coarser] if more else []


class ClientFacet(Facet):
    name = "client"
    title = "Type de client déjà servi"
    phrase = "ayant déjà servi : {}"
    array = "client_types"

    @classmethod
    def terms(cls):
        return [Term(kind.value, kind.label, (f"{cls.name}:{kind.value}",)) for kind in PublicClient.Type]


class LabelFacet(Facet):
    """A label is held from its proof to its last day."""

    name = "label"
    title = "Label ou certification"
    phrase = "avec le label {}"

    @classmethod
    def terms(cls):
        return cls.terms_of(Label.objects.all())

    @classmethod
    def tags_sql(cls):
        return [
            f"""
            SELECT '{cls.name}:' || label_id || coalesce('{UNTIL}' || expires_on, ''), {{keys}}
            FROM directory_certification JOIN document USING (co_entrepreneur_id)
            WHERE proof <> '' GROUP BY label_id, expires_on"""
        ]

    @classmethod
    def names(cls, index, fiche):
        """The labels that a fiche holds on the day of the index."""
        return [term.label for term in index.vocabulary[cls.name].values() if fiche.pk in index.members(term)]


class ReferencesFacet(Facet):
    name = "references"
    title = "Références"
    phrase = "avec des références publiées"

    @classmethod
    def terms(cls):
        return [Term("1", "Avec des références publiées", (f"{cls.name}:1",))]

    @classmethod
    def tags_sql(cls):
        return [f"SELECT '{cls.name}:1', {{keys}} FROM document WHERE references_count > 0 HAVING count(*) > 0"]

    def reason(self, _fiche, _terms):
        """Nothing: the card shows how many there are."""
        return ""


class AmountFacet(Facet):
    """The band of a published reference, where it is shown; `recentes` asks that this reference be recent.

    Alone, `recentes` asks for a recent reference, whatever its amount. Who holds a reference of a band holds
    `montant:<band>`, and `montant:recent:<band>` until its last recent day; `montant:recent` is for any band or none.
    """

    name = "montant"
    title = "Montants déjà réalisés"
    phrase = "avec des références {}"
    option = "recentes"

    @classmethod
    def terms(cls):
        limits = [int(limit) for limit, _ in AMOUNT_BANDS]
        values = [f"{low}-{high}" for low, high in pairwise([0, *limits])] + [str(limits[-1])]
        labels = [*(label for _, label in AMOUNT_BANDS), HIGHEST_BAND]
        bands = [
            Term(value, label, (f"{cls.name}:{band}",))
            for band, (value, label) in enumerate(zip(values, labels, strict=True))
        ]
        return [*bands, Term(cls.option, f"de moins de {RECENT}", (f"{cls.name}:recent",))]

    @classmethod
    def tags_sql(cls):
        limits = ", ".join(str(limit) for limit, _ in AMOUNT_BANDS)
        # The day before the one on which `Reference.is_recent` ceases: 29 February asks for both ways of reckoning.
        last_day = f"""greatest(ends_on + interval '{RECENT_YEARS} years' - interval '1 day',
                                 ends_on - interval '1 day' + interval '{RECENT_YEARS} years')::date"""
        return [
            f"""
            SELECT tag || coalesce('{UNTIL}' || nullif(last_day, 'infinity'), ''), {{keys}}
            FROM (
                SELECT part.co_entrepreneur_id, tag, max(last_day) AS last_day
                FROM document
                JOIN directory_participation AS part ON part.co_entrepreneur_id = document.co_entrepreneur_id
                JOIN (
                    SELECT id, coalesce({last_day}, 'infinity') AS recent_until,
                        CASE WHEN amount_shown = '{Reference.AmountShown.BAND}'
                            THEN width_bucket(amount, ARRAY[{limits}]::numeric[]) END AS band
                    FROM directory_reference
                    WHERE publishable AND state = '{Reference.State.VALIDATED}'
                ) AS reference ON reference.id = part.reference_id
                CROSS JOIN LATERAL (VALUES
                    ('{cls.name}:' || band, 'infinity'::date),
                    ('{cls.name}:recent:' || band, recent_until),
                    ('{cls.name}:recent', recent_until)
                ) AS held (tag, last_day)
                WHERE tag IS NOT NULL AND last_day >= current_date - 1
                GROUP BY part.co_entrepreneur_id, tag
            ) AS done
            GROUP BY tag, last_day"""
        ]

    @property
    def is_recent_asked(self):
        return any(term.value == self.option for term in self.value)

    @property
    def bands(self):
        return [term for term in self.value if term.value != self.option]

    @property
    def asked(self):
        return self.bands or self.value

    def members(self, term):
        """Those who hold a band, by a recent reference if that is asked; under the option, as if it were asked."""
        index = self.index
        if term.value == self.option and self.bands:
            return BitMap.union(*(index.holders(_recent(band)) for band in self.bands))
        return index.holders(_recent(term)) if self.is_recent_asked else index.members(term)

    @property
    def words(self):
        words = " ou ".join(band.label for band in self.bands)
        option = [term.label for term in self.value if term.value == self.option]
        return ", ".join(filter(None, [words, *option]))

    @property
    def sentence(self):
        # « des références de moins de 5 000 € »: only some labels begin so.
        return f", {self.phrase.format(self.words if self.words.startswith('de ') else f'de {self.words}')}"


def _recent(term):
    """The tag of a band's recent references; that of any recent one is its own."""
    name, _, band = term.tags[0].partition(":")
    return term.tags[0] if band == "recent" else f"{name}:recent:{band}"


# In the order of the page: where, and for whom it was done, before what it is called.
FACETS = [
    DepartmentFacet,
    AmountFacet,
    ReferencesFacet,
    ClientFacet,
    LabelFacet,
    SkillFacet,
    DomainFacet,
    CpvFacet,
]
