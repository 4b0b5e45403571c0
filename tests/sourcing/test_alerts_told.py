"""Alerts as those who get them meet them: told once of what is new, with why, behind a link that lasts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.doors import links
from directory.models import Alert, CoEntrepreneur, Department, Skill
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts.tasks import tell_alerts
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

from .alerting import BUYER, links_in, more, running

pytestmark = pytest.mark.django_db


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


def test_who_leaves_while_news_are_told_is_told_on_their_return(later):
    row = running()
    fiche = CoEntrepreneurFactory(listed=True)
    later(14)
    news = alerts.News(row.query)
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False, listed_since=None)
    told = news.tell([row.pk])
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=True, listed_since=timezone.localdate())
    later(14)

    assert (told, alerts.tell_news()) == (0, 1)


@pytest.mark.parametrize("rhythm", Alert.Rhythm.values)
def test_its_turn_comes_at_the_rhythm_that_was_asked_for(later, rhythm):
    alerts.ask(email=BUYER, query="q=accueil", rhythm=rhythm)
    row = Alert.objects.get()
    alerts.confirm(alert_pk=row.pk)
    turns = []
    for _ in range(2):
        row.refresh_from_db()
        turns.append(row.next_on - timezone.localdate())
        later(rhythm)
        alerts.tell_news()

    assert turns == [timedelta(days=rhythm)] * 2


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
