from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import browser_of, lead_of, led
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ConsultationFactory, PublicClientFactory

pytestmark = pytest.mark.django_db
URL = "/consultations/"


def subjects(response):
    return [line.subject for line in response.context["page"]]


def test_every_member_reads_every_line_and_nothing_else_of_it(as_member):
    consultation = led(subject="Étude de mobilité", reference="26-07", lot="3", link="https://secret.example.org/dce")

    page = as_member.get(URL).text

    for told in ("Étude de mobilité", "26-07", "lot 3", consultation.buyer.name, lead_of(consultation).name):
        assert told in page
    assert "secret.example.org" not in page
    assert f'href="/consultations/{consultation.pk}/"' not in page


def test_only_what_one_may_read_is_a_link():
    consultation = led()

    page = browser_of(lead_of(consultation)).get(URL).text

    assert f'href="/consultations/{consultation.pk}/"' in page


def test_who_opened_it_stands_there_as_long_as_nobody_leads(as_member):
    consultation = ConsultationFactory()

    page = as_member.get(URL).text

    assert consultation.author_name in page
    assert "l’a ouverte" in page


def test_the_nearest_deadline_comes_first_and_what_is_past_last(as_member):
    for days in (-9, 3, -2, 9):
        ConsultationFactory(subject=f"dans {days}", deadline=timezone.now() + timedelta(days=days))

    assert subjects(as_member.get(URL)) == ["dans 3", "dans 9", "dans -2", "dans -9"]


@pytest.mark.parametrize("q", ["mobilité", "MOBILITE", "clermontais", "26-07", "étude clermontais"])
def test_it_is_searched_by_buyer_object_and_reference(as_member, q):
    buyer = PublicClientFactory(name="Communauté de communes du Clermontais")
    ConsultationFactory(subject="Étude de mobilité", reference="26-07", buyer=buyer)
    ConsultationFactory(subject="Tout autre chose")

    assert subjects(as_member.get(URL, {"q": q})) == ["Étude de mobilité"]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", {"ouverte", "passée", "remportée", "à moi"}),
        ("ouvertes", {"ouverte", "à moi"}),
        ("passees", {"passée", "remportée"}),
        ("won", {"remportée"}),
        ("lost", set()),
        ("miennes", {"à moi"}),
        ("n’importe quoi", {"ouverte", "passée", "remportée", "à moi"}),
    ],
)
def test_it_is_narrowed_by_where_each_stands(show, expected):
    me, past = CoEntrepreneurFactory(), timezone.now() - timedelta(days=1)
    led(subject="ouverte")
    led(subject="passée", deadline=past)
    led(subject="remportée", deadline=past, outcome="won", outcome_on=timezone.localdate())
    led(by=me, subject="à moi")

    assert set(subjects(browser_of(me).get(URL, {"etat": show}))) == expected


def test_an_administrator_s_own_are_those_they_opened():
    administrator = AdministratorFactory()
    led(subject="d’un membre")
    ConsultationFactory(author_member=None, author_user=administrator, subject="la mienne")

    response = browser_of(administrator).get(URL, {"etat": "miennes"})

    assert subjects(response) == ["la mienne"]


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"q": "x" * 101}, {"q": "%_\\"}, {"page": "dernière"}, {"page": "-3"}, {"page": "9" * 30}]
)
def test_any_address_of_the_register_is_a_page(as_member, query):
    ConsultationFactory()

    assert as_member.get(URL, query).status_code == 200


def test_it_has_pages_of_twenty_that_keep_what_is_asked(as_member):
    for _ in range(21):
        ConsultationFactory(subject="Formation")

    first, second = (as_member.get(URL, {"q": "formation", "page": page}) for page in (1, 2))

    assert (len(subjects(first)), len(subjects(second))) == (20, 1)
    assert "?q=formation&amp;page=2" in first.text


def test_it_costs_the_same_queries_for_one_line_and_for_many(as_member):
    counts = []
    for number in (1, 5):
        for _ in range(number):
            led()
        with CaptureQueriesContext(connection) as queries:
            as_member.get(URL)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 6


def test_nobody_is_asked_to_come_in_by_a_link(client):
    response = client.get(URL)

    assert response.status_code == 302
    assert response.url.startswith("/mon-espace/connexion/")
    assert "no-store" in response["Cache-Control"]
