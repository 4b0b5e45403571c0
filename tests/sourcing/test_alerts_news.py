"""What is news to an alert, as it is committed: who joins, gains or returns; never who answers since others left."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import Alert, CoEntrepreneur, Insurance, Skill, Synonym
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts.tasks import tell_alerts
from tests.at_once import at_once
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

# What isn't committed has no version: it can't be told whether a fiche has moved.
pytestmark = pytest.mark.django_db(transaction=True)


def saying(words, **values):
    return CoEntrepreneurFactory(listed=True, public_offer=f"Des missions : {words}.", **values)


def says(fiche, words):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(public_offer=f"Des missions : {words}.")


def leaves(fiche):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False, listed_since=None)


def returns(fiche):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=True, listed_since=timezone.localdate())


@pytest.fixture
def news_of(later):
    """Has an alert run, and gives what tells its news two weeks later."""

    def news_of(query):
        email = f"a{Alert.objects.count()}@valferrand.example"
        alerts.ask(email=email, query=query, rhythm=14)
        row = Alert.objects.get(email=email)
        alerts.confirm(alert_pk=row.pk)

        def news():
            later(14)
            told = row.news.count()
            tell_alerts()
            assert row.news.count() - told in {0, 1}
            return set(row.news.last().fiches) if row.news.count() > told else set()

        return news

    return news_of


def test_who_answers_since_better_ones_left_is_no_news(news_of):
    both, first, second = saying("vannerie et cannage"), saying("vannerie"), saying("cannage")
    news = news_of("q=vannerie+cannage")
    before = set(alerts.search_of("q=vannerie+cannage").fiches)

    leaves(both)
    answering, told = set(alerts.search_of("q=vannerie+cannage").fiches), news()
    returns(both)

    assert before == {both.pk}
    assert answering == {first.pk, second.pk}
    assert told == set()
    assert news() == {both.pk}
    leaves(both)
    says(first, "vannerie, cannage")
    assert news() == {first.pk}


def test_who_has_again_what_they_lost_is_news_again(news_of):
    skill = Skill.objects.first()
    fiche = CoEntrepreneurFactory(listed=True, skills=[skill])
    news = news_of(f"competence={skill.slug}")

    fiche.skills.remove(skill)
    assert news() == set()
    fiche.skills.add(skill)
    assert news() == {fiche.pk}
    leaves(fiche)
    assert news() == set()
    returns(fiche)
    assert news() == {fiche.pk}
    assert news() == set()


def test_a_synonym_makes_no_news_of_who_has_not_moved(news_of):
    old = saying("cannage")
    news = news_of("q=rempaillage")

    Synonym.objects.create(words="rempaillage", meaning="cannage")
    answering, told = set(alerts.search_of("q=rempaillage").fiches), news()
    new = saying("cannage")

    assert answering == {old.pk}
    assert told == set()
    assert news() == {new.pk}


@pytest.mark.parametrize("asked", ["q=vannerie&assurance=decennale", "q=vannerie+assurance+décennale"])
def test_an_insurance_that_comes_into_force_is_news(news_of, asked):
    fiche = saying("vannerie")
    today = timezone.localdate()
    Insurance.objects.create(
        co_entrepreneur=fiche,
        kind=Insurance.Kind.TEN_YEAR,
        insurer="Une",
        proof="x.pdf",
        starts_on=today + timedelta(days=20),
        expires_on=today + timedelta(days=400),
    )
    news = news_of(asked)

    assert news() == set()
    assert news() == {fiche.pk}
    assert news() == set()


def test_an_alert_of_before_moves_were_kept_is_told_the_difference_once(news_of):
    old = saying("vannerie")
    news = news_of("q=vannerie")
    new = saying("vannerie")
    Alert.objects.update(told_version=None)

    assert news() == {new.pk}
    assert news() == set()
    assert old.pk in Alert.objects.get().told_fiches


def test_two_jobs_at_once_tell_once(news_of, later):
    skills = list(Skill.objects.all()[:3])
    for skill in [*skills, *skills]:
        news_of(f"competence={skill.slug}")
    new = CoEntrepreneurFactory(listed=True, skills=skills)
    run_jobs()
    later(14)

    counts = at_once(*[alerts.tell_news] * 3)

    mails = run_jobs()
    assert sum(counts) == 6
    assert sorted(mail.to for mail in mails) == [[row.email] for row in Alert.objects.order_by("email")]
    assert all(re.findall(r"/catalogue/(\S+)/", mail.body) == [new.slug] for mail in mails)
