"""What nobody decides on, or completes, is announced, closed with a mail, then purged by the terms of the map."""

from datetime import UTC, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from directory.listing import actions as listing
from directory.management.tasks import close_undecided
from directory.models import FicheProposal, ListingRequest, Reference
from directory.models.decision import ANNOUNCED_BEFORE
from directory.references import actions as references
from tests.cast import awaiting, text_of
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs
from tests.listing.entering import status_url

pytestmark = pytest.mark.django_db

LONG, NEAR, STRANGER = timedelta(days=181), timedelta(days=167), timedelta(days=61)
AUTHOR, REFERENT = "auteur@example.org", "referente@example.org"


def author():
    return CoEntrepreneurFactory(email=AUTHOR, referent=ReferentFactory(user__email=REFERENT))


def request(*, to_complete=False):
    row = ListingRequestFactory(co_entrepreneur=author())
    if to_complete:
        listing.ask_for_changes(request_pk=row.pk, by=row.referent.user, comment="Précisez la durée.")
    return row


def stranger():
    row = ListingRequestFactory(co_entrepreneur=author())
    ListingRequest.objects.update(co_entrepreneur=None)
    return row


def reference(*, to_complete=False):
    row = awaiting(co_entrepreneur=author(), contact_name="M. Puech")
    if to_complete:
        references.ask_for_changes(reference_pk=row.pk, by=row.co_entrepreneur.referent.user, version=1, comment="Et ?")
    return row


KINDS = {
    "request": (request, LONG),
    "request to complete": (lambda: request(to_complete=True), LONG),
    "request of a stranger": (stranger, STRANGER),
    "proposal": (lambda: FicheProposalFactory(co_entrepreneur=author()), LONG),
    "reference": (reference, LONG),
    "reference to complete": (lambda: reference(to_complete=True), LONG),
}


def aged(make, age):
    """A row that nobody has moved for so long."""
    row = make()
    run_jobs()
    row.refresh_from_db()
    moments = {name: getattr(row, name) - age for name in type(row).MOVES if getattr(row, name)}
    type(row).objects.filter(pk=row.pk).update(**moments)
    return row


def told():
    return {(to, mail.subject.replace("\xa0", " ")) for mail in run_jobs() for to in mail.to}


@pytest.fixture
def later(monkeypatch):
    def later(delay):
        now = (timezone.localtime() + delay).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return later


@pytest.mark.parametrize(("make", "age"), KINDS.values(), ids=KINDS)
def test_it_is_announced_once_then_closed_and_its_author_told(make, age, later):
    row = aged(make, age)
    was_to_complete = getattr(row, "is_to_complete", False)

    announced, first = close_undecided(), told()
    again, nothing = close_undecided(), told()
    row.refresh_from_db()
    is_still_open = row.state in type(row).PENDING
    later(ANNOUNCED_BEFORE)
    closed, last = close_undecided(), told()
    close_undecided()

    row.refresh_from_db()
    assert (announced, again, closed) == ((1, 0), (0, 0), (0, 1))
    assert {to for to, _ in first} == ({REFERENT, AUTHOR} if was_to_complete else {REFERENT})
    assert all("dans 14 jours" in subject for _, subject in first)
    assert nothing == set()
    assert is_still_open
    assert {to for to, _ in last} == {AUTHOR}
    assert row.is_closed
    assert (row.decided_by, run_jobs()) == (None, [])
    assert "clos" in row.outcome


@pytest.mark.parametrize(("make", "age"), KINDS.values(), ids=KINDS)
def test_what_has_waited_for_less_is_left_alone(make, age):
    row = aged(make, age - ANNOUNCED_BEFORE - timedelta(days=2))

    assert close_undecided() == (0, 0)
    row.refresh_from_db()
    assert row.state in type(row).PENDING


@pytest.mark.parametrize(("make", "age"), KINDS.values(), ids=KINDS)
def test_nothing_is_closed_that_was_not_announced(make, age):
    row = aged(make, 10 * age)

    assert close_undecided() == (1, 0)
    row.refresh_from_db()
    assert row.state in type(row).PENDING


def test_who_moves_after_the_announcement_waits_anew(later):
    row = aged(KINDS["request to complete"][0], NEAR)
    close_undecided()
    ListingRequest.objects.filter(pk=row.pk).update(state="submitted", submitted_at=timezone.now() + timedelta(days=1))

    later(ANNOUNCED_BEFORE + timedelta(days=2))

    assert close_undecided() == (0, 0)


def test_the_lengths_are_settings(settings):
    settings.UNDECIDED_DAYS = 1000
    aged(KINDS["proposal"][0], LONG)

    assert close_undecided() == (0, 0)


def test_the_photo_of_what_is_closed_goes(later, django_capture_on_commit_callbacks):
    row = aged(lambda: FicheProposalFactory(co_entrepreneur=author(), photo=ContentFile(b"RIFF", name="a.webp")), LONG)
    close_undecided()
    later(ANNOUNCED_BEFORE)

    with django_capture_on_commit_callbacks(execute=True):
        close_undecided()

    assert not row.photo.storage.exists(row.photo.name)
    assert not FicheProposal.objects.get().photo


@pytest.mark.parametrize(
    ("name", "kept"),
    [("request", 730), ("request of a stranger", 180), ("proposal", 730), ("reference to complete", 365)],
)
def test_then_the_purge_erases_it_at_its_term(name, kept, later):
    make, age = KINDS[name]
    row = aged(make, age)
    close_undecided()
    later(ANNOUNCED_BEFORE)
    close_undecided()
    run_jobs()

    later(timedelta(days=kept - 1))
    call_command("purge_personal_data", yes=True, verbosity=0)
    was_kept = type(row).objects.exists()
    later(timedelta(days=2))
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert was_kept
    assert not type(row).objects.exists()
    assert not type(row).pgh_event_model.objects.exists()


def test_its_author_reads_that_it_is_closed_and_may_ask_anew(client, later):
    row = aged(request, LONG)
    close_undecided()
    later(ANNOUNCED_BEFORE)
    close_undecided()

    page = client.get(status_url(row))

    assert "Votre demande est close sans réponse" in text_of(page)
    assert "Faire une nouvelle demande" in page.text
    assert "Retirer ma demande" not in page.text


def test_the_keeper_takes_up_a_closed_reference_and_participants_were_told(later):
    row = aged(KINDS["reference to complete"][0], LONG)
    colleague = CoEntrepreneurFactory(email="collegue@example.org")
    row.participants.add(colleague)
    close_undecided()
    run_jobs()
    later(ANNOUNCED_BEFORE)
    close_undecided()
    mails = told()
    row = Reference.objects.get()

    references.propose(
        reference=row, client=row.client, parts={}, cpv_codes=[], by=row.co_entrepreneur, version=row.version
    )

    assert {to for to, _ in mails} == {AUTHOR, "collegue@example.org"}
    assert Reference.objects.get().is_awaiting
