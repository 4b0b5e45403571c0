"""People are put in with a rare name in every field, then erased: nothing of them is anywhere, but for what the map allows."""

import json
from datetime import timedelta

import pghistory
import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings as site_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.decisions import Refused
from directory.forms import files
from directory.listing import actions as listing
from directory.models import (
    AccessLink,
    Answer,
    AnswerFile,
    Certification,
    CoEntrepreneur,
    Consent,
    Consultation,
    ContactMessage,
    Cv,
    CvEntry,
    DuplicateNotice,
    FicheNotice,
    FirstPage,
    FormerSlug,
    FruitlessSearch,
    Insurance,
    Kit,
    Label,
    ListingDraft,
    ListingRequest,
    MemoPart,
    NotMyTrade,
    PortfolioImage,
    Reference,
    Referent,
    SearchWord,
    Unfreezing,
)
from directory.my_space import actions as space
from directory.privacy.erasure import erase
from directory.privacy.purge import lines, purge
from directory.privacy.vocabulary import Sought
from tests import cast
from tests.at_once import at_once
from tests.cast import admin_url, browser_of, led, seat
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    PublicClientFactory,
    ReferenceFactory,
    UserFactory,
)
from tests.jobs import failed_mail, run_jobs
from tests.listing.asking import content, submit
from tests.listing.entering import answer, enter
from tests.my_space.proposing import propose
from tests.tenders.answers.sending import send

from .filling import Filler, traces

pytestmark = pytest.mark.django_db

# Neither is a word, nor a part of one.
WORD, OTHER = "quervimpt", "zyglotrax"
REASON = "Demande de la personne"


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH = tmp_path / "media", tmp_path / "mail"
    for directory in (settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH):
        directory.mkdir()
    return tmp_path


@pytest.fixture
def by():
    return AdministratorFactory()


def dump():
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        told = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row::text FROM "{table}" AS row ORDER BY 1')
            told[table] = [text for (text,) in cursor.fetchall()]
    return told


def told_of(word):
    """The rows that hold a word, whole."""
    naming = {table: [text for text in rows if word in text.casefold()] for table, rows in dump().items()}
    return {table: rows for table, rows in naming.items() if rows}


def a_member(word=WORD, **given):
    """A co-entrepreneur who asked, was listed, and has all that one may have."""
    name = word.capitalize()
    fiche = CoEntrepreneurFactory(
        **{
            "first_name": "Zéphyrine",
            "last_name": name,
            "trade_name": f"{name} Conseil",
            "headline": f"Avec {name}",
            "public_offer": f"Tout {name}",
            "presentation": f"Rien que {name}",
            "city": f"{name}-sur-Lez",
            "email": f"zephyrine@{word}.example",
            "phone": "04 67 12 34 56",
            "website": f"https://{word}.example",
            "photo": cast.photo(),
        }
        | given
    )
    referent = fiche.referent
    ticked = content(
        headline=f"Avec {name}", public_offer=f"Tout {name}", word_to_referent=name, phone="06 12 34 56 78"
    )
    request = submit(fiche, **ticked)
    listing.accept(request_pk=request.pk, by=referent.user, comment=f"Bienvenue {name}")
    fiche.refresh_from_db()
    proposal = propose(fiche, presentation=f"Encore {name}", phone="06 98 76 54 32")
    with pghistory.context(user=referent.user.pk, reason=f"Zéphyrine {name} n’est pas prête"):
        space.refuse_proposal(proposal_pk=proposal.pk, by=referent.user, comment=f"Non, Zéphyrine {name}")
    filler = Filler(word, fiche=fiche, label=Label.objects.first(), client=PublicClientFactory())
    for model in (Consent, Certification, PortfolioImage, Cv, CvEntry, FicheNotice, NotMyTrade):
        filler.make(model)
    filler.make(Insurance, co_entrepreneur=fiche)
    FirstPage.objects.get_or_create(co_entrepreneur=fiche)
    fiche.trade_name, fiche.slug = f"{name} et compagnie", ""
    fiche.save()
    FormerSlug.objects.get_or_create(slug=f"{word}-autrefois-{fiche.pk}", co_entrepreneur=fiche)
    filler.make(Reference, co_entrepreneur=fiche)
    AccessLink.objects.create(email=fiche.email)
    ListingDraft.objects.create(email=fiche.email, typed={"nom": word})
    ContactMessage.objects.create(
        co_entrepreneur=fiche, name="Un acheteur", organisation="Une ville", email="a@example.org", message=f"À {name}"
    )
    browser_of(fiche)
    files.keep(ContentFile(word.encode(), name=word), member=fiche)
    LogEntry.objects.create(
        user=referent.user,
        content_type=ContentType.objects.get_for_model(CoEntrepreneur),
        object_id=str(fiche.pk),
        object_repr=str(fiche),
        change_message=f"{name}",
        action_flag=CHANGE,
    )
    LogEntry.objects.create(
        user=referent.user,
        content_type=ContentType.objects.get_for_model(Reference),
        object_id="0",
        object_repr=f"Zéphyrine {name}, animatrice",
        change_message=json.dumps([{"changed": {"object": f"Zéphyrine {name}"}}], ensure_ascii=False),
        action_flag=CHANGE,
    )
    failed_mail(to=fiche.email)
    FruitlessSearch.objects.create(words=f"conseil {word} {fiche.pk}", last_on=timezone.localdate())
    (site_settings.EMAIL_FILE_PATH / f"{word}.log").write_text(f"To: {fiche.email}")
    # The words of the catalogue are written at the end of the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return fiche


def erased(sought, by, capture):
    """The report of an erasure that is committed; the dry run said the same, and did nothing."""
    before = dump()
    foretold = erase(sought, by=by, reason=REASON, dry_run=True)
    assert dump() == before
    with capture(execute=True):
        report = erase(sought, by=by, reason=REASON)
    assert report == foretold
    assert WORD not in repr(report).casefold()
    return report


# --- The eight kinds of people -------------------------------------------------------------------------------------


def test_a_listed_member_leaves_nothing(by, django_capture_on_commit_callbacks):
    witness = a_member(OTHER, email=f"autre@{OTHER}.example", phone="04 99 99 99 99")
    fiche = a_member()
    before = traces(WORD), told_of(OTHER)
    assert len(before[0]) > 30
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


def a_referent(word=WORD):
    """A référent who decided, was absent, wrote, and left: nobody is followed by them any more."""
    name = f"Ulysse {word.capitalize()}"
    referent = cast.referent(
        name=name,
        phone="04 67 00 00 01",
        user=UserFactory(
            username=f"ulysse.{word}",
            first_name="Ulysse",
            last_name=word.capitalize(),
            email=f"u@{word}.example",
            is_staff=True,
        ),
    )
    fiche = CoEntrepreneurFactory(referent=referent)
    listing.refuse(request_pk=submit(fiche).pk, by=referent.user, reason=ListingRequest.RefusalReason.CONTRACT_ENDING)
    consultation = ConsultationFactory(updated_by=name)
    MemoPart.objects.create(consultation=consultation, title="Méthode", updated_by=name)
    filler = Filler(word, user=referent.user)
    for model in (AccessLog, AccessAttempt, AccessFailureLog):
        filler.make(model, username=f"ulysse.{word}")
    browser_of(referent)
    failed_mail(to=referent.user.email)
    other = cast.referent()
    with pghistory.context(user=other.user.pk, reason=f"Suivi repris de {name}"):
        fiche.referent = other
        fiche.save()
    LogEntry.objects.create(
        user=other.user,
        content_type=ContentType.objects.get_for_model(Referent),
        object_id=str(referent.pk),
        object_repr=name,
        action_flag=CHANGE,
    )
    return referent, fiche


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


# --- Whom else it touches ------------------------------------------------------------------------------------------


def test_a_shared_reference_stays_without_its_keeper_nor_the_contact_they_alone_had(by):
    fiche, mate = a_member(), CoEntrepreneurFactory()
    shared = ReferenceFactory(co_entrepreneur=fiche, contact_name="Un contact", mission="Notre mission")
    shared.participants.add(mate)
    of_mate = ReferenceFactory(co_entrepreneur=mate, contact_name="Un autre contact")
    of_mate.participants.add(fiche)

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    shared.refresh_from_db()
    of_mate.refresh_from_db()
    assert (shared.co_entrepreneur, shared.contact_name, shared.mission) == (None, "", "Notre mission")
    assert list(shared.participants.all()) == [mate]
    assert (of_mate.co_entrepreneur, of_mate.contact_name) == (mate, "Un autre contact")
    assert set(Reference.objects.all()) == {shared, of_mate}


def test_who_bears_the_same_name_keeps_everything(by):
    namesake = a_member(WORD, email="l-autre@example.org", phone="04 11 11 11 11", website="https://l-autre.example")
    before = told_of("l-autre")
    fiche = a_member()

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert told_of("l-autre") == before
    assert namesake.listing_requests.exists()
    erase(Sought(names=(namesake.name,), phones=(namesake.phone,)), by=by, reason=REASON)
    assert CoEntrepreneur.objects.filter(pk=namesake.pk).exists()
    assert namesake.listing_requests.exists()


def test_it_is_all_or_nothing(by, monkeypatch, django_capture_on_commit_callbacks):
    fiche = a_member()
    before = dump(), traces(WORD)
    monkeypatch.setattr("directory.privacy.erasure.traces.drop_files", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert (dump(), traces(WORD)) == before


def test_who_is_not_there_leaves_all_as_it_is(by):
    a_member()
    before = dump()

    report = erase(Sought(emails=("personne@example.org",), names=("Personne D’ici",)), by=by, reason=REASON)

    assert (report.erased, report.masked, report.files, report.kept) == (0, 0, 0, ())
    assert dump() == before


@pytest.mark.django_db(transaction=True)
def test_two_erasures_wait_for_each_other():
    by, fiche = AdministratorFactory(), CoEntrepreneurFactory()

    reports = at_once(*[lambda: erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)] * 2)

    assert sorted(bool(report.erased) for report in reports) == [False, True]


# --- In the back office --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_bulk", [False, True])
def test_deleting_a_fiche_is_erasing_the_person(by, in_bulk, django_capture_on_commit_callbacks):
    fiche, browser = a_member(), browser_of(by)
    page = browser.get(admin_url("coentrepreneur_delete", fiche.pk))
    assert "La fiche" in page.text
    assert CoEntrepreneur.objects.filter(pk=fiche.pk).exists()

    with django_capture_on_commit_callbacks(execute=True):
        if in_bulk:
            data = {"action": "delete_selected", "_selected_action": [fiche.pk], "post": "yes"}
            response = browser.post(admin_url("coentrepreneur_changelist"), data)
        else:
            response = browser.post(admin_url("coentrepreneur_delete", fiche.pk), {"post": "yes"})

    assert response.status_code == 302
    assert traces(WORD) == {}
    entry = LogEntry.objects.get(user=by)
    assert (entry.object_repr, entry.is_deletion()) == (f"co-entrepreneur n° {fiche.pk}", True)


@pytest.mark.parametrize("page", ["admin:auth_user_delete", "admin:directory_referent_delete"])
def test_deleting_an_account_is_erasing_the_person(by, page, django_capture_on_commit_callbacks):
    referent, _ = a_referent()
    browser = browser_of(by)
    pk = referent.pk if "referent" in page else referent.user_id
    url = reverse(page, args=[pk])

    with django_capture_on_commit_callbacks(execute=True):
        confirmed(browser, url)

    assert traces(WORD) == {}
    assert LogEntry.objects.filter(user=by, object_repr__contains=" n° ").count() == 1


def confirmed(browser, url):
    """Delete; the password is asked for first."""
    data = {"post": "yes"}
    response = browser.post(url, data)
    if "confirmation-password" in response.text:
        response = browser.post(url, data | {"confirmation-password": "une-phrase-de-passe-longue"})
    assert response.status_code == 302
