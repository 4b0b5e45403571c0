"""Each facet by itself."""

import pytest
from django.http import QueryDict
from django.utils import timezone
from pyroaring import BitMap

from directory.models import Certification, CpvCode, Department, Insurance, Label
from directory.search.criteria import Facet
from directory.search.facets import FACETS
from directory.search.filters import CatalogueFilter
from tests.factories import CoEntrepreneurFactory, DomainFactory, ReferenceFactory, SkillFactory

HELD = {
    "domaine": "tuffeau",
    "departement": "34",
    "competence": "taille",
    "client": "sdis",
    "cpv": "80511",
    "label": "essai",
    "assurance": "rc-pro",
    "references": "1",
    "montant": "5000-15000",
}


@pytest.fixture
def holder():
    """A listed fiche that holds a value of each facet, those of `HELD`."""
    fiche = CoEntrepreneurFactory(
        listed=True,
        departments=[Department.objects.get(code="34")],
        skills=[SkillFactory(slug="taille", domain=DomainFactory(slug="tuffeau"))],
        cpv_codes=[CpvCode.objects.get(code="80511000")],
    )
    ReferenceFactory(co_entrepreneur=fiche, client__type="sdis", amount=9000)
    label = Label.objects.create(slug="essai", name="Label d’essai")
    Certification.objects.create(co_entrepreneur=fiche, label=label, proof="proofs/a.pdf")
    day = timezone.localdate()
    Insurance.objects.create(co_entrepreneur=fiche, kind="rc_pro", insurer="A", expires_on=day, proof="proofs/b.pdf")
    return fiche


def test_the_catalogue_filter_has_every_facet_under_its_name():
    declared = {name: type(facet) for name, facet in CatalogueFilter.base_filters.items() if isinstance(facet, Facet)}

    assert declared == {facet.name: facet for facet in FACETS}
    assert set(FACETS) == set(Facet.__subclasses__())


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_the_box_of_a_facet_is_a_parameter(facet):
    box = facet().box

    assert bool(box) == bool(facet.box_label)
    assert not box or CatalogueFilter.base_filters[box].label == facet.box_label


@pytest.mark.django_db
@pytest.mark.parametrize("name", [facet.name for facet in FACETS])
def test_a_facet_lets_through_those_who_hold_one_of_its_terms(name, holder):
    stranger = CoEntrepreneurFactory(listed=True)
    facet = CatalogueFilter(QueryDict()).filters[name]
    terms = [facet.vocabulary[HELD[name]]]
    both = BitMap([holder.pk, stranger.pk])

    assert facet.filter(both, terms) == BitMap([holder.pk])
    assert facet.filter(BitMap([stranger.pk]), terms) == BitMap()
    assert facet.filter(both, []) == both


@pytest.mark.django_db
@pytest.mark.parametrize("name", [facet.name for facet in FACETS])
def test_a_facet_says_what_a_fiche_holds_of_its_terms(name, holder):
    facet = CatalogueFilter(QueryDict(f"{name}={HELD[name]}")).filters[name]
    others = [term for term in facet.vocabulary.values() if holder.pk not in facet.members(term)]

    # How many references there are stands on the card itself.
    assert facet.reason(holder, facet.value) == ("" if name == "references" else facet.words)
    assert facet.reason(holder, others) == ""
    assert facet.sentence.startswith(", ")


@pytest.mark.django_db
def test_the_need_is_a_filter_like_the_others(holder):
    stranger = CoEntrepreneurFactory(listed=True, headline="Hydrologie")
    need = CatalogueFilter(QueryDict("q=hydrologie")).filters["q"]
    place = CatalogueFilter(QueryDict("q=Béziers")).filters["q"]
    both = BitMap([holder.pk, stranger.pk])

    assert need.filter(both, need.value) == BitMap([stranger.pk])
    assert need.filter(both, place.value) == BitMap([holder.pk])
    assert (need.sentence, need.words) == (" pour « hydrologie »", "« hydrologie »")
