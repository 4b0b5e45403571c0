"""Erase the personal data whose time is over."""

from argparse import ArgumentTypeError
from datetime import timedelta

from asgiref.sync import async_to_sync
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone
from pghistory.models import Context, Event
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from directory.forms.files import forget_waiting_files
from directory.models import (
    AccessLink,
    BuyerSearch,
    ContactMessage,
    FicheFile,
    FicheProposal,
    FruitlessSearch,
    Kit,
    ListingDraft,
    ListingRequest,
    MemberSession,
    RateLimit,
)
from directory.models.contact_message import KEPT
from directory.models.files import discard

# Three years after the last contact, nothing may be left.
MOST_DAYS = 3 * 365
MESSAGES_DAYS = KEPT.days
REQUESTS_DAYS = 2 * 365
# A mail that could not be sent holds what it said.
FAILED_MAILS_DAYS = 30
# A name may have been typed; by then référents have made a synonym of what was worth one.
SEARCHES_KEPT = timedelta(days=180)
# What was sent is kept with the answer; a kit that was only prepared can be made again.
KITS_KEPT = timedelta(days=365)
# Long enough to look into an intrusion.
LOGINS_KEPT = timedelta(days=365)
# The files that go with their row.
FILES = {FicheProposal: "photo", ListingDraft: "photo", ListingRequest: "photo", Kit: "archive"}


def days(text):
    """A number of days, between 1 and three years."""
    if not (text.isdecimal() and 1 <= int(text) <= MOST_DAYS):
        raise ArgumentTypeError(f"« {text} » n’est pas un nombre de jours entre 1 et {MOST_DAYS}.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Efface les messages reçus, les demandes et propositions closes avec leur historique, les liens, "
        "les compteurs et les sessions périmés, les dossiers préparés et les connexions d’il y a un an, les courriels "
        "qui n’ont pas pu partir et les fichiers dont le formulaire n’est jamais revenu."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--messages",
            type=days,
            default=MESSAGES_DAYS,
            metavar="JOURS",
            help=f"âge des messages à effacer ({MESSAGES_DAYS} par défaut, {MOST_DAYS} au plus)",
        )
        parser.add_argument(
            "--requests",
            type=days,
            default=REQUESTS_DAYS,
            metavar="JOURS",
            help=f"âge des demandes closes à effacer ({REQUESTS_DAYS} par défaut, {MOST_DAYS} au plus)",
        )
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien effacer")
        parser.add_argument("--yes", action="store_true", help="ne pas demander de confirmation")

    def handle(self, *, messages, requests, dry_run, yes, verbosity, **_options):
        now, today = timezone.now(), timezone.localdate()
        past = {
            "messages reçus": ContactMessage.objects.filter(created_at__lte=now - timedelta(days=messages)),
            "demandes closes ou abandonnées": past_requests(now - timedelta(days=requests)),
            "demandes en préparation": ListingDraft.objects.expired(),
            "propositions closes": past_proposals(now - timedelta(days=requests)),
            "dossiers préparés": Kit.objects.filter(finished_at__lt=now - KITS_KEPT),
            "sessions de membres closes": MemberSession.objects.exclude(pk__in=MemberSession.objects.open()),
            "liens d’accès": AccessLink.objects.past(),
            "compteurs d’envois": RateLimit.objects.past(),
            "recherches sans résultat": FruitlessSearch.objects.filter(last_on__lt=today - SEARCHES_KEPT),
            "recherches d’acheteurs": BuyerSearch.objects.filter(day__lt=today - SEARCHES_KEPT),
            "courriels non partis": failed_jobs(),
            "connexions": AccessLog.objects.filter(attempt_time__lt=now - LOGINS_KEPT),
            "échecs de connexion": AccessAttempt.objects.filter(attempt_time__lt=now - LOGINS_KEPT),
            "sessions expirées": Session.objects.filter(expire_date__lt=now),
        }
        if verbosity or dry_run or not yes:
            for label, rows in past.items():
                self.stdout.write(f"{rows.count():>6} {label}")
        if dry_run:
            self.stdout.write("Rien n’a été effacé (--dry-run).")
            return
        if not yes and input("Effacer pour de bon ? [oui/non] ").strip().casefold() != "oui":
            raise CommandError("Rien n’a été effacé.")
        with transaction.atomic():
            for rows in past.values():
                erase(rows)
        forget_waiting_files()
        FicheFile.forget_old()
        if verbosity:
            self.stdout.write(self.style.SUCCESS("Effacé."))


def past_requests(before):
    """The requests that nothing has moved since then, but for those that still wait for a référent."""
    return (
        ListingRequest.objects.exclude(state=ListingRequest.State.SUBMITTED)
        .alias(moved_at=Greatest("submitted_at", "decided_at"))
        .filter(moved_at__lt=before)
    )


def past_proposals(before):
    """The proposals that were decided or withdrawn, and made, before then."""
    return (
        FicheProposal.objects.exclude(state=FicheProposal.State.SUBMITTED)
        .alias(moved_at=Greatest("submitted_at", "decided_at"))
        .filter(moved_at__lt=before)
    )


def failed_jobs():
    """The jobs that were given up long enough ago."""
    recent = ProcrastinateEvent.objects.filter(
        job=OuterRef("pk"), at__gte=timezone.now() - timedelta(days=FAILED_MAILS_DAYS)
    )
    return ProcrastinateJob.objects.filter(status="failed").exclude(Exists(recent))


def erase(rows):
    """Erase these rows, their files and, for those followed, their history; jobs go through the queue's own door."""
    if rows.model is ProcrastinateJob:
        async_to_sync(app.job_manager.delete_old_jobs)(nb_hours=FAILED_MAILS_DAYS * 24, include_failed=True)
        return
    if hasattr(rows.model, "pgh_event_model"):
        erase_history(rows.model.pgh_event_model.objects.filter(pgh_obj__in=rows))
    if name := FILES.get(rows.model):
        for row in rows:
            discard(getattr(row, name))
    rows.delete()


def erase_history(events):
    """Erase events, and the reasons given beside them unless another event shares them."""
    contexts = set(events.values_list("pgh_context", flat=True))
    events.delete()
    for model in apps.get_app_config("directory").get_models():
        if issubclass(model, Event):
            contexts -= set(model.objects.filter(pgh_context__in=contexts).values_list("pgh_context", flat=True))
    Context.objects.filter(pk__in=contexts).delete()
