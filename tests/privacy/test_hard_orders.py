"""Orders in which an erasure might leave something, or take what is another's: who shares a mark, twice, cut short."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone

from crealead.mail_on_disk import EmailBackend
from directory.models import CoEntrepreneur, ContactMessage, FruitlessSearch, Kit, ListingRequest, Reference, Remembered
from directory.privacy import gestures, person, remembered
from directory.privacy.erasure import erase
from directory.privacy.purge import purge, rehearse
from directory.privacy.vocabulary import Sought
from tests import cast
from tests.cast import led
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferenceFactory
from tests.jobs import run_jobs
from tests.tenders.answers.sending import send

from .filling import traces
from .people import REASON, WORD, a_member, dump

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]

ROSE = {"name": "Rose Martin", "phone": "04 67 11 22 33", "organisation": "Ville de Sète", "message": "Bonjour"}


def message(**changed):
    return ContactMessage.objects.create(co_entrepreneur=CoEntrepreneurFactory(), **ROSE | changed)


def sought(typed):
    return person.widened(person.read(typed))


# --- Who shares a mark -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shared",
    [{"phone": ""}, {"name": "Paul Durand"}, {"name": "Paul Durand", "organisation": "La même, un autre bureau"}],
)
def test_of_two_buyers_who_share_a_name_or_a_phone_one_goes(by, shared):
    theirs = message(email="rose@sete.example")
    others = message(email="accueil@sete.example", **shared)

    erase(sought("rose@sete.example"), by=by, reason=REASON)

    assert set(ContactMessage.objects.all()) == {others}
    assert theirs.pk != others.pk


def test_who_wrote_from_two_addresses_goes_whole_by_both_marks(by):
    message(email="rose@sete.example")
    message(email="rose.martin@chez-elle.example")

    erase(sought("rose@sete.example"), by=by, reason=REASON)

    assert not ContactMessage.objects.exists()


def test_of_two_contacts_of_one_name_one_goes(by):
    contact = {"contact_name": "Rose Martin", "contact_phone": "04 67 11 22 33"}
    first = ReferenceFactory(**contact | {"contact_email": "rose@sete.example"})
    second = ReferenceFactory(**contact | {"contact_email": "rose@lunas.example", "contact_phone": ""})

    erase(sought("rose@sete.example"), by=by, reason=REASON)

    assert (Reference.objects.get(pk=first.pk).contact_name, Reference.objects.get(pk=second.pk).contact_name) == (
        "",
        "Rose Martin",
    )


def test_of_two_contacts_of_one_name_one_objects(by):
    for town in ("sete", "lunas"):
        ReferenceFactory(contact_name="Rose Martin", contact_email=f"rose@{town}.example")

    did = gestures.oppose(sought("rose@sete.example"), by=by)

    assert did.contacts == 1
    assert Reference.objects.get(contact_name="Rose Martin").contact_email == "rose@lunas.example"


def test_a_request_of_who_shares_the_phone_of_a_member_stays(by):
    fiche = CoEntrepreneurFactory(phone="04 67 11 22 33")
    stranger = ListingRequestFactory(co_entrepreneur=None, referent=fiche.referent, email="lui@example.org",
        first_name="Paul", last_name="Durand", trade_name="", phone=fiche.phone)  # fmt: skip

    erase(sought(fiche.email), by=by, reason=REASON)

    assert list(ListingRequest.objects.all()) == [stranger]
    assert ListingRequest.objects.get().phone == "04 67 11 22 33"


@pytest.mark.parametrize("typed", ["Rose Martin", "04 67 11 22 33"])
def test_a_mark_that_two_people_share_leads_to_none_of_them(as_administrator, administrator, typed):
    message(email="rose@sete.example")
    message(email="autre@sete.example")

    page = as_administrator.post("/admin/droits-d-une-personne/", {"gesture": "search", "typed": typed})

    assert person.namesakes(person.read(typed)) == 2
    assert "2 personnes ont ce nom ou ce téléphone" in page.text
    for address in ("rose@sete.example", "autre@sete.example"):
        assert f'type="checkbox" name="mark" value="emails:{address}"' in page.text


def test_a_common_name_masks_nobody_elses_words(by):
    fiche = CoEntrepreneurFactory(first_name="Rose", last_name="Martin", trade_name="Le cercle")
    text = "Une rose, Martin, Paul et Rose ; le cercle de Rose Martinez ; la rose martin"
    other = ReferenceFactory(mission=text)
    consultation = led(by=fiche, feedback=text)
    CoEntrepreneurFactory(first_name="Paul", last_name="")

    erase(Sought(fiches=(fiche.pk,), names=("Paul", "Rose")), by=by, reason=REASON)

    other.refresh_from_db()
    consultation.refresh_from_db()
    assert other.mission == text
    assert consultation.feedback == text


def test_a_name_searched_as_one_types_goes_from_what_was_searched(by):
    kept = FruitlessSearch.objects.create(words="formation martin", last_on=timezone.localdate())
    for words in ("zephyrine quervimpt ober", "quervimpt formation"):
        FruitlessSearch.objects.create(words=words, last_on=timezone.localdate())

    erase(Sought(names=("Zéphyrine Quervimpt-Ober",)), by=by, reason=REASON)

    assert list(FruitlessSearch.objects.all()) == [kept]


# --- Twice, waiting, cut short ---------------------------------------------------------------------------------------


def test_a_second_time_does_nothing(by, django_capture_on_commit_callbacks):
    fiche = a_member()
    marks = Sought(fiches=(fiche.pk,), emails=(fiche.email,))
    with django_capture_on_commit_callbacks(execute=True):
        erase(marks, by=by, reason=REASON)
    before = dump()

    again = erase(marks, by=by, reason=REASON)

    after = dump()
    assert (again.erased, again.masked, again.files, again.kept) == (0, 0, 0, ())
    assert len(after.pop("directory_remembered")) == len(before.pop("directory_remembered")) + 1
    assert after == before


def test_a_kit_that_waits_to_be_made_is_made_without_them(by, django_capture_on_commit_callbacks):
    fiche, mate = a_member(), CoEntrepreneurFactory(listed=True)
    consultation = led(by=mate)
    cast.seat(consultation, co_entrepreneur=fiche)
    run_jobs()
    cast.browser_of(mate).post(f"/consultations/{consultation.pk}/dossier/")

    with django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)
    run_jobs()

    assert traces(WORD) == {}
    assert not Kit.objects.filter(state="failed").exists()


def test_what_a_stopped_erasure_leaves_on_the_disk_is_finished(
    by, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    fiche = a_member()
    # As when the machine stops once all is committed: nothing of what comes after is done.
    with django_capture_on_commit_callbacks(execute=False):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)
    left = traces(WORD)
    assert left
    assert all("/" in place for place in left)
    assert not settings.ERASURES_FILE.exists()

    with django_capture_on_commit_callbacks(execute=True):
        remembered.remember_withdrawals()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert traces(WORD) == {}
    assert len(settings.ERASURES_FILE.read_text().splitlines()) == 1
    assert not Remembered.objects.exclude(line="").exists()


def test_a_file_that_cannot_be_deleted_keeps_nothing_else_from_being_done(
    by, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    fiche = a_member()
    monkeypatch.setattr(type(default_storage), "delete", lambda *_: 1 / 0, raising=False)

    with django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert not CoEntrepreneur.objects.filter(pk=fiche.pk).exists()
    assert len(settings.ERASURES_FILE.read_text().splitlines()) == 1


def test_a_mail_on_the_disk_is_read_as_it_is_read(by, settings, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(first_name="Zéphyrine", last_name="Ôber", email="ober@example.org")
    mails = [("Réponse de Zéphyrine Ôber", "x"), ("x", "é" * 2000 + "\nZéphyrine Ôber"), ("x", "Zéphyrine")]
    backends = [EmailBackend(file_path=settings.EMAIL_FILE_PATH) for _ in mails]
    for backend, (subject, body) in zip(backends, mails, strict=True):
        backend.send_messages([mail.EmailMessage(subject, body, "a@example.org", ["b@example.org"])])
    paths = sorted(settings.EMAIL_FILE_PATH.iterdir())
    assert "Ôber".encode() not in b"".join(path.read_bytes() for path in paths)

    with django_capture_on_commit_callbacks(execute=True):
        report = erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert report.files == 2
    assert len(list(settings.EMAIL_FILE_PATH.iterdir())) == 1


@pytest.mark.django_db(transaction=True)
def test_the_rehearsal_of_the_purge_knows_the_files_that_erasures_take(monkeypatch):
    fiche = a_member()
    fiche.departed_on = timezone.localdate()
    fiche.save()
    fiche.departures.update_or_create(left_on=fiche.departed_on, defaults={"warned_at": timezone.now()})
    consultation = led(by=CoEntrepreneurFactory(listed=True), contract_ends_on=timezone.localdate())
    send(consultation)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=7 * 365))

    told = rehearse()
    erased = purge()

    assert told == erased
    assert told["fiches de qui est parti"] == told["consultations, avec leurs réponses"] == 1
