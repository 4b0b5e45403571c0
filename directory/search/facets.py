"""The facets of the catalogue: a class says all there is to say about one, and `FACETS` lists them.

The index (`index.py`) reads the terms and the tags of each; `CatalogueFilter` (`filters.py`) has one of each read the
query string.
"""

from collections import defaultdict
from dataclasses import dataclass

from directory.models import CpvCode, Department, Domain, Insurance, Label, Skill

from .cpv import cpv_class, cpv_prefix, nearest_cpv, normalize_cpv
from .criteria import UNTIL, Facet, Term, TermsField
from .delivered import AmountFacet, ClientFacet
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
    def all_names(cls, index):
        """The names of all skills by their keys, in the order they are read."""
        return {int(term.tags[0].partition(":")[2]): term.label for term in index.vocabulary[cls.name].values()}

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


class InsuranceFacet(Facet):
    """An insurance that buyers are told of, one's own or the cooperative's, as long as it is in force."""

    name = "assurance"
    title = "Assurance en cours"
    phrase = "ayant en cours : {}"

    @classmethod
    def terms(cls):
        return [Term(cls.value_of(kind), kind.label, (f"{cls.name}:{kind.value}",)) for kind in Insurance.PUBLIC]

    @staticmethod
    def value_of(kind):
        """A kind of insurance as addresses say it."""
        return kind.value.replace("_", "-")

    @classmethod
    def tags_sql(cls):
        """None: one row may insure everybody, and another begins some day; see `Index.insured`."""
        return []

    def members(self, term):
        return self.index.insured[term.tags[0].removeprefix(f"{self.name}:")]


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


# In the order of the page: where, and for whom it was done, before what it is called.
FACETS = [
    DepartmentFacet,
    AmountFacet,
    ReferencesFacet,
    ClientFacet,
    LabelFacet,
    InsuranceFacet,
    SkillFacet,
    DomainFacet,
    CpvFacet,
]
# What finds a value inside a filter says nothing of the search.
NO_BOXES = {f"dans_{facet.name}": "" for facet in FACETS if facet.box_label}
