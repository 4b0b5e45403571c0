"""What a need asks beside a trade: an insurance in force, a recent reference; and needs that name no trade."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.models import Insurance
from directory.models.insurance import covers_of
from directory.models.reference import years_before
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.why import Answer
from tests.factories import ReferenceFactory

from .searches import found, listed, names, plain_spaced, understood

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def insured(fiche, kind="rc_pro", until=TODAY, **more):
    rows = {"insurer": "Assureur", "expires_on": until, "proof": "proofs/a.pdf"}
    return Insurance.objects.create(co_entrepreneur=fiche, kind=kind, **rows | more)


@pytest.fixture
def trades():
    """Who is insured for all, for one kind, for none; and who says « assure » without being so."""
    roofer = listed("Couvreuse", "Toiture", nationwide=True)
    insured(roofer), insured(roofer, "decennale")
    insured(listed("Maçon", "Toiture", nationwide=True))
    listed("Animatrice", "Toiture", "Elle assure l’animation et la garantie du pro.", nationwide=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            (text, {"Couvreuse", "Maçon"})
            for text in ("assurance RC pro", "RC pro", "rc-pro", "assuré RC professionnelle")
        ],
        *[
            (text, {"Couvreuse", "Maçon"})
            for text in ("responsabilité civile professionnelle", "assurance RC", "R.C. pro")
        ],
        *[(text, {"Couvreuse"}) for text in ("décennale", "garantie décennale", "assurance décennale", "decennale")],
        *[(text, {"Couvreuse"}) for text in ("avec une attestation d’assurance décennale", "responsabilité décennale")],
        ("RC pro et décennale", {"Couvreuse"}),
    ],
)
@pytest.mark.parametrize("trade", ["", "toiture, "])
def test_an_insurance_typed_is_one_that_is_held(trades, text, expected, trade):
    search = found(trade + text)

    assert set(names(search)) == expected
    assert not search.need.missing
    assert "est lu comme une assurance en cours" in plain_spaced(" ".join(understood(search)))
    assert all((fiche in search.fiches) == (not Answer(search, fiche).missed) for fiche in search.index.published)


def test_what_is_taught_of_an_insurance_is_not_held(trades):
    assert not found("formation sur la garantie décennale").need.insurances


@pytest.mark.parametrize(
    ("more", "is_held"),
    [
        ({}, True),
        ({"until": TODAY - DAY}, False),
        ({"until": None}, False),
        ({"proof": ""}, False),
        ({"starts_on": TODAY}, True),
        ({"starts_on": TODAY + DAY, "until": TODAY + DAY}, False),
    ],
)
@pytest.mark.parametrize("is_for_all", [True, False])
def test_a_lapsed_one_never_counts(more, is_held, is_for_all):
    fiche = listed("Couvreuse")
    insured(None if is_for_all else fiche, **more)
    search = CatalogueFilter(QueryDict("assurance=rc-pro"))

    assert bool(search.total) == is_held == bool(covers_of(fiche)[0].held)
    assert "ayant en cours : Responsabilité civile professionnelle" in plain_spaced(search.summary)


def test_it_follows_its_last_day(monkeypatch):
    insured(listed("Couvreuse"), until=TODAY + DAY)
    insured(listed("Maçon"), until=TODAY + 3 * DAY, starts_on=TODAY + 2 * DAY)
    said = []
    for shift in range(5):
        day = TODAY + shift * DAY
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        said.append(names(CatalogueFilter(QueryDict("assurance=rc-pro"))))
    assert said == [["Couvreuse"], ["Couvreuse"], ["Maçon"], ["Maçon"], []]


@pytest.mark.django_db(transaction=True)
def test_the_index_follows_a_change_of_an_insurance():
    fiche = listed("Couvreuse")
    assert CatalogueFilter(QueryDict("assurance=rc-pro")).total == 0
    before = current()
    row = insured(fiche)
    assert current() is not before
    assert CatalogueFilter(QueryDict("assurance=rc-pro")).total == 1
    row.delete()
    assert CatalogueFilter(QueryDict("assurance=rc-pro")).total == 0


@pytest.mark.parametrize(
    ("text", "is_criterion"),
    [
        ("toiture, références de moins de trois ans", True),
        ("toiture avec des références de moins de 3 ans", True),
        ("toiture, références récentes", True),
        ("toiture, moins de trois ans", True),
        ("moins de trois ans, toiture", True),
        ("de moins de trois ans", True),
        ("toiture, réalisations similaires datant de moins de trois ans", True),
        ("toiture créée depuis moins de trois ans", False),
        ("toiture pour enfants de moins de trois ans", False),
    ],
)
def test_less_than_three_years_is_asked_of_references(text, is_criterion):
    ReferenceFactory(co_entrepreneur=listed("Récente", "Toiture enfants"), ends_on=TODAY)
    ReferenceFactory(
        co_entrepreneur=listed("Ancienne", "Toiture enfants"),
        starts_on=years_before(TODAY, 9),
        ends_on=years_before(TODAY, 3),
    )
    search = found(text)

    assert set(names(search)) == ({"Récente"} if is_criterion else {"Récente", "Ancienne"})
    assert "moins de trois ans" in plain_spaced(" ".join(understood(search))).replace("3 ans", "trois ans")


@pytest.mark.parametrize("text", ["16 pages", "12 agents", "deux jours", "créée depuis moins de trois ans"])
def test_a_need_that_names_no_trade_is_said_not_to_be_understood(client, text):
    listed("Maquettiste", "Maquette")
    page = plain_spaced(client.get("/catalogue/", {"q": text}).content.decode())

    assert f"<summary><span>Rien n’est compris de « {text} » : dites un métier ; voici tout le catalogue." in page
