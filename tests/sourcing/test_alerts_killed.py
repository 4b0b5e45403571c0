"""Whatever happens to the catalogue, and wherever the job is killed, each new fiche is told once to each alert."""

import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.models import Alert, CoEntrepreneur, Skill
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts import mails
from tests.factories import CoEntrepreneurFactory

from .killing import Killed, Killing

pytestmark = pytest.mark.django_db

ALERTS, FICHES, ROUNDS = 8, 12, 5
# Between which steps a round is killed: before and after each of these.
STEPS = [
    (alerts, "search_of"),
    (alerts.News, "tell"),
    (alerts, "_last_moves"),
    (mails.Told, "of"),
    (mails, "news"),
    (mails, "queue_mail"),
    (QuerySet, "bulk_update"),
]


@pytest.fixture
def kill_at(monkeypatch):
    killing = Killing()
    for owner, name in STEPS:
        stepped = killing.around(getattr(owner, name))
        monkeypatch.setattr(owner, name, staticmethod(stepped) if owner is mails.Told else stepped)
    return killing


def change(chance, fiches, skills):
    """Somebody joins, leaves, comes back, gains a skill or loses one."""
    fiche = chance.choice(fiches)
    if chance.random() < 0.5:
        ticked = not CoEntrepreneur.objects.get(pk=fiche.pk).client_public
        since = timezone.localdate() if ticked else None
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=ticked, listed_since=since)
    else:
        skill = chance.choice(skills)
        (fiche.skills.remove if fiche.skills.filter(pk=skill.pk).exists() else fiche.skills.add)(skill)


def answering(skill):
    """Whoever has a skill, by the tables themselves."""
    return set(CoEntrepreneur.objects.filter(client_public=True, skills=skill).values_list("pk", flat=True))


def mailed():
    """How often each address was told each fiche by the mails in the queue, which leaves empty."""
    told = Counter()
    slugs = dict(CoEntrepreneur.objects.values_list("slug", "pk"))
    jobs = ProcrastinateJob.objects.filter(task_name="send_mail")
    for job in jobs:
        named = re.findall(r"/catalogue/([a-z0-9-]+)/", job.args["body"])
        told.update((job.args["to"], slugs[slug]) for slug in named)
    return told, len(jobs)


@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_each_new_fiche_is_told_once(seed, kill_at, monkeypatch):
    chance = random.Random(seed)
    monkeypatch.setattr(mails, "MOST_TOLD", FICHES)
    skills = list(Skill.objects.all()[:3])
    fiches = [CoEntrepreneurFactory(listed=chance.random() < 0.5) for _ in range(FICHES)]
    for _ in range(FICHES):
        change(chance, fiches, skills)
    rows = {}
    for number in range(ALERTS):
        skill, email = skills[number % len(skills)], f"a{number}@example.org"
        alerts.ask(email=email, query=f"competence={skill.slug}", rhythm=7)
        alerts.confirm(alert_pk=Alert.objects.get(email=email).pk)
        rows[email] = skill
    known = {email: answering(skill) for email, skill in rows.items()}
    expected, base, kills, now = Counter(), mailed(), 0, timezone.now()

    for _ in range(ROUNDS):
        for _ in range(chance.randrange(8)):
            change(chance, fiches, skills)
        now += timedelta(days=7)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        for email, skill in rows.items():
            expected.update((email, pk) for pk in answering(skill) - known[email])
            known[email] = answering(skill)
        for _ in range(4):
            kill_at(chance.randrange(40))
            try:
                alerts.tell_news()
            except Killed:
                kills += 1
        kill_at(None)
        alerts.tell_news()
        told, count = mailed()
        assert told == expected + base[0]
        assert alerts.tell_news() == 0
        assert mailed() == (told, count)

    assert kills
    assert expected
