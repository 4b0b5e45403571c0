"""Alerts as those who ask for them meet them: asked for, confirmed; and what a stranger types."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from directory.models import Alert, Department, Skill, alert
from directory.sourcing.alerts import actions as alerts
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

from .alerting import BUYER, QUERY, ask, links_in, more, running

pytestmark = pytest.mark.django_db


# --- Asked for and confirmed --------------------------------------------------------------------------------------


def test_a_search_offers_an_alert_at_its_foot_and_where_it_found_nobody(client):
    CoEntrepreneurFactory(listed=True)

    some, nobody = client.get("/catalogue/?q=accueil&tri=nom"), client.get("/catalogue/?q=plomberie")

    assert 'href="/alertes/nouvelle/?q=accueil"' in some.text
    assert 'href="/alertes/nouvelle/?q=plomberie"' in nobody.text
    assert not some.cookies


def test_the_click_on_a_page_and_not_its_opening_has_it_run(client, mailoutbox):
    CoEntrepreneurFactory(listed=True)
    form = client.get(f"/alertes/nouvelle/?{QUERY}")
    answer = ask()
    run_jobs()
    [mail] = mailoutbox
    [path] = links_in(mail, "confirmer")

    opened = client.get(path)
    before = Alert.objects.running().count()
    clicked = client.post(path)
    row = Alert.objects.get()

    assert "accueil" in text_of(form)
    assert (answer.status_code, answer.url) == (302, "/alertes/demandee/")
    assert opened.status_code == 200
    assert before == 0
    assert "en place" in text_of(clicked)
    assert (row.query, row.rhythm) == ("q=accueil", 14)
    assert row.next_on == timezone.localdate() + timedelta(days=14)
    assert "List-Unsubscribe" not in mail.message()


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"email": "personne"}, "adresse"), ({"rhythm": "jamais"}, "rythme parmi"), ({"email": ""}, "Tapez")],
)
def test_bad_input_is_said_and_loses_nothing(typed, words):
    response = ask(**typed)

    assert response.status_code == 200
    assert words in text_of(response)
    assert not Alert.objects.exists()


def test_a_search_too_long_to_keep_is_refused_with_a_sentence():
    criteria = [f"competence={skill.slug}" for skill in Skill.objects.all()[:49]]
    criteria += [f"departement={row.code}" for row in Department.objects.all()[:49]]

    response = ask("&".join([*criteria, f"q={'mot+' * 70}"]))

    assert response.status_code == 200
    assert "trop longue" in text_of(response)
    assert run_jobs() == []


@pytest.mark.usefixtures("stopped_clock")
def test_an_address_has_three_that_wait_and_ten_in_all(mailoutbox):
    for number in range(5):
        alerts.ask(email=BUYER, query=f"q=mot{number}", rhythm=14)
    waiting = Alert.objects.count()
    Alert.objects.all().delete()
    more(running(), [{"query": f"q=mot{number}"} for number in range(9)])
    mailoutbox.clear()

    alerts.ask(email=BUYER.upper(), query="q=autre", rhythm=14)
    # Once a day: whoever types the address of another fills their box with no more.
    alerts.ask(email=BUYER, query="q=encore", rhythm=14)
    run_jobs()

    assert waiting == alert.MOST_UNCONFIRMED
    assert Alert.objects.count() == alert.MOST
    [mail] = mailoutbox
    assert len(links_in(mail, "suivi")) == alert.MOST


def test_the_same_asked_again_is_said_by_mail_alone(mailoutbox):
    running()
    mailoutbox.clear()

    response = ask()
    run_jobs()

    assert response.url == "/alertes/demandee/"
    assert Alert.objects.count() == 1
    [mail] = mailoutbox
    assert "déjà" in mail.subject


@pytest.mark.usefixtures("stopped_clock")
def test_who_asks_too_often_is_stopped():
    statuses = [ask(email=f"a{number}@example.org").status_code for number in range(21)]

    assert set(statuses[:20]) == {302}
    assert statuses[20] == 429
    assert [ask(email="b@example.org", browser=Client(REMOTE_ADDR=f"192.0.2.{n}")).status_code for n in range(7)][
        -1
    ] == 429


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"confirmed_at": timezone.now()}, "alert_confirmed_has_its_days"),
        ({"email": BUYER.upper()}, "alert_once_for_an_address"),
    ],
)
def test_the_database_refuses_what_cannot_be(given, constraint):
    Alert.objects.create(email=BUYER, query="q=accueil")

    with pytest.raises(IntegrityError, match=constraint):
        Alert.objects.create(**{"email": "autre@example.org", "query": "q=accueil"} | given)


# --- What a stranger types ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["accueil http://mal.example", "accueil www.mal.example", "accueil a@mal.example"])
def test_no_address_that_a_stranger_types_is_mailed(client, query):
    response = client.post(f"/alertes/nouvelle/?{urlencode({'q': query})}", {"email": BUYER, "rhythm": 14})

    assert response.status_code == 200
    assert "ne contient pas d’adresse" in response.text
    assert run_jobs() == []


def test_no_word_that_a_stranger_types_is_mailed_before_it_is_confirmed(client):
    skill = Skill.objects.first()
    query = urlencode({"q": "payez votre facture", "competence": skill.slug})

    client.post(f"/alertes/nouvelle/?{query}", {"email": BUYER, "rhythm": 14})
    [mail] = run_jobs()
    told = str(mail.message())

    for part in [mail.subject, mail.body, *(alternative[0] for alternative in mail.alternatives)]:
        assert "facture" not in part
    assert "facture" not in told
    assert skill.name in mail.body


def test_a_number_of_somebody_makes_no_alert(client):
    CoEntrepreneurFactory(listed=True, phone="04 67 12 34 56")

    response = client.post("/alertes/nouvelle/?q=04+67+12+34+56", {"email": BUYER, "rhythm": 14})

    assert "une alerte suit un besoin" in response.text
    assert not Alert.objects.exists()


@pytest.mark.usefixtures("stopped_clock")
def test_the_same_search_is_mailed_again_a_few_times_only():
    for _ in range(6):
        alerts.ask(email=BUYER, query="q=accueil", rhythm=14)

    assert len(run_jobs()) == 1 + alerts.SAME_IN_A_DAY


def test_a_second_click_at_once_shows_the_alert_that_runs(client, monkeypatch):
    alerts.ask(email=BUYER, query="q=accueil", rhythm=14)
    [url] = links_in(run_jobs()[0], "confirmer")
    confirm = alerts.confirm

    def confirmed_meanwhile(*, alert_pk):
        confirm(alert_pk=alert_pk)
        return confirm(alert_pk=alert_pk)

    monkeypatch.setattr(alerts, "confirm", confirmed_meanwhile)
    response = client.post(url)

    assert (response.status_code, "/alertes/suivi/" in response.url) == (302, True)
