"""Why a fiche answers a search or doesn't: out of the same sets as the page."""

from random import Random
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.models import Certification, CoEntrepreneur, CpvCode, Department, Label
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import Results
from directory.search.why import Answer, lines, nearest_code, skills_saying, stems_of
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db
WORDS = ["signalétique", "fresque", "jardin", "abeilles", "vélo", "théâtre", "potager", "lessive", "papier"]
TYPED = [
    *WORDS,
    "zorglub",
    "à Nîmes",
    "Gard",
    "-vélo",
    '"fresque jardin"',
    "prestations de",
    "cpv 8051",
    "signaletiques",
]
DEPARTMENTS = ["30", "34", "11", "23"]
CODES = ["80500000", "80511000", "79822500", "71000000"]


def listed(**kwargs):
    return CoEntrepreneurFactory(listed=True, **kwargs)


def answer(fiche, query):
    return Answer(CatalogueFilter(QueryDict(query)), fiche.pk)


def several(random, values, most=3):
    return random.sample(values, random.randint(0, most))


def catalogue(random):
    """Fiches of which each says a few of the words, works here or there, or isn't listed."""
    label = Label.objects.create(slug="essai", name="Label d’essai")
    skills = [SkillFactory(name=f"Savoir {word}", synonyms=[f"art {word}"]) for word in WORDS[:3]]
    clients = [PublicClientFactory(type=kind) for kind in ("sdis", "commune")]
    for code in CODES:
        CpvCode.objects.get_or_create(code=code, defaults={"label": f"Code {code}"})
    fiches = []
    for _ in range(14):
        fiche = CoEntrepreneurFactory(
            listed=random.random() < 0.85,
            headline=" ".join(several(random, WORDS)),
            public_offer="Offre " + " ".join(several(random, WORDS)),
            skills=several(random, skills, 2),
            cpv_codes=several(random, CODES, 2),
            departments=Department.objects.filter(code__in=several(random, DEPARTMENTS, 2)),
            nationwide=random.random() < 0.1,
            departed_on=timezone.localdate() if random.random() < 0.1 else None,
        )
        if random.random() < 0.5:
            ReferenceFactory(co_entrepreneur=fiche, client=random.choice(clients), publishable=random.random() < 0.6)
        if random.random() < 0.5:
            Certification.objects.create(co_entrepreneur=fiche, label=label, proof=random.choice(["", "proofs/a.pdf"]))
        fiches.append(fiche)
    return fiches


def searches(random, number):
    for _ in range(number):
        pairs = [("q", " ".join(several(random, TYPED, 4)))] if random.random() < 0.8 else []
        pairs += [("departement", code) for code in several(random, DEPARTMENTS, 2) if random.random() < 0.4]
        pairs += [("cpv", code) for code in several(random, CODES, 1) if random.random() < 0.5]
        for name, value in (("label", "essai"), ("references", "1"), ("client", "sdis"), ("domaine", "inconnu")):
            if random.random() < 0.15:
                pairs.append((name, value))
        if random.random() < 0.1:
            pairs.append(("exact", "1"))
        yield urlencode(pairs)


@pytest.mark.parametrize("seed", range(3))
def test_found_is_the_same_as_every_criterion_met(seed):
    random = Random(seed)
    fiches, index = catalogue(random), current()
    outcomes = set()
    for query in searches(random, 40):
        search = CatalogueFilter(QueryDict(query), index)
        page = [fiche.pk for fiche in Results(search)]
        told = Answer(search, None)
        for fiche in fiches:
            told.pk = fiche.pk
            assert (fiche.pk in page) == (not told.missed) == told.is_found, (query, fiche.headline)
            outcomes.add((told.is_found, len(told.missed)))
    assert {(True, 0), (False, 1), (False, 2)} <= outcomes


@pytest.mark.parametrize("sort", ["", "equitable", "nom", "maj", "pertinence"])
@pytest.mark.parametrize("few", [2000, 2])
def test_rank_is_the_place_on_the_page(monkeypatch, sort, few):
    monkeypatch.setattr("directory.search.order.RANKED", few)
    monkeypatch.setattr("directory.search.index.FEW", few)
    for _ in range(7):
        listed()
    search = CatalogueFilter(QueryDict(f"q=formation&tri={sort}&graine=2026-11-28"))
    page = [fiche.pk for fiche in Results(search)]

    assert [Results(search).rank(pk) for pk in page] == [*range(1, 8)]


def test_a_search_in_a_place_where_nobody_works_finds_nobody():
    fiche = listed(headline="Fresques", departments=Department.objects.filter(code="30"))

    told = answer(fiche, "q=fresque à Guéret")

    assert not told.is_found
    assert [(line.kind, told.meets(line)) for line in told.lines] == [
        ("catalogue", True),
        ("departement", False),
        ("mots", True),
    ]


def test_each_condition_of_a_need_is_a_criterion():
    fiche = listed(headline="Fresques et vélo", departments=Department.objects.filter(code="30"))
    listed(headline="Jardin", departments=Department.objects.filter(code="34"))

    told = answer(fiche, "q=jardin Hérault -vélo&departement=30&references=1")

    assert [(line.parameter, line.kind) for line in told.missed] == [
        ("q", "exclus"),
        ("q", "departement"),
        ("q", "mots"),
        ("references", "references"),
    ]


def test_a_word_is_told_with_its_stem_and_where_it_stands():
    fiche = listed(headline="Fresques", public_offer="Des fresques murales.")

    told = answer(fiche, "q=fresques zorglub")
    [words] = [line for line in told.lines if line.kind == "mots"]

    assert [(part.words, told.holds(part)) for part in words.parts] == [("fresques", True), ("zorglub", False)]
    assert told.standings == {"fresques": ["A", "C"]}
    assert stems_of(words.parts[0].unit.loose) == ["fresqu"]


def test_the_skills_that_say_a_word_are_known_by_their_synonyms_too():
    skill = SkillFactory(name="Prise de notes visuelle", synonyms=["scribing"])

    assert (skill.pk, skill.name) in skills_saying(["'scribing'"])["'scribing'"]


@pytest.mark.parametrize(
    ("code", "mine", "nearest"),
    [
        ("80511000", ["80500000", "79000000"], "80500000"),
        ("80511000", ["71000000"], None),
        ("80511000", [], None),
    ],
)
def test_the_nearest_code_shares_the_most_digits(code, mine, nearest):
    assert nearest_code(code, mine) == nearest


def test_the_whole_catalogue_has_one_criterion():
    listed()

    assert [line.kind for line in lines(CatalogueFilter(QueryDict("")))] == ["catalogue"]
    assert CoEntrepreneur.objects.published().count() == 1


def test_a_word_that_all_fiches_hold_finds_them_all():
    for _ in range(40):
        listed(headline="Accueil")

    assert CatalogueFilter(QueryDict("q=accueil")).total == 40
