"""Whose time is over: what the lines of the purge ask of the database, given how long each is kept."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils import timezone
from pghistory.models import Context, Event
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from directory.models import (
    CoEntrepreneur,
    Consultation,
    FicheProposal,
    Kit,
    ListingRequest,
    MemberSession,
    Reference,
    SearchWord,
    SourcingRecord,
)

UNUSED_WORDS = "SELECT word FROM directory_searchword EXCEPT SELECT unnest(words) FROM directory_searchdocument"


def since(model, moment):
    """What asks for the rows whose `moment`, a column, is as long ago as they are kept."""
    return lambda kept: _rows(model).filter(**{f"{moment}__lte": timezone.now() - kept})


def since_day(model, day):
    """The same of a day, by the calendar of the cooperative."""
    return lambda kept: _rows(model).filter(**{f"{day}__lt": timezone.localdate() - kept})


def over(model, moment):
    """What asks for the rows whose end, a column, has come."""
    return lambda _kept: _rows(model).filter(**{f"{moment}__lte": timezone.now()})


def unconfirmed(model):
    """What asks for the rows that nobody has confirmed for so long."""
    return lambda kept: _rows(model).filter(confirmed_at=None, created_at__lte=timezone.now() - kept)


def records(_kept):
    """The sourcing records whose end has come, and was said before if there was whom to tell."""
    return SourcingRecord.objects.over()


def unconfirmed_emails_of_records(kept):
    """The records whose address nobody has confirmed for so long."""
    return SourcingRecord.objects.filter(email_confirmed_at=None, email_asked_at__lte=timezone.now() - kept)


def closed_requests(kept):
    """The requests that nothing has moved for so long, but for those that still wait for a référent."""
    return (
        ListingRequest.objects.exclude(state=ListingRequest.State.SUBMITTED)
        .alias(moved_at=Greatest("submitted_at", "decided_at"))
        .filter(moved_at__lt=timezone.now() - kept)
    )


def requests_of_strangers(kept):
    """The same of those that no fiche was ever attached to."""
    return closed_requests(kept).filter(co_entrepreneur=None)


def closed_references(kept):
    """Those that were closed so long ago, and that nobody took up again."""
    closed = Reference.objects.filter(state=Reference.State.CLOSED)
    return closed.filter(decided_at__lt=timezone.now() - kept)


def contacts(kept):
    """The references whose client's contact serves no more: the service ended so long ago, or nobody keeps it."""
    nobody = Q(contact_name="", contact_role="", contact_email="", contact_phone="")
    before = timezone.now() - kept
    ended = Q(ends_on__lt=timezone.localdate(before)) | Q(ends_on=None, said_at__lt=before) | Q(co_entrepreneur=None)
    said_at = Greatest("submitted_at", "decided_at")
    return Reference.objects.exclude(nobody).alias(said_at=said_at).filter(ended)


def closed_proposals(kept):
    """The proposals that were decided or withdrawn, and made, so long ago."""
    return (
        FicheProposal.objects.exclude(state=FicheProposal.State.SUBMITTED)
        .alias(moved_at=Greatest("submitted_at", "decided_at"))
        .filter(moved_at__lt=timezone.now() - kept)
    )


def consultations(kept):
    """Those whose contract ended so long ago, or where none was won, whose deadline or outcome is as old."""
    return Consultation.objects.alias(
        ended_on=Greatest(TruncDate("deadline"), "outcome_on", "contract_ends_on")
    ).filter(ended_on__lt=timezone.localdate() - kept)


def kits(kept):
    """Those made so long ago, or asked for and never made."""
    return Kit.objects.alias(at=Coalesce("finished_at", "asked_at")).filter(at__lt=timezone.now() - kept)


def member_sessions(_kept):
    return MemberSession.objects.exclude(pk__in=MemberSession.objects.recent())


def jobs(kept):
    """Those that nobody will run any more, failed or not, and of which nothing has been heard for so long."""
    recent = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), at__gt=timezone.now() - kept)
    over_with = ["failed", "cancelled", "aborted", "succeeded"]
    return ProcrastinateJob.objects.filter(status__in=over_with).exclude(Exists(recent))


def of_the_departed(model):
    """What asks for the rows of those who have left."""
    return lambda _kept: _rows(model).filter(co_entrepreneur__in=CoEntrepreneur.objects.departed())


def of_closed_accounts(model):
    """What asks for the rows of accounts that are closed, and that nobody has come in by for so long."""

    def past(kept):
        closed = (
            get_user_model()
            .objects.filter(is_active=False)
            .alias(seen_at=Coalesce("last_login", "date_joined"))
            .filter(seen_at__lte=timezone.now() - kept)
        )
        return _rows(model).filter(user__in=closed)

    return past


def history_of_none(model, column, owner):
    """What asks for the events whose owner, by its key in `column`, is gone, and had none for so long."""

    def past(kept):
        events = _rows(model)
        recent = events.filter(**{column: OuterRef(column)}, pgh_created_at__gt=timezone.now() - kept)
        there = _rows(owner).filter(pk=OuterRef(column))
        return events.filter(~Exists(there), ~Exists(recent))

    return past


def reasons_of_none(_kept):
    """The contexts of events that are all gone."""
    unused = Q()
    for model in apps.get_models():
        if issubclass(model, Event) and model._meta.managed:  # noqa: SLF001 whether it is a table
            unused &= ~Exists(model.objects.filter(pgh_context=OuterRef("pk")))
    return Context.objects.filter(unused)


def words_of_none(_kept):
    """The words that no search document holds any more. One that comes back meanwhile waits to be written again."""
    return SearchWord.objects.filter(word__in=RawSQL(UNUSED_WORDS, []))


def _rows(model):
    return apps.get_model(model).objects.all()
