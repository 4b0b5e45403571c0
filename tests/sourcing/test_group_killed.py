"""Wherever it is killed, a message to several leaves once to each, each is reminded once, its author told once."""

import random
from collections import Counter
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crealead.mail import send_mail
from directory.models import GroupMessage
from directory.sourcing.message import actions, mails

from .group import BUYER, fiches
from .killing import Killed, Killing

pytestmark = pytest.mark.django_db

# Killed before and after each of these.
STEPS = [
    (mails, "message"),
    (mails, "reminder"),
    (mails, "sent"),
    (mails, "summary"),
    (mails, "queue_mail"),
    (GroupMessage, "save"),
    (QuerySet, "bulk_update"),
]


@pytest.fixture
def kill_at(monkeypatch):
    killing = Killing()
    for owner, name in STEPS:
        stepped = killing.around(getattr(owner, name))
        monkeypatch.setattr(owner, name, stepped)
    return killing


def mailed():
    """How often each address is mailed from each template."""
    jobs = ProcrastinateJob.objects.filter(task_name=send_mail.name)
    return Counter((job.args["template"], job.args["to"]) for job in jobs)


def done_in_spite_of(kill_at, chance, step):
    """The step, killed at a few moments by chance, then done, then done again."""
    kills = 0
    for _ in range(5):
        kill_at(chance.randrange(16))
        try:
            step()
        except Killed:
            kills += 1
    kill_at(None)
    step()
    step()
    return kills


@pytest.mark.parametrize("seed", range(4))
def test_killed_anywhere_each_mail_leaves_once(seed, kill_at, monkeypatch):
    chance = random.Random(seed)
    people, today = fiches(4), timezone.localdate()

    def at(days, hour=9):
        now = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))
        monkeypatch.setattr(timezone, "now", lambda: now)

    at(0)

    def written():
        return GroupMessage(
            name="Agathe",
            organisation="Mairie",
            email=BUYER,
            subject="Objet",
            message="Besoin",
            answer_by=today + timedelta(days=10),
            # A default reads the clock itself, which may be before this one.
            created_at=timezone.now(),
        )

    kills = done_in_spite_of(kill_at, chance, lambda: actions.ask(message=written(), fiches=people))
    message = GroupMessage.objects.get()
    kills += done_in_spite_of(kill_at, chance, lambda: actions.confirm(message_pk=message.pk))
    first, *others = message.recipients.order_by("pk")
    kills += done_in_spite_of(kill_at, chance, lambda: actions.answer(recipient_pk=first.pk, given="interested"))
    at(6)
    kills += done_in_spite_of(kill_at, chance, actions.tend)
    for row in others:
        declined = partial(actions.answer, recipient_pk=row.pk, given="declined", reason="busy")
        kills += done_in_spite_of(kill_at, chance, declined)
    kills += done_in_spite_of(
        kill_at, chance, lambda: actions.answer(recipient_pk=first.pk, given="declined", reason="trade")
    )
    at(10, hour=18)
    kills += done_in_spite_of(kill_at, chance, actions.tend)

    reminded = [row.co_entrepreneur.email for row in others]
    assert kills
    # When all had answered, then at the date, since one of them had changed.
    assert mailed() == Counter(
        [
            ("group_to_confirm", BUYER),
            ("group_sent", BUYER),
            ("group_summary", BUYER),
            ("group_summary", BUYER),
            *(("group_message", fiche.email) for fiche in people),
            *(("group_reminder", email) for email in reminded),
        ]
    )
