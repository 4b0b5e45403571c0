import pytest
from django.db import connection

from directory.models import CoEntrepreneur, FormerSlug
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def test_slug_follows_the_name_and_namesakes_are_numbered():
    first = CoEntrepreneurFactory(first_name="Zoé", last_name="L’Hôte d’Aubrac")
    second = CoEntrepreneurFactory(first_name="Zoé", last_name="L’Hôte d’Aubrac")

    assert first.slug == "zoe-lhote-daubrac"
    assert second.slug == "zoe-lhote-daubrac-2"


def test_slug_stays_while_the_name_stays():
    fiche = CoEntrepreneurFactory(first_name="Ana", last_name="Lopez")

    fiche.trade_name = "Une autre marque"
    fiche.save()

    assert fiche.slug == "ana-lopez"


def test_a_new_name_keeps_the_former_address():
    fiche = CoEntrepreneurFactory(first_name="Ana", last_name="Lopez")

    fiche.last_name = "Martin"
    fiche.save()

    assert fiche.slug == "ana-martin"
    assert FormerSlug.objects.get(slug="ana-lopez").co_entrepreneur == fiche


def test_a_former_address_is_never_given_to_a_namesake():
    fiche = CoEntrepreneurFactory(first_name="Ana", last_name="Lopez")
    fiche.last_name = "Martin"
    fiche.save()

    namesake = CoEntrepreneurFactory(first_name="Ana", last_name="Lopez")

    assert namesake.slug == "ana-lopez-2"


def test_going_back_to_a_name_takes_its_address_back():
    fiche = CoEntrepreneurFactory(first_name="Ana", last_name="Lopez")
    for last_name in ["Martin", "Lopez"]:
        fiche.last_name = last_name
        fiche.save()

    assert fiche.slug == "ana-lopez"
    assert [former.slug for former in fiche.former_slugs.all()] == ["ana-martin"]


def test_a_name_without_a_latin_letter_gets_an_address():
    fiche = CoEntrepreneurFactory(first_name="山田", last_name="花子")

    assert fiche.slug == "fiche"


def test_a_name_that_is_an_address_of_the_catalogue_is_numbered():
    fiche = CoEntrepreneurFactory(first_name="Ordre", last_name="")

    assert fiche.slug == "ordre-2"


def test_content_date_follows_what_buyers_read_and_nothing_else():
    fiche = CoEntrepreneurFactory()
    CoEntrepreneur.objects.update(content_updated_at="2020-01-01T00:00Z")

    CoEntrepreneur.objects.update(contract_stage="cape")
    fiche.refresh_from_db()
    before = fiche.content_updated_at
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_coentrepreneur SET headline = 'Autre'")
    fiche.refresh_from_db()

    assert before.year == 2020
    assert fiche.content_updated_at.year > 2020


def test_lacking_something_finds_what_missing_for_listing_tells():
    complete = CoEntrepreneurFactory(nationwide=True)
    without_offer = CoEntrepreneurFactory(public_offer=" ")

    lacking = CoEntrepreneur.objects.lacking_something()

    assert without_offer in lacking
    assert "l’offre aux clients publics" in without_offer.missing_for_listing()
    assert complete.missing_for_listing() == []
