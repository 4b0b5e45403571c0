"""People are put in with a rare name in every field, then erased: nothing of them is anywhere, but for what the map allows."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.decisions import Refused
from directory.listing import actions as listing
from directory.models import (
    Answer,
    AnswerFile,
    CoEntrepreneur,
    Consultation,
    ContactMessage,
    DuplicateNotice,
    Kit,
    ListingDraft,
    ListingRequest,
    MemoPart,
    Reference,
    Referent,
    SearchWord,
    Unfreezing,
)
from directory.privacy.erasure import erase
from directory.privacy.purge import lines, purge
from directory.privacy.vocabulary import Sought
from tests import cast
from tests.cast import browser_of, led, seat
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    ReferenceFactory,
)
from tests.jobs import failed_mail, run_jobs
from tests.listing.entering import answer, enter
from tests.tenders.answers.sending import send

from .filling import traces
from .people import OTHER, REASON, WORD, a_member, a_referent, dump, erased, told_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]


def test_a_listed_member_leaves_nothing(by, django_capture_on_commit_callbacks):
    witness = a_member(OTHER, email=f"autre@{OTHER}.example", phone="04 99 99 99 99")
    fiche = a_member()
    before = traces(WORD), told_of(OTHER)
    assert len(before[0]) >= 30
    assert SearchWord.objects.filter(word__contains=WORD).exists()

    report = erased(Sought(fiches=(fiche.pk,)), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}
    assert told_of(OTHER) == before[1]
    assert (report.kept, CoEntrepreneur.objects.filter(pk=fiche.pk).count()) == ((), 0)
    # A phone that was proposed and never shown.
    assert all(OTHER in row.casefold() for rows in told_of("06 98 76 54 32").values() for row in rows)
    assert report.files >= 6
    assert CoEntrepreneur.objects.filter(pk=witness.pk).exists()


def test_who_left_is_found_by_their_address_alone(by, django_capture_on_commit_callbacks):
    fiche = a_member()
    fiche.departed_on = timezone.localdate() - timedelta(days=40)
    fiche.save()
    listing.untick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Départ")

    erased(Sought(emails=(fiche.email.upper(),)), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}


def test_who_was_deleted_otherwise_is_found_in_the_history(by, django_capture_on_commit_callbacks):
    fiche = a_member()
    proof, orphan = fiche.insurances.get().proof.name, fiche.portfolio_images.get().photo
    CoEntrepreneur.objects.filter(pk=fiche.pk).delete()
    assert "directory_coentrepreneurevent" in traces(WORD)
    assert Reference.objects.filter(co_entrepreneur=None).exists()

    erased(Sought(names=(fiche.name,)), by, django_capture_on_commit_callbacks)

    # That one, no row nor history names any more: the purge sweeps it within two days.
    assert list(traces(WORD)) == [orphan.path]
    assert not default_storage.exists(proof)


@pytest.fixture
def sent():
    """A consultation where the member sits beside another, its memo, and the answer that left."""
    fiche, mate = a_member(), CoEntrepreneurFactory(listed=True, first_name="Nora", last_name="Haddad")
    CvFactory(co_entrepreneur=mate, summary="Le résumé de Nora")
    consultation = led(by=fiche, updated_by=fiche.name, feedback=f"Mme Zéphyrine {WORD.capitalize()} a convaincu")
    consultation.team.update(mission=f"Ce que {WORD} ferait", answer_word=WORD, message=WORD)
    seat(consultation, co_entrepreneur=mate, mission=f"Avec Zéphyrine {WORD.capitalize()}", answer_word="Oui")
    MemoPart.objects.create(
        consultation=consultation,
        title="Méthode",
        body=f"{fiche.name} anime, Nora Haddad relit ; écrire à {fiche.email} ou au +33 4 67 12 34 56.",
        updated_by=fiche.name,
    )
    DuplicateNotice.objects.create(
        consultation=consultation,
        other=ConsultationFactory(),
        settled_at=timezone.now(),
        settlement=DuplicateNotice.Settlement.DIFFERENT,
        settled_by=fiche.name,
        word=f"Vu avec {fiche.name}",
    )
    Kit.objects.create(consultation=consultation, author_member=mate, archive=ContentFile(WORD.encode(), name="a.zip"))
    send(consultation, browser_of(fiche), with_memo="on")
    assert AnswerFile.objects.filter(name__contains=WORD).count() == 1
    return fiche, mate, consultation


def test_who_answered_a_consultation_stays_as_a_retired_co_entrepreneur(by, sent, django_capture_on_commit_callbacks):
    fiche, mate, consultation = sent
    frozen = {file.pk: file for file in AnswerFile.objects.all()}
    cv = next(file for file in frozen.values() if WORD in file.name)
    bytes_before = {pk: cast.content_of(file.file) for pk, file in frozen.items() if file != cv}
    data = Answer.objects.get().data

    report = erased(Sought(fiches=(fiche.pk,)), by, django_capture_on_commit_callbacks)

    # What was sent isn't written again: the memo and the sheets name their team, until the term of the contract.
    allowed = {str(default_storage.path(frozen[pk].file.name)) for pk in bytes_before}
    assert set(traces(WORD)) <= allowed
    assert any("jusqu’au terme du marché" in sentence for sentence in report.kept)
    shell = CoEntrepreneur.objects.get(pk=fiche.pk)
    assert (shell.name, shell.is_departed, shell.client_public) == ("Co-entrepreneur retiré", True, False)
    # The CV is gone, its fingerprint stays.
    after = AnswerFile.objects.get(pk=cv.pk)
    assert (after.file.name, after.sha256, after.size) == ("", cv.sha256, cv.size)
    assert after.name == "03-cv-co-entrepreneur-retire.pdf"
    assert not default_storage.exists(cv.file.name)
    assert {pk: cast.content_of(AnswerFile.objects.get(pk=pk).file) for pk in bytes_before} == bytes_before
    # What is the other's stays as it was.
    masked = Answer.objects.get().data
    own = next(name for name in data["documents"] if "haddad" in name)
    assert masked["documents"][own] == data["documents"][own]
    assert set(masked) == set(data)
    body = MemoPart.objects.get(title="Méthode").body
    assert "co-entrepreneur retiré anime, Nora Haddad relit" in body
    assert consultation.team.get(co_entrepreneur=mate).answer_word == "Oui"
    assert not Kit.objects.exists()
    # The page of the consultation still reads.
    page = browser_of(mate).get(f"/consultations/{consultation.pk}/")
    assert page.status_code == 200
    assert "effacé avec les données de la personne" in page.text
    assert "Co-entrepreneur retiré" in page.text


def test_what_is_masked_in_an_answer_is_written_down_and_nothing_else_opens_it(
    by, sent, django_capture_on_commit_callbacks
):
    fiche, *_ = sent
    with django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert {(row.of_table, row.operation, *row.columns) for row in Unfreezing.objects.all()} == {
        ("directory_answer", "update", "data"),
        ("directory_answerfile", "update", "file", "name"),
        # They are kept in a buyer's record too.
        ("directory_closedrecord", "update", "data", "fiches", "pdf"),
    }
    assert {(row.by, row.purpose) for row in Unfreezing.objects.all()} == {(by, "erasure")}
    for statement in ("UPDATE directory_answer SET number = 9", "DELETE FROM directory_answerfile"):
        with (
            pytest.raises(DatabaseError, match="Cannot update or delete"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_consultation_goes_at_its_term_with_its_answers_and_who_was_kept_for_it(
    by, sent, monkeypatch, django_capture_on_commit_callbacks
):
    fiche, _, consultation = sent
    with django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)
    Consultation.objects.filter(pk=consultation.pk).update(contract_ends_on=timezone.localdate() + timedelta(days=365))
    now = timezone.now()
    counts = []
    for days in (5 * 365, 6 * 365 + 30):
        monkeypatch.setattr(timezone, "now", lambda days=days: now + timedelta(days=days))
        [line] = [line for line in lines() if line.words == "consultations, avec leurs réponses"]
        counts.append(line.count())
    with django_capture_on_commit_callbacks(execute=True):
        purge()

    assert counts[0] == 0
    assert counts[1] >= 1
    assert not Answer.objects.exists()
    assert not CoEntrepreneur.objects.filter(pk=fiche.pk).exists()
    assert traces(WORD) == {}


def test_a_referent_who_left_leaves_decisions_without_a_name(by, django_capture_on_commit_callbacks):
    referent, fiche = a_referent()
    assert len(traces(WORD)) > 8
    sessions = Session.objects.count()

    report = erased(Sought(accounts=(referent.user_id,)), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}
    assert Session.objects.count() == sessions - 1
    request = fiche.listing_requests.get()
    assert (request.state, request.decider) == ("refused", "Référent retiré")
    account = get_user_model().objects.get(pk=referent.user_id)
    assert (account.is_active, account.is_staff, account.has_usable_password()) == (False, False, False)
    assert any("auteur" in sentence for sentence in report.kept)


def test_a_referent_who_follows_somebody_is_not_erased_yet(by):
    referent, fiche = a_referent()
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(referent=referent)
    before = dump()

    with pytest.raises(Refused, match="suit encore 1 fiche"):
        erase(Sought(accounts=(referent.user_id,)), by=by, reason=REASON)
    with pytest.raises(Refused, match="par lequel on agit"):
        erase(Sought(accounts=(by.pk,)), by=by, reason=REASON)

    assert dump() == before


def test_a_buyer_leaves_nothing(client, by, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(listed=True)
    typed = {"name": f"Odile {WORD}", "organisation": WORD, "email": f"odile@{WORD}.example", "phone": "0467000002"}
    client.post(fiche.get_absolute_url() + "contact/", typed | {"message": f"Un besoin, {WORD}, en mars."})
    failed_mail(to=typed["email"])
    # An address that ends as theirs does is another's.
    other = ContactMessage.objects.create(
        co_entrepreneur=fiche, name="Un autre", email="jean.odile@b.example", message="Oui"
    )
    failed_mail(to=other.email)
    assert {"directory_contactmessage", "procrastinate_jobs"} <= set(traces(WORD))

    erased(Sought(emails=(typed["email"], "odile@b.example")), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}
    assert ProcrastinateJob.objects.filter(args__to=other.email).exists()
    assert list(ContactMessage.objects.all()) == [other]
    assert CoEntrepreneur.objects.filter(pk=fiche.pk, client_public=True).exists()


def a_stranger(client, referent):
    enter(client, f"inconnue@{WORD}.example")
    answer(
        client,
        first_name="Inconnue",
        last_name=WORD.capitalize(),
        trade_name=WORD,
        headline=WORD,
        public_offer=f"Une offre de {WORD}.",
        word_to_referent=WORD,
        referent=referent.pk,
        phone="04 67 00 00 03",
        website=f"https://{WORD}.example",
    )
    return ListingRequest.objects.get(email=f"inconnue@{WORD}.example")


def test_a_stranger_who_was_refused_leaves_nothing(client, by, django_capture_on_commit_callbacks):
    referent = cast.referent()
    request = a_stranger(client, referent)
    listing.refuse(
        request_pk=request.pk, by=referent.user, reason=ListingRequest.RefusalReason.OTHER, comment=f"Non, {WORD}"
    )
    run_jobs()
    assert "directory_listingrequestevent" in traces(WORD)
    assert Session.objects.count() == 1

    erased(Sought(emails=(request.email,)), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}
    assert not Session.objects.exists()
    assert Referent.objects.filter(pk=referent.pk).exists()


def test_a_stranger_who_never_confirmed_leaves_nothing(client, by, django_capture_on_commit_callbacks):
    email = f"jamais@{WORD}.example"
    client.post("/referencement/demande/", {"email": email})
    ListingDraft.objects.create(email=email, typed={"nom": WORD}, photo=cast.photo())
    assert {"procrastinate_jobs", "directory_listingdraft"} <= set(traces(WORD))
    run_jobs()
    assert "directory_accesslink" in traces(WORD)

    report = erased(Sought(emails=(email,)), by, django_capture_on_commit_callbacks)

    assert traces(WORD) == {}
    assert report.files == 1


def test_a_contact_at_a_client_goes_from_the_references_that_stay(by, django_capture_on_commit_callbacks):
    contact = {
        "contact_name": f"Édith {WORD.capitalize()}",
        "contact_role": f"Chargée de {WORD}",
        "contact_email": f"edith@{WORD}.example",
        "contact_phone": "04 67 00 00 04",
    }
    first, second = ReferenceFactory(**contact), ReferenceFactory(contact_name=f"édith {WORD}")
    third = ReferenceFactory(contact_name="Un autre contact", contact_email="autre@example.org")

    report = erased(
        Sought(emails=(contact["contact_email"],), names=(contact["contact_name"],)),
        by,
        django_capture_on_commit_callbacks,
    )

    assert traces(WORD) == {}
    assert report.masked == 2
    assert {first, second, third} == set(Reference.objects.all())
    assert Reference.objects.get(pk=third.pk).contact_name == "Un autre contact"


def test_what_others_sent_names_them_no_more_in_its_data(by, django_capture_on_commit_callbacks):
    fiche = a_member()
    lead = CoEntrepreneurFactory(listed=True)
    shared = ReferenceFactory(co_entrepreneur=lead)
    shared.participants.add(fiche)
    consultation = led(by=lead)
    MemoPart.objects.create(
        consultation=consultation, title="Méthode", body=f"Avec l’appui de {fiche.name}, deux jours."
    )
    send(consultation, browser_of(lead), with_memo="on")
    assert {"directory_answer", "directory_memopart"} <= set(traces(WORD))

    erased(Sought(fiches=(fiche.pk,)), by, django_capture_on_commit_callbacks)

    assert [place for place in traces(WORD) if "/answers/" not in place] == []
    assert MemoPart.objects.get(title="Méthode").body == "Avec l’appui de co-entrepreneur retiré, deux jours."
    assert AnswerFile.objects.exclude(file="").count() == AnswerFile.objects.count()


def test_a_mail_to_somebody_else_still_leaves(by):
    referent, fiche = a_referent()
    fiche.refresh_from_db()
    before = ProcrastinateJob.objects.filter(args__to=fiche.email).count()

    erase(Sought(accounts=(referent.user_id,)), by=by, reason=REASON)

    assert before
    mails = [message for message in run_jobs() if message.to == [fiche.email]]
    assert len(mails) == before
    assert all(WORD not in str(message.message()).casefold() for message in mails)
