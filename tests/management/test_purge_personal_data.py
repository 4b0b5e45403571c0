from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pghistory.models
import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crealead.mail import send_mail
from directory.forms import files
from directory.listing import actions
from directory.models import (
    AccessLink,
    ContactMessage,
    ContractFile,
    FicheFile,
    FicheProposal,
    FruitlessSearch,
    Kit,
    ListingRequest,
    MemberSession,
    RateLimit,
    buyer_search,
)
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


PHOTO = ContentFile(b"RIFF", name="photo.webp")


def purge(**options):
    out = StringIO()
    call_command("purge_personal_data", stdout=out, **{"yes": True} | options)
    return out.getvalue()


def ago(**delay):
    return timezone.now() - timedelta(**delay)


def message(**changed):
    return ContactMessage.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(),
        name="Une acheteuse",
        organisation="Mairie",
        email="achats@example.org",
        message="Un besoin",
        **changed,
    )


def closed_request(*, days):
    """Refused that many days ago."""
    request = ListingRequestFactory(submitted_at=ago(days=days))
    actions.refuse(request_pk=request.pk, by=request.referent.user, reason="other", comment="Un mot privé")
    ListingRequest.objects.filter(pk=request.pk).update(decided_at=ago(days=days))
    return request


def test_old_messages_are_erased_and_recent_ones_kept():
    message(created_at=ago(days=366))
    recent = message(created_at=ago(days=364))

    out = purge()

    assert list(ContactMessage.objects.all()) == [recent]
    assert "     1 messages reçus" in out


def test_the_age_may_be_chosen():
    message(created_at=ago(days=31))

    purge(messages=30)

    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("age", ["0", "1096", "-1", "beaucoup"])
@pytest.mark.parametrize("option", ["--messages", "--requests"])
def test_an_age_outside_the_law_is_refused(option, age):
    with pytest.raises(CommandError):
        call_command("purge_personal_data", f"{option}={age}", "--yes")


def test_old_closed_requests_leave_nothing_behind():
    request = closed_request(days=731)
    events = ListingRequest.pgh_event_model.objects.filter(pgh_obj_id=request.pk)
    had_history = events.exists()

    purge()

    assert had_history
    assert not ListingRequest.objects.exists()
    assert not events.exists()
    assert not pghistory.models.Context.objects.filter(metadata__reason__contains="Un mot privé").exists()


def test_the_history_of_the_fiche_outlives_its_request():
    request = ListingRequestFactory()
    actions.accept(request_pk=request.pk, by=request.referent.user)
    ListingRequest.objects.update(submitted_at=ago(days=800), decided_at=ago(days=800))

    purge()

    reasons = pghistory.models.Events.objects.tracks(request.co_entrepreneur).values_list("pgh_context", flat=True)
    assert any(context and "acceptée" in context["reason"] for context in reasons)


def test_recent_and_waiting_requests_are_kept():
    recent = closed_request(days=729)
    waiting = ListingRequestFactory(submitted_at=ago(days=2000))

    purge()

    assert set(ListingRequest.objects.all()) == {recent, waiting}


def test_a_request_abandoned_by_its_author_is_erased():
    request = ListingRequestFactory()
    actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="?")
    ListingRequest.objects.update(submitted_at=ago(days=900), decided_at=ago(days=800))

    purge()

    assert not ListingRequest.objects.exists()


def test_links_of_the_day_before_and_past_counters_are_erased():
    usable = AccessLink.objects.create(email="a@example.org")
    used = AccessLink.objects.create(email="b@example.org", used_at=timezone.now())
    expired = AccessLink.objects.create(email="c@example.org", created_at=ago(minutes=31))
    AccessLink.objects.create(email="d@example.org", created_at=ago(days=1))
    RateLimit.objects.create(key="passé", expires_at=ago(seconds=1))
    current = RateLimit.objects.create(key="présent", expires_at=timezone.now() + timedelta(hours=1))

    purge()

    assert set(AccessLink.objects.all()) == {usable, used, expired}
    assert list(RateLimit.objects.all()) == [current]


def test_mails_given_up_long_ago_are_erased():
    old, recent, waiting = (
        send_mail.defer(to="a@example.org", subject="", body="", reply_to=None, message_id="<a@b>", date="")
        for _ in range(3)
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = ANY(%s)", [[old, recent]])
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [ago(days=31), old])

    out = purge()

    assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == {recent, waiting}
    assert "     1 courriels et travaux abandonnés" in out


def test_logins_of_a_year_ago_and_expired_sessions_are_erased():
    old, recent = ago(days=366), ago(days=364)
    for when in (old, recent):
        login = AccessLog.objects.create(username=str(when))
        failure = AccessAttempt.objects.create(username=str(when), failures_since_start=1)
        AccessLog.objects.filter(pk=login.pk).update(attempt_time=when)
        AccessAttempt.objects.filter(pk=failure.pk).update(attempt_time=when)
    Session.objects.create(session_key="passée", expire_date=ago(seconds=1))
    Session.objects.create(session_key="présente", expire_date=timezone.now() + timedelta(hours=1))

    purge()

    assert AccessLog.objects.get().attempt_time == recent
    assert AccessAttempt.objects.get().attempt_time == recent
    assert Session.objects.get().session_key == "présente"


def test_a_dry_run_counts_and_erases_nothing():
    message(created_at=ago(days=400))

    out = purge(dry_run=True)

    assert "     1 messages reçus" in out
    assert "Rien n’a été effacé" in out
    assert ContactMessage.objects.exists()


@pytest.mark.parametrize(("answer", "left"), [("oui", 0), ("Oui ", 0), ("non", 1), ("", 1)])
def test_it_asks_before_it_erases(monkeypatch, answer, left):
    message(created_at=ago(days=400))
    monkeypatch.setattr("builtins.input", lambda _: answer)

    if left:
        with pytest.raises(CommandError, match="Rien n’a été effacé"):
            purge(yes=False)
    else:
        purge(yes=False)

    assert ContactMessage.objects.count() == left


def test_old_proposals_go_with_their_history_unless_they_wait():
    FicheProposalFactory(state=FicheProposal.State.WITHDRAWN, submitted_at=ago(days=731))
    FicheProposalFactory(
        state=FicheProposal.State.ACCEPTED,
        submitted_at=ago(days=732),
        decided_by=UserFactory(),
        decided_at=ago(days=731),
    )
    waiting = FicheProposalFactory(submitted_at=ago(days=731))
    just_decided = FicheProposalFactory(
        state=FicheProposal.State.ACCEPTED,
        submitted_at=ago(days=731),
        decided_by=UserFactory(),
        decided_at=ago(days=1),
    )

    purge()

    kept = {waiting.pk, just_decided.pk}
    assert set(FicheProposal.objects.values_list("pk", flat=True)) == kept
    assert set(FicheProposal.pgh_event_model.objects.values_list("pgh_obj", flat=True)) == kept


def test_searches_are_kept_by_the_day_of_the_cooperative(monkeypatch):
    # At half past eleven in the evening in UTC, it is the next day already in Paris.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    kept, _ = (
        FruitlessSearch.objects.create(words=str(day), last_on=day - buyer_search.KEPT)
        for day in (date(2026, 7, 1), date(2026, 6, 30))
    )

    purge()

    assert list(FruitlessSearch.objects.all()) == [kept]


def test_sessions_that_ended_are_erased():
    fiche = CoEntrepreneurFactory()
    MemberSession.objects.create(co_entrepreneur=fiche, key_hash="b", last_seen_at=ago(days=31))
    still_open = MemberSession.objects.create(co_entrepreneur=fiche, key_hash="c")

    purge()

    assert list(MemberSession.objects.all()) == [still_open]


def test_the_photo_of_an_old_proposal_goes_with_it(django_capture_on_commit_callbacks):
    proposal = FicheProposalFactory(state=FicheProposal.State.WITHDRAWN, submitted_at=ago(days=731), photo=PHOTO)

    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert not proposal.photo.storage.exists(proposal.photo.name)


def test_kits_of_a_year_ago_go_with_their_archive(django_capture_on_commit_callbacks):
    consultation = ConsultationFactory()
    old, recent = (
        Kit.objects.create(
            consultation=consultation,
            author_member=consultation.author_member,
            state=Kit.State.DONE,
            archive=ContentFile(b"PK", name="kit.zip"),
            finished_at=ago(days=days),
        )
        for days in (366, 364)
    )

    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert list(Kit.objects.all()) == [recent]
    assert [kit.archive.storage.exists(kit.archive.name) for kit in (old, recent)] == [False, True]


def test_files_whose_form_never_came_back_are_erased(monkeypatch):
    member = CoEntrepreneurFactory()
    ticket = files.keep(PHOTO, member=member)
    purge()
    kept_at_first = files.kept(ticket, member=member)
    monkeypatch.setattr(files, "WAITING_TIME", timedelta(seconds=-1))

    purge()

    monkeypatch.undo()
    assert kept_at_first
    assert files.kept(ticket, member=member) is None


def test_the_daily_job_erases_in_silence():
    message(created_at=ago(days=366))

    assert purge(verbosity=0) == ""
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("status", ["cancelled", "aborted", "failed"])
def test_jobs_that_nobody_will_run_go_with_what_they_were_to_say(status):
    mail = {"to": "rare@example.org", "subject": "Un essai", "body": "Bonjour", "reply_to": None}
    job = send_mail.defer(**mail, message_id="<1@example.org>", date="")
    waits = send_mail.defer(**mail, message_id="<2@example.org>", date="")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '29 days'")
    purge()
    was_kept = ProcrastinateJob.objects.filter(pk=job).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '2 days'")

    purge()

    assert was_kept
    assert list(ProcrastinateJob.objects.values_list("pk", flat=True)) == [waits]


@pytest.mark.parametrize(("model", "length"), [(FicheFile, "rows"), (ContractFile, "size")])
def test_an_import_that_nobody_confirmed_goes_with_its_file(
    model, length, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    row = model(user=UserFactory(), name="fiches.csv", sent_at=ago(seconds=0), **{length: 1})
    row.file.save("fiches.csv", ContentFile(b"email"), save=True)
    with django_capture_on_commit_callbacks(execute=True):
        purge()
    was_kept = model.objects.exists()
    model.objects.update(sent_at=timezone.now() - model.WAITING_TIME)

    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert was_kept
    assert not model.objects.exists()
    assert not row.file.storage.exists(row.file.name)
