"""Every table is filled with rare words, the clock moved, the purge run: what must go is nowhere, what must stay is there."""

from datetime import timedelta
from hashlib import sha256

import pghistory
import pytest
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle
from procrastinate.contrib.django.models import ProcrastinateJob

from crealead.mail import send_mail
from directory import models
from directory.forms import files
from directory.privacy.map import ENTRIES, entry_of
from directory.privacy.purge import lines, purge
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    PublicClientFactory,
    SkillFactory,
    UserFactory,
)

from .filling import Filler, traces

pytestmark = pytest.mark.django_db

# Neither is a word, nor a part of one.
GOES, STAYS = "zyglotrax", "quervimpt"
AGE = timedelta(days=4 * 365)
OF_FICHE = [models.Consent, models.PortfolioImage, models.FormerSlug, models.Insurance]


def fill_fiche(word):
    """A listed fiche with all that goes with it, and its lists."""
    filler = Filler(word, label=models.Label.objects.first(), client=PublicClientFactory(), user=UserFactory())
    skill = SkillFactory()
    fiche = filler.make(
        models.CoEntrepreneur,
        referent=CoEntrepreneurFactory().referent,
        client_public=True,
        listed_since=timezone.localdate(),
        slug="",
    )
    fiche.skills.add(skill)
    fiche.cpv_codes.add(models.CpvCode.objects.first())
    fiche.departments.add(models.Department.objects.first())
    given = {"co_entrepreneur": fiche}
    for model in OF_FICHE:
        filler.make(model, **given)
    filler.make(models.Certification, **given)
    filler.make(models.Cv, **given)
    filler.make(models.CvEntry)
    filler.make(models.FicheNotice, **given)
    filler.make(models.ListingAgreement, **given)
    filler.make(models.Departure, **given)
    filler.make(models.FirstPage, **given)
    filler.make(models.NotMyTrade, **given)
    return filler, fiche


def fill_record(filler, fiche, **values):
    """A record that was closed, with what an open one has."""
    mark = sha256(filler.word.encode()).hexdigest()
    filler.make(
        models.SourcingRecord, key=(filler.word * 5)[:43], outcome="none", outcome_on=timezone.localdate(), **values
    )
    filler.make(models.RecordSearch)
    filler.make(models.RecordFiche, co_entrepreneur=fiche)
    filler.make(models.SetAside, co_entrepreneur=fiche, whom="one", query="")
    filler.make(models.ClosedRecord, fingerprint=mark, pdf_fingerprint=mark, fiches=[])


def fill_what_stays():
    filler, fiche = fill_fiche(STAYS)
    account = filler.make(get_user_model())
    referent = filler.make(models.Referent, user=account)
    filler.make(models.StandIn, referent=referent, stand_in=fiche.referent)
    # The client's contact goes before the rest of it.
    contact = {"contact_name": GOES, "contact_role": GOES, "contact_email": f"{GOES}@example.org", "contact_phone": ""}
    reference = filler.make(models.Reference, co_entrepreneur=fiche, **contact)
    reference.participants.add(CoEntrepreneurFactory())
    filler.make(models.ContractSuggestion)
    consultation = filler.make(models.Consultation, author_member=fiche, buyer=PublicClientFactory())
    filler.make(models.DuplicateNotice, other=ConsultationFactory())
    filler.make(models.TeamMember, co_entrepreneur=fiche, answered_at=timezone.now())
    filler.make(models.MemoPart)
    filler.make(models.Answer, author_member=fiche, consultation=consultation)
    filler.make(models.AnswerFile)
    filler.make(models.Unfreezing)
    # Once its end is years away.
    fill_record(filler, fiche, ends_on=timezone.localdate() + 2 * AGE)
    filler.make(models.Objection)
    return fiche


def fill_what_goes(fiche, disk):
    """What has a term, of a fiche that stays; and a fiche that is deleted, with all that hangs on it."""
    closed = UserFactory(is_active=False, username="compte-ferme")
    filler = Filler(GOES, fiche=fiche, user=closed)
    with pghistory.context(user=closed.pk, reason=GOES):
        filler.make(models.ListingRequest, co_entrepreneur=fiche, referent=fiche.referent, state="withdrawn")
        filler.make(models.FicheProposal, state="withdrawn")
        filler.make(models.ListingRequest, co_entrepreneur=None, referent=fiche.referent, state="closed")
        filler.make(
            models.Reference,
            co_entrepreneur=fiche,
            client=PublicClientFactory(),
            state="closed",
            decided_at=timezone.now(),
        )
    # It would hold until the end of the transaction, which is that of the test.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', '', true), set_config('pghistory.context_metadata', '', true)"
        )
    for model in [
        models.ListingDraft,
        models.AccessLink,
        models.MemberSession,
        models.FicheExport,
        models.FicheFile,
        models.ContractFile,
        models.ContactMessage,
        models.Alert,
        models.AlertNews,
        models.BuyerSearch,
        models.FruitlessSearch,
        models.RateLimit,
        models.RightsUse,
        models.SecondFactorGrace,
        models.OneTimeCodes,
        TOTPDevice,
        WebAuthnCredential,
        WebAuthnAttestation,
        WebAuthnUserHandle,
        AccessLog,
        AccessAttempt,
        AccessAttemptExpiration,
        AccessFailureLog,
        Session,
    ]:
        filler.make(model)
    filler.make(models.GroupMessage)
    filler.make(models.GroupRecipient, co_entrepreneur=fiche)
    fill_record(filler, fiche, ends_on=timezone.localdate() + AGE / 2, warned_on=timezone.localdate())
    filler.make(LogEntry, user=closed, action_flag=1)
    filler.make(models.Kit, author_member=fiche, consultation=ConsultationFactory(), state="done")
    ended = CoEntrepreneurFactory(departed_on=timezone.localdate(), last_name=GOES, email=f"{GOES}@example.org")
    ended.departures.create(left_on=ended.departed_on, warned_at=timezone.now())
    ended.consents.create(item="phone", withdrawn_at=timezone.now())
    # Who wasn't told that their data goes keeps it; what serves them alone goes all the same.
    departed = CoEntrepreneurFactory(departed_on=timezone.localdate())
    filler.make(models.NotMyTrade, co_entrepreneur=departed)
    filler.make(models.FirstPage, co_entrepreneur=departed)
    for status in ("failed", "cancelled"):
        mail = {
            "to": f"{GOES}@example.org",
            "subject": GOES,
            "body": GOES,
            "reply_to": None,
            "message_id": "",
            "date": "",
        }
        job_id = send_mail.defer(**mail)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job_id])
        filler.make(models.FailedMail, job=ProcrastinateJob.objects.get(pk=job_id))
    files.keep(ContentFile(GOES.encode(), name=GOES), member=fiche)
    (disk / "mail" / "1.log").write_text(f"To: {GOES}@example.org")

    _, deleted = fill_fiche(GOES)
    # The words of the catalogue are written at the end of the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # As they are otherwise: what waits for the end may be right by then.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    deleted.delete()


def test_what_must_go_is_nowhere_and_what_must_stay_is_there(disk, monkeypatch, django_capture_on_commit_callbacks):
    fiche = fill_what_stays()
    fill_what_goes(fiche, disk)
    empty = {entry.model for entry in ENTRIES if not entry.table._base_manager.exists()}
    before = traces(GOES), traces(STAYS)
    counted = {line.words: line.count() for line in lines()}
    later = timezone.now() + AGE
    monkeypatch.setattr(timezone, "now", lambda: later)
    aged = {line.words: line.count() for line in lines()}

    with django_capture_on_commit_callbacks(execute=True):
        erased = purge()
    # What rows left behind on the disk is nobody's by then.
    purge()

    assert empty == set()
    assert len(before[0]) > 30
    assert traces(GOES) == {}
    # Sessions, counters, drafts … of those who stay went too: none held that word.
    assert traces(STAYS) == before[1]
    assert sum(counted.values()) < sum(aged.values())
    assert set(erased) == set(aged)
    assert [line.words for line in lines() if line.count()] == []
    assert [entry.model for entry in ENTRIES if not has_a_term(entry) and not entry.table._base_manager.exists()] == []


def has_a_term(entry):
    return bool(entry.purge) or bool(entry.goes_with and has_a_term(entry_of(apps.get_model(entry.goes_with))))


def test_a_line_that_fails_keeps_no_other_from_being_erased(monkeypatch):
    expired = Session.objects.create(session_key="passée", expire_date=timezone.now())
    lines_of_the_map = lines
    monkeypatch.setattr("directory.privacy.purge.lines", lambda _kept: [_Failing(), *lines_of_the_map()])

    with pytest.raises(ExceptionGroup):
        purge()

    assert not Session.objects.filter(pk=expired.pk).exists()


class _Failing:
    words = "ce qui ne se lit pas"

    def erase(self):
        raise OSError


def test_a_file_that_another_row_names_stays(disk, django_capture_on_commit_callbacks):
    proposal = Filler(GOES, fiche=CoEntrepreneurFactory()).make(models.FicheProposal, state="withdrawn")
    shared = proposal.photo.name
    CoEntrepreneurFactory(photo=shared)
    models.FicheProposal.objects.update(submitted_at=timezone.now() - AGE)

    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert not models.FicheProposal.objects.exists()
    assert default_storage.exists(shared)


def test_rows_are_erased_some_at_a_time(monkeypatch):
    monkeypatch.setattr("directory.privacy.purge.BATCH", 2)
    for number in range(5):
        models.RateLimit.objects.create(key=str(number), expires_at=timezone.now())
    [line] = [line for line in lines() if line.words == "compteurs d’envois"]

    assert line.erase() == 5
    assert not models.RateLimit.objects.exists()
