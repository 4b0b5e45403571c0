"""Whatever happens to the catalogue, and wherever the job is killed, each new fiche is told once to each alert."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.models import Alert, AlertNews, Certification, CoEntrepreneur, Department, Label, Skill
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts import mails
from directory.sourcing.alerts.searches import search_of
from tests.factories import CoEntrepreneurFactory

from .killing import Killed, Killing

# Committed, so that a kill is one, and that each fiche has the version in which it last moved.
pytestmark = pytest.mark.django_db(transaction=True)

# 100 alerts and 40 fiches through 10 rounds, each killed 12 times, pass too: ten seconds for a seed.
ALERTS, FICHES, ROUNDS, BATCH = 30, 12, 6, 2
# How often a round is killed, and within how many of its first moments: some early, some late.
KILLS, MOMENTS = 5, (10, 40, 6 * ALERTS)
WORDS = ["vannerie", "cannage"]
# Between which steps a round is killed: before and after each of these.
STEPS = [
    (alerts, "search_of"),
    (alerts.News, "tell"),
    (alerts, "_last_moves"),
    (mails.Told, "of"),
    (mails, "news"),
    (mails, "queue_mail"),
    (QuerySet, "bulk_create"),
    (QuerySet, "bulk_update"),
]


@pytest.fixture
def kill_at(monkeypatch):
    killing = Killing()
    for owner, name in STEPS:
        stepped = killing.around(getattr(owner, name))
        monkeypatch.setattr(owner, name, staticmethod(stepped) if owner is mails.Told else stepped)
    return killing


@dataclass
class Catalogue:
    """Fiches that change by chance."""

    chance: random.Random
    skills: list[Skill] = field(default_factory=lambda: list(Skill.objects.all()[:2]))
    label: Label = field(default_factory=Label.objects.first)
    department: Department = field(default_factory=Department.objects.first)
    moved: set[int] = field(default_factory=set)

    def __post_init__(self):
        self.fiches = [CoEntrepreneurFactory(listed=self.chance.random() < 0.5) for _ in range(FICHES)]
        for fiche in self.fiches:
            self.say(fiche)

    def change(self):
        """Somebody joins, leaves, comes back, gains or loses something that is looked for, or something else."""
        fiche = CoEntrepreneur.objects.get(pk=self.chance.choice(self.fiches).pk)
        kinds = [self.tick, self.tick, self.date, self.learn, self.say, self.say, self.prove, self.move, self.edit]
        self.chance.choice(kinds)(fiche)
        self.moved.add(fiche.pk)

    def tick(self, fiche):
        since = None if fiche.client_public else timezone.localdate()
        _write(fiche, client_public=not fiche.client_public, listed_since=since)

    def date(self, fiche):
        leaves_on = timezone.localdate() + timedelta(days=self.chance.randrange(10))
        _write(fiche, departed_on=None if fiche.departed_on else leaves_on)

    def learn(self, fiche):
        _turn(fiche.skills, self.chance.choice(self.skills))

    def move(self, fiche):
        _turn(fiche.departments, self.department)

    def say(self, fiche):
        # Few say both, so that now and then nobody does: those who say one word answer then.
        [said] = self.chance.choices([[], *[[word] for word in WORDS], WORDS], weights=[2, 3, 3, 1])
        _write(fiche, public_offer=f"Des missions. {' '.join(said)}")

    def prove(self, fiche):
        lost, _ = Certification.objects.filter(co_entrepreneur=fiche).delete()
        if not lost:
            until = timezone.localdate() + timedelta(days=self.chance.randrange(20))
            Certification.objects.create(co_entrepreneur=fiche, label=self.label, proof="x.pdf", expires_on=until)

    def edit(self, fiche):
        _write(fiche, presentation=f"Depuis {self.chance.randrange(1900, 2020)}.")

    @property
    def queries(self):
        """Those that are asked for, each with whom the tables themselves say that it finds; None for many words."""
        today = timezone.localdate()
        proved = Certification.objects.filter(label=self.label, expires_on__gte=today).values("co_entrepreneur")
        conditions = {
            "": Q(),
            f"departement={self.department.code}": Q(departments=self.department),
            f"label={self.label.slug}": Q(pk__in=proved),
            "q=vannerie+cannage": None,
            f"q=cannage&competence={self.skills[0].slug}": Q(skills=self.skills[0], public_offer__contains="cannage"),
        }
        conditions |= {f"competence={skill.slug}": Q(skills=skill) for skill in self.skills}
        return conditions | {f"q={word}": Q(public_offer__contains=word) for word in WORDS}

    def answering(self, query):
        """Who answers one of them; of many words, as the search says."""
        condition = self.queries[query]
        if condition is None:
            return set(search_of(query).fiches)
        there = Q(departed_on=None) | Q(departed_on__gt=timezone.localdate())
        fiches = CoEntrepreneur.objects.filter(there, condition, client_public=True)
        return set(fiches.values_list("pk", flat=True))


def _write(fiche, **values):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(**values)


def _turn(related, row):
    (related.remove if related.filter(pk=row.pk).exists() else related.add)(row)


def mailed():
    """How often each address was told each fiche by the mails in the queue, and how many there are."""
    told = Counter()
    slugs = dict(CoEntrepreneur.objects.values_list("slug", "pk"))
    jobs = ProcrastinateJob.objects.filter(task_name="send_mail")
    for job in jobs:
        named = re.findall(r"/catalogue/([a-z0-9-]+)/", job.args["body"])
        told.update((job.args["to"], slugs[slug]) for slug in named)
    return told, len(jobs)


def empty_the_queue():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_anywhere_each_new_fiche_is_told_once(seed, kill_at, monkeypatch):
    # Apart, so that another way of killing draws the same changes.
    chance, when = random.Random(seed), random.Random(seed)
    monkeypatch.setattr(mails, "MOST_TOLD", FICHES)
    monkeypatch.setattr(alerts, "BATCH", BATCH)
    catalogue = Catalogue(chance)
    for _ in range(FICHES):
        catalogue.change()
    queries = list(catalogue.queries)
    rows = {f"a{number}@example.org": queries[number % len(queries)] for number in range(ALERTS)}
    for email, query in rows.items():
        alerts.ask(email=email, query=query, rhythm=7)
        alerts.confirm(alert_pk=Alert.objects.get(email=email).pk)
    known = {query: catalogue.answering(query) for query in queries}
    kills, news, unmoved, now = 0, Counter(), 0, timezone.now()

    for _ in range(ROUNDS):
        empty_the_queue()
        catalogue.moved.clear()
        for _ in range(chance.randrange(FICHES)):
            catalogue.change()
        now += timedelta(days=7)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        answering = {query: catalogue.answering(query) for query in queries}
        fresh = {query: answering[query] - known[query] for query in queries}
        unmoved += sum(len(fiches - catalogue.moved) for fiches in fresh.values())
        fresh = {query: fiches & catalogue.moved for query, fiches in fresh.items()}
        known = answering
        for _ in range(KILLS):
            kill_at(when.randrange(when.choice(MOMENTS)))
            try:
                alerts.tell_news()
            except Killed:
                kills += 1
        kill_at(None)
        alerts.tell_news()
        again = alerts.tell_news()

        expected = Counter((email, pk) for email, query in rows.items() for pk in fresh[query])
        shown = AlertNews.objects.filter(told_on=timezone.localdate(now)).select_related("alert")
        assert again == 0
        assert mailed() == (expected, sum(bool(fresh[query]) for query in rows.values()))
        assert Counter((row.alert.email, pk) for row in shown for pk in row.fiches) == expected
        news += Counter({query: len(fresh[query]) for query in queries})

    assert kills > ROUNDS
    assert unmoved, "nobody ever answered only because others left: draw otherwise"
    assert news["q=vannerie+cannage"]
    assert len(+news) > len(queries) / 2
