import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from crealead.mail import send_mail
from directory.models import (
    Answer,
    AnswerFile,
    Certification,
    ConsentText,
    GroupMessage,
    Label,
    MemberSession,
    MemoPart,
    Participation,
    PublicClient,
)
from directory.models.consent import CONSENT_TEXTS
from directory.my_space import export
from directory.privacy.map import entry_of
from directory.references import actions
from tests import cast
from tests.cast import awaiting, body_of, browser_of
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    ReferenceFactory,
    ReferentFactory,
    SkillFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/mes-donnees/"
PDF = b"%PDF-1.7 essai"


@pytest.fixture
def member():
    return cast.member(first_name="Zoé", last_name="Ménard", phone="04 67 00 00 00")


def download(member):
    """The archive, opened: (data, names of its files)."""
    archive = zipfile.ZipFile(BytesIO(body_of(browser_of(member).post(PAGE))))
    assert archive.testzip() is None
    return json.loads(archive.read("donnees.json")), archive


def test_the_file_is_private_and_named_after_the_person(member):
    response = browser_of(member).post(PAGE)

    assert response.streaming
    assert body_of(response)
    assert response["Content-Disposition"] == 'attachment; filename="donnees-zoe-menard.zip"'
    assert "no-store" in response["Cache-Control"]


def test_reading_the_page_makes_no_file(member):
    assert "Télécharger mes données" in browser_of(member).get(PAGE).text


def test_a_stranger_gets_nothing(client):
    assert client.post(PAGE).status_code == 403


def test_everything_held_is_there_under_names_that_people_read(member):
    member.consents.create(item="phone")
    cv = CvFactory(co_entrepreneur=member, title="Formatrice")
    cv.entries.create(kind="experience", title="Agente d’accueil", starts_year=2004)
    ReferenceFactory(co_entrepreneur=member, subject="Accueil des agents", contact_name="Mme Blanc", amount=12_000)
    ListingRequestFactory(co_entrepreneur=member)
    FicheProposalFactory(co_entrepreneur=member)
    member.contact_messages.create(
        name="M. Noir", organisation="Ville de Sète", email="noir@example.org", message="Bonjour"
    )
    several = GroupMessage.objects.create(
        name="Mme Vert",
        organisation="Ville de Lunel",
        email="vert@example.org",
        message="Ateliers",
        answer_by=timezone.localdate(),
        confirmed_at=timezone.now(),
    )
    for addressee in (member, CoEntrepreneurFactory(last_name="Quervimpt")):
        several.recipients.create(co_entrepreneur=addressee, sent_at=timezone.now())
    opened = ConsultationFactory(author_member=member, subject="Accueil")
    TeamMemberFactory(consultation=opened, co_entrepreneur=member, mission="Piloter")

    data, _ = download(member)

    assert data["fiche"]["prénom"] == "Zoé"
    assert data["fiche"]["téléphone"] == "04 67 00 00 00"
    assert data["accords"][0]["élément"] == "Téléphone"
    assert data["cv"]["lignes"][0]["intitulé"] == "Agente d’accueil"
    [received] = data["messages reçus avec d’autres"]
    assert received["ce qui fut écrit"]["message"] == "Ateliers"
    assert "Quervimpt" not in str(data)
    [reference] = data["références"]
    assert (reference["objet"], reference["contact chez le client"]) == ("Accueil des agents", "Mme Blanc")
    assert reference["tenue par la personne"] is True
    assert data["demandes de référencement"][0]["état"] == "Soumise"
    assert data["modifications proposées"][0]["état"] == "Proposée"
    assert data["messages reçus"][0]["message"] == "Bonjour"
    assert data["consultations ouvertes ou modifiées"][0]["objet"] == "Accueil"
    assert data["équipes"][0]["mission"] == "Piloter"
    assert data["sessions ouvertes"][0]["ouverte le"].startswith(f"{timezone.localdate()}")


def test_of_a_reference_that_a_colleague_keeps_their_own_secrets_stay_theirs(member):
    reference = ReferenceFactory(contact_name="Mme Blanc", amount=12_345, subject="Partagée")
    Participation.objects.create(reference=reference, co_entrepreneur=member, part="Animatrice")

    data, _ = download(member)

    [told] = data["références"]
    assert (told["objet"], told["en tant que"], told["tenue par la personne"]) == ("Partagée", "Animatrice", False)
    assert "Blanc" not in json.dumps(data)
    assert "12345" not in json.dumps(data)


def test_nothing_of_anyone_else_is_there(member):
    other = CoEntrepreneurFactory(last_name="Introuvable", email="introuvable@example.org")
    CvFactory(co_entrepreneur=other, title="Secret")
    ReferenceFactory(co_entrepreneur=other, subject="Secrète")

    data, archive = download(member)

    assert archive.namelist() == ["donnees.json"]
    assert "ntrouvable" not in json.dumps(data)
    assert "Secr" not in json.dumps(data)


def test_the_files_are_there_each_under_the_name_that_the_data_gives(member):
    member.photo.save("x.webp", ContentFile(b"RIFF"))
    Certification.objects.create(
        co_entrepreneur=member, label=Label.objects.first(), proof=ContentFile(PDF, name="x.pdf")
    )
    for _ in range(2):
        ReferenceFactory(co_entrepreneur=member, subject="Pareille", attestation=ContentFile(PDF, name="x.pdf"))
    answer = Answer.objects.create(consultation=ConsultationFactory(), author_member=member, data={})
    AnswerFile.objects.create(
        answer=answer, name="memoire.docx", file=ContentFile(b"mot", name="m"), size=3, sha256="0" * 64
    )

    data, archive = download(member)

    files = [
        data["fiche"]["photo"],
        data["labels et certifications"][0]["justificatif"],
        *[reference["attestation"] for reference in data["références"]],
        *data["réponses envoyées"][0]["fichiers"],
    ]
    assert len(set(files)) == 5
    assert sorted(archive.namelist()) == sorted(["donnees.json", *files])
    assert archive.read(files[1]) == PDF


def test_a_file_that_is_gone_is_said_to_be_and_the_rest_is_there(member):
    type(member).objects.filter(pk=member.pk).update(photo="photos/absente.webp")

    data, archive = download(member)

    assert data["fiche"]["photo"] == "introuvable"
    assert archive.namelist() == ["donnees.json"]


def test_the_history_says_who_changed_what_and_why(member):
    browser_of(member).post("/mon-espace/accords/", {"item": "phone", "given": "oui"})

    data, _ = download(member)

    [given] = [change for change in data["historique"] if change["quoi"] == "consentement"]
    assert (given["par"], given["motif"]) == ("Zoé Ménard", "Accord donné par la personne")


def test_it_costs_the_same_whatever_there_is(member, django_assert_max_num_queries):
    ReferenceFactory.create_batch(4, co_entrepreneur=member)
    browser = browser_of(member)

    with django_assert_max_num_queries(50):
        body_of(browser.post(PAGE))


def test_nobody_is_named_by_their_login(member):
    """Whoever decided is named as they are everywhere."""
    decider = ReferentFactory(name="Aïda Ferrand", user__username="aferrand")
    ReferenceFactory(co_entrepreneur=member, decided_by=decider.user)
    waiting = awaiting(co_entrepreneur=member)
    actions.validate(reference_pk=waiting.pk, by=member.referent.user, version=waiting.version)

    data, _ = download(member)

    assert data["références"][0]["décidée par"] == "Aïda Ferrand"
    # A mail has the address that it may be answered to.
    del data["les courriels et les travaux en attente, ou en échec"]
    assert "aferrand" not in json.dumps(data)
    assert member.referent.user.username not in json.dumps(data)


def test_the_history_is_in_the_words_of_people(member):
    skill = SkillFactory(name="Animation")
    member.skills.add(skill)
    browser_of(member).post("/mon-espace/accords/", {"item": "phone", "given": "oui"})
    member.city = "Sète"
    member.save()

    data, _ = download(member)

    told = [(change["quoi"], change["événement"], change["changements"]) for change in data["historique"]]
    assert ("consentement", "création", {}) in told
    assert ("co-entrepreneur", "ajout", {"compétences et savoir-faire": ["", "Animation"]}) in told
    [moved] = [changes for _, event, changes in told if event == "modification"]
    assert moved["ville"] == ["", "Sète"]


def test_what_is_kept_as_data_is_told_in_words(member):
    served = {"name": "Ville de Sète", "type": PublicClient.Type.MUNICIPALITY, "subject": "Accueil", "year": 2024}
    ListingRequestFactory(co_entrepreneur=member, served_clients=[served], consents=["phone"])
    FicheProposalFactory(
        co_entrepreneur=member,
        changes={"headline": "Neuve"},
        before={"headline": "Ancienne"},
        accepted_fields=["headline"],
    )

    data, _ = download(member)

    [request], [proposal] = data["demandes de référencement"], data["modifications proposées"]
    assert request["clients publics déjà servis"] == [
        {"client": "Ville de Sète", "type": "Commune", "prestation": "Accueil", "année": 2024}
    ]
    assert request["consentements"] == ["Téléphone"]
    assert (proposal["propositions"], proposal["avant"]) == ({"Accroche": "Neuve"}, {"Accroche": "Ancienne"})
    assert proposal["acceptés"] == ["Accroche"]


def test_a_sent_file_keeps_its_ending(member):
    answer = Answer.objects.create(consultation=ConsultationFactory(), author_member=member, data={})
    for name in ("Mémoire.docx", "sans fin"):
        AnswerFile.objects.create(answer=answer, name=name, file=ContentFile(b"mot", name="m"), size=3, sha256="0" * 64)

    data, _ = download(member)

    names = [path.rpartition("/")[2] for path in data["réponses envoyées"][0]["fichiers"]]
    assert names == ["memoire.docx", "sans-fin"]


# --- From the map ----------------------------------------------------------------------------------------------------


def test_each_table_that_has_something_of_a_member_is_told_or_left_out_with_its_reason(member):
    entries = export.entries_of_members()
    data = export.data_of(member, files=None)

    assert len(entries) > 20
    assert [
        entry.model for entry in entries if entry.model in export.LEFT_OUT and not export.LEFT_OUT[entry.model]
    ] == []
    assert set(export.LEFT_OUT) | set(export.TITLES) <= {entry.model for entry in entries}
    told = {export.title_of(entry) for entry in entries if entry.model not in export.LEFT_OUT}
    assert told == set(data) - {"historique"}
    assert len(told) == len(entries) - len(export.LEFT_OUT)


def test_a_new_table_is_told_without_a_word_here(member, monkeypatch):
    [session] = MemberSession.objects.filter(co_entrepreneur=member) or [
        MemberSession.objects.create(co_entrepreneur=member, key_hash="0" * 64)
    ]
    entry = replace(entry_of(MemberSession), what="une table d’hier", model="directory.MemberSession")
    monkeypatch.setattr(export, "TITLES", {})
    monkeypatch.setattr(export, "ENTRIES", [entry])

    data = export.data_of(member, files=None)

    assert data["une table d’hier"][0]["ouverte le"].startswith(f"{timezone.localdate()}")
    assert session.key_hash not in json.dumps(data, default=str)


def test_a_consent_is_told_in_the_words_that_were_read(member):
    member.consents.create(item="phone")
    ConsentText.objects.create(version="2020-1-1", since=date(2020, 1, 1), words={"website": "Je veux bien."})
    member.consents.create(item="website", text_version="2020-1-1")

    data, _ = download(member)

    phone, website = sorted(data["accords"], key=lambda consent: consent["élément"], reverse=True)
    assert (phone["élément"], website["élément"]) == ("Téléphone", "Site")
    assert phone["mots acceptés"] == CONSENT_TEXTS["phone"]
    assert website["mots acceptés"] == "Je veux bien."


def test_an_answer_that_a_colleague_sent_is_told_to_those_who_stand_in_it(member):
    colleague, stranger = CoEntrepreneurFactory(last_name="Sellier"), CoEntrepreneurFactory()
    consultation = ConsultationFactory(author_member=colleague, subject="Accueil")
    TeamMemberFactory(consultation=consultation, co_entrepreneur=member)
    TeamMemberFactory(consultation=consultation, co_entrepreneur=stranger, state="declined")
    answer = Answer.objects.create(consultation=consultation, author_member=colleague, data={})
    AnswerFile.objects.create(
        answer=answer, name="memoire.docx", file=ContentFile(b"mot", name="m"), size=3, sha256="0" * 64
    )

    data, archive = download(member)
    others, _ = download(stranger)

    [told] = data["réponses envoyées"]
    assert told["envoyée par"] == colleague.name
    assert archive.read(told["fichiers"][0]) == b"mot"
    assert others["réponses envoyées"] == []


def test_the_texts_of_a_memo_that_they_wrote_are_told_and_no_namesakes(member):
    mine, elsewhere = ConsultationFactory(author_member=member), ConsultationFactory()
    for consultation, body in ((mine, "Notre méthode"), (elsewhere, "Celle d’un homonyme")):
        MemoPart.objects.create(consultation=consultation, title="Méthode", body=body, updated_by=member.name)
    MemoPart.objects.create(consultation=mine, title="Équipe", body="Écrit par une autre", updated_by="Nora Haddad")

    data, _ = download(member)

    assert [part["texte"] for part in data["textes de mémoires"]] == ["Notre méthode"]


def test_a_mail_that_waits_is_told_without_its_links(member):
    send_mail.defer(
        to=member.email,
        subject="Entrer",
        body="Cliquez :\nhttps://example.org/espace/cle-secrete",
        reply_to=None,
        message_id="",
        date="",
    )

    data, _ = download(member)

    [waiting] = data["les courriels et les travaux en attente, ou en échec"]
    assert "Cliquez" in json.dumps(waiting)
    assert "cle-secrete" not in json.dumps(waiting)
