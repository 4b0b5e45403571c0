"""Alerts as those who ask for them meet them: asked, confirmed, told once of what is new, kept, ended, erased."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crealead.words import day
from directory.doors import links
from directory.models import Alert, CoEntrepreneur, Department, Skill, alert
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts.tasks import tell_alerts
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

BUYER = "achats@valferrand.example"
QUERY = "q=accueil&tri=nom&page=3"


def ask(query=QUERY, email=BUYER, browser=None, **changes):
    return (browser or Client()).post(f"/alertes/nouvelle/?{query}", {"email": email, "rhythm": 14} | changes)


def links_in(mail, page):
    return re.findall(rf"/alertes/{page}/\S+/", mail.body)


def running(query="q=accueil", email=BUYER):
    """An alert that was confirmed, and whose turn comes by `later`."""
    alerts.ask(email=email, query=query, rhythm=14)
    row = Alert.objects.get(email=email, query=query)
    alerts.confirm(alert_pk=row.pk)
    run_jobs()
    row.refresh_from_db()
    return row


def more(row, changes):
    """The same alert again, but for these changes of each."""
    names = [field.name for field in Alert._meta.fields if not field.primary_key]
    Alert.objects.bulk_create(Alert(**{name: getattr(row, name) for name in names} | change) for change in changes)


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
    codes = "&".join(f"departement={row.code}" for row in Department.objects.all()[:50])
    response = ask("&".join(f"competence={row.slug}" for row in Skill.objects.all()[:50]) + "&" + codes)

    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "trop longue" in text_of(response)


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


# --- What is new --------------------------------------------------------------------------------------------------


def test_nothing_new_sends_nothing_and_what_is_new_is_told_once(mailoutbox, later):
    CoEntrepreneurFactory(listed=True)
    running()
    mailoutbox.clear()
    later(14)
    assert tell_alerts() == (0, 0, 0)
    new = CoEntrepreneurFactory(listed=True, trade_name="Bel Atelier", departments=[Department.objects.get(code="34")])
    later(14)

    assert tell_alerts()[0] == 1
    assert tell_alerts()[0] == 0
    run_jobs()

    [mail] = mailoutbox
    [(html, kind)] = mail.alternatives
    assert kind == "text/html"
    for body in (mail.body, html):
        assert "Bel Atelier" in body
        assert new.get_absolute_url() in body
        assert "accueil" in body
    assert "Offre" in mail.body
    assert "<mark>accueil</mark>" in html
    assert mail.subject.replace("\u00a0", " ") == "1 nouvelle fiche pour « accueil »"
    message = mail.message()
    [stop] = links_in(mail, "arreter")
    assert message["List-Unsubscribe"].endswith(f"{stop}>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_joins_gains_and_returns_are_news_departures_are_not(later):
    skill = Skill.objects.first()
    stays, leaves = CoEntrepreneurFactory.create_batch(2, listed=True, skills=[skill])
    gains = CoEntrepreneurFactory(listed=True)
    row = running(f"competence={skill.slug}")

    def told(days=14):
        later(days)
        sent = tell_alerts()[0]
        row.refresh_from_db()
        return set(row.news.last().fiches) if sent else set()

    CoEntrepreneur.objects.filter(pk=leaves.pk).update(client_public=False, listed_since=None)
    assert told() == set()
    gains.skills.add(skill)
    assert told() == {gains.pk}
    CoEntrepreneur.objects.filter(pk=leaves.pk).update(client_public=True, listed_since=timezone.localdate())
    joins = CoEntrepreneurFactory(listed=True, skills=[skill])
    assert told() == {leaves.pk, joins.pk}
    assert told() == set()
    assert stays.pk in row.told_fiches


def test_five_are_told_with_why_and_the_link_shows_them_all_and_no_other(client, mailoutbox, later):
    skill = Skill.objects.first()
    old = CoEntrepreneurFactory(listed=True, skills=[skill])
    running(f"competence={skill.slug}")
    mailoutbox.clear()
    new = CoEntrepreneurFactory.create_batch(7, listed=True, skills=[skill])
    later(14)
    tell_alerts()
    run_jobs()

    [mail] = mailoutbox
    page = client.get(links_in(mail, "suivi")[0])

    assert mail.body.count("/catalogue/") == 5
    assert mail.body.replace("\u00a0", " ").count(f"Compétence : {skill.name}") == 5
    shown = fiches_of(page)
    assert shown == {fiche.slug for fiche in new}
    assert old.slug not in shown
    assert 'id="garder"' in page.text


def fiches_of(page):
    return set(re.findall(r'data-fiche="([^"]+)"', page.text))


def test_the_link_of_each_mail_shows_what_it_told_whatever_comes_after(client, mailoutbox, later):
    skill = Skill.objects.first()
    running(f"competence={skill.slug}")
    mailoutbox.clear()
    told = []
    for number in (7, 1, 2):
        told.append(CoEntrepreneurFactory.create_batch(number, listed=True, skills=[skill]))
        later(14)
        tell_alerts()
    run_jobs()
    # It was told, though it would be no more.
    told[0][0].skills.clear()
    CoEntrepreneur.objects.filter(pk=told[2][0].pk).update(client_public=False, listed_since=None)

    pages = [client.get(links_in(mail, "suivi")[0]) for mail in mailoutbox]

    assert [fiches_of(page) for page in pages[:2]] == [{fiche.slug for fiche in fiches} for fiches in told[:2]]
    assert fiches_of(pages[2]) == {told[2][1].slug}
    assert [f"{number} fiche" in text_of(page) for number, page in zip((7, 1, 2), pages, strict=True)] == [True] * 3
    assert "1 fiche a quitté le catalogue" in pages[2].text
    assert "a quitté" not in pages[0].text + pages[1].text


def test_a_link_of_before_anything_was_told_shows_what_was_told_last(client, later):
    row = running()
    link = links.ALERT.path(row)
    before = client.get(link)
    CoEntrepreneurFactory(listed=True)
    later(14)
    tell_alerts()
    new = CoEntrepreneurFactory(listed=True)
    later(14)
    tell_alerts()

    assert "Rien de nouveau" in before.text
    assert fiches_of(client.get(link)) == {new.slug}


def test_a_mail_tells_the_zone_once_what_is_asked_for_first(mailoutbox, later):
    departments = Department.objects.filter(code__in=["09", "11", "30", "34", "66"])
    running("departement=34")
    mailoutbox.clear()
    CoEntrepreneurFactory(listed=True, departments=departments)
    later(14)
    tell_alerts()
    run_jobs()

    [mail] = mailoutbox

    assert [line.split()[2].strip(",") for line in mail.body.splitlines() if "Zone" in line] == ["Hérault"]


def test_a_mail_says_no_zone_of_who_gave_none(mailoutbox, later):
    running()
    mailoutbox.clear()
    CoEntrepreneurFactory(listed=True, departments=[])
    later(14)
    tell_alerts()
    run_jobs()

    [mail] = mailoutbox

    assert "Zone" not in mail.body + mail.alternatives[0][0]


def test_equal_searches_are_made_once(later):
    skill = Skill.objects.first()
    row = running(f"competence={skill.slug}")
    CoEntrepreneurFactory(listed=True, skills=[skill])

    def queries_of_a_round():
        later(14)
        with CaptureQueriesContext(connection) as queries:
            alerts.tell_news()
        return len(queries)

    queries_of_a_round()
    few = queries_of_a_round()
    row.refresh_from_db()
    more(row, [{"email": f"a{number}@example.org"} for number in range(60)])

    assert queries_of_a_round() == few


# --- Kept and ended -----------------------------------------------------------------------------------------------


def test_a_mailbox_ends_it_in_one_click_without_cookie_nor_token(mailoutbox, later):
    row = running()
    CoEntrepreneurFactory(listed=True)
    later(14)
    tell_alerts()
    run_jobs()
    [stop] = links_in(mailoutbox[-1], "arreter")
    mailbox = Client(enforce_csrf_checks=True)

    opened = mailbox.get(stop)
    row.refresh_from_db()
    still = row.ended_on
    posted = mailbox.post(stop, {"List-Unsubscribe": "One-Click"})
    row.refresh_from_db()

    assert opened.status_code == 200
    assert still is None
    assert (posted.status_code, row.ended_on) == (200, timezone.localdate())
    assert not opened.cookies
    assert not posted.cookies


def test_it_ends_after_twelve_months_unless_it_is_kept(client, mailoutbox, later):
    row = running()
    later(365 - 14)
    assert tell_alerts() == (0, 1, 0)
    assert tell_alerts() == (0, 0, 0)
    run_jobs()
    [path] = links_in(mailoutbox[-1], "suivi")

    opened = client.get(path)
    ends_on = row.ends_on
    kept = client.post(path, {"action": "keep"})
    row.refresh_from_db()

    assert "Garder un an de plus" in opened.text
    assert "continue" in text_of(kept)
    assert row.ends_on > ends_on
    later(14)
    assert tell_alerts()[2] == 0
    later(365)
    assert tell_alerts() == (0, 1, 0)
    later(14)
    assert tell_alerts() == (0, 0, 1)


def test_keeping_it_on_the_day_it_was_confirmed_is_said_too(client):
    row = running()

    kept = client.post(links.ALERT.path(row), {"action": "keep"})

    assert f"continue jusqu’au {day(row.ends_on)}" in kept.text


def test_an_address_goes_28_days_after_the_end_and_sooner_when_nobody_confirms(later):
    row = running()
    alerts.ask(email=BUYER, query="q=autre", rhythm=7)
    alerts.end(alert_pk=row.pk)
    later(8)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert list(Alert.objects.all()) == [row]
    later(20)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert list(Alert.objects.all()) == [row]
    later(1)

    call_command("purge_personal_data", yes=True, verbosity=0)

    assert not Alert.objects.exists()


@pytest.mark.parametrize("page", ["confirmer", "suivi", "arreter"])
def test_a_link_that_is_not_whole_opens_nothing(client, page):
    assert client.get(f"/alertes/{page}/1-5.faux/").status_code == 404
    assert client.post(f"/alertes/{page}/faux/").status_code == 404


def test_an_address_that_no_mail_is_made_out_to_stops_no_other_of_its_search(later):
    first, last = running("", email="a@valferrand.example"), running("", email="z@valferrand.example")
    bad = running("", email="b@valferrand.example")
    Alert.objects.filter(pk=bad.pk).update(email="b@valferrand.example\ninjected@example.org")
    CoEntrepreneurFactory(listed=True)
    later(14)

    with pytest.raises(ExceptionGroup):
        alerts.tell_news()

    told = {row.pk: row.news.exists() for row in Alert.objects.all()}
    assert told == {first.pk: True, last.pk: True, bad.pk: False}


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
