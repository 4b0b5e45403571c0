"""What is done for who exercises their rights, and the journal of it, which says nothing of them."""

import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from directory.decisions import Refused
from directory.models import CoEntrepreneur, ContactMessage, RightsUse
from directory.privacy import erasure, gestures, person
from directory.privacy.person import Sought, UnreadableError
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferenceFactory
from tests.jobs import run_jobs

from .filling import traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(member):
    return ContactMessage.objects.create(
        co_entrepreneur=member, name="Ana Buis", organisation="Ville", email="ana@example.org", message="Bonjour"
    )


def sought(typed):
    return person.widened(person.read(typed))


def test_each_use_is_kept_without_what_it_was_about(member, administrator):
    about = sought(member.email)
    gestures.search(about, by=administrator)
    with gestures.export(about, by=administrator) as archive:
        archive.read()

    uses = list(RightsUse.objects.order_by("pk"))

    assert [use.gesture for use in uses] == ["search", "export"]
    assert {use.by for use in uses} == {administrator}
    assert uses[0].counts["directory.CoEntrepreneur"] == 1
    assert "directory_rightsuse" not in traces("ucie")
    assert "directory_rightsuse" not in traces("struc")


def test_the_same_mark_is_recognised_and_another_is_not(member, administrator):
    gestures.search(sought(member.email), by=administrator)

    assert gestures.uses_about(person.read("LUCIE@example.org")).count() == 1
    assert not gestures.uses_about(person.read("nora@example.org")).exists()


def test_fingerprints_need_the_key(settings, member):
    before = gestures.fingerprints_of(Sought(emails=(member.email,)))
    settings.SECRET_KEY = "une autre clé, aussi longue qu’il le faut"

    assert before != gestures.fingerprints_of(Sought(emails=(member.email,)))


def test_a_use_is_recognised_under_a_key_that_was_replaced(settings, member, administrator):
    gestures.search(sought(member.email), by=administrator)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une autre clé, aussi longue qu’il le faut"

    assert gestures.uses_about(person.read(member.email)).count() == 1


def test_the_copy_reads_by_itself(member, administrator):
    member.photo.save("x.webp", ContentFile(b"RIFF"))
    ReferenceFactory(co_entrepreneur=member, subject="Accueil <b>des</b> agents")

    with gestures.export(sought(member.email), by=administrator) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        data = json.loads(archive.read("donnees.json"))
        page, readme = (archive.read(name).decode() for name in ("donnees.html", "LISEZ-MOI.txt"))
        titles = [section["titre"] for section in data["données"]]
        [fiche] = data["données"][0]["lignes"] if titles[0] == "La fiche" else [None]
        photo = archive.read(fiche["photo"])

    assert {"LISEZ-MOI.txt", "donnees.json", "donnees.html"} <= set(names)
    assert {"La fiche", "Historique : la fiche", "Les références"} <= {title.replace("\xa0", " ") for title in titles}
    assert fiche["prénom"] == "Lucie"
    assert photo == b"RIFF"
    assert "Accueil &lt;b&gt;des&lt;/b&gt; agents" in page
    assert "http" not in page.replace("https://", "").lower() or "<script" not in page
    assert "CNIL" in readme
    assert "&" not in readme


def test_a_buyer_has_a_copy_of_theirs_and_of_no_one_elses(buyer, administrator):
    ListingRequestFactory(email="autre@example.org")

    with gestures.export(sought("ana@example.org"), by=administrator) as file, zipfile.ZipFile(file) as archive:
        data = archive.read("donnees.json").decode()

    assert "Bonjour" in data
    assert "autre@example.org" not in data
    assert buyer.co_entrepreneur.email not in data


def test_an_address_is_replaced_wherever_it_stands_and_nowhere_else(member, buyer, administrator):
    request = ListingRequestFactory(co_entrepreneur=member, email=member.email)
    about = sought(member.email)

    counts = gestures.replace(about, former="LUCIE@example.org", new=" Lucie.Astruc@example.org", by=administrator)

    member.refresh_from_db()
    request.refresh_from_db()
    buyer.refresh_from_db()
    assert (member.email, request.email) == ("lucie.astruc@example.org",) * 2
    assert buyer.email == "ana@example.org"
    assert counts == {"directory.CoEntrepreneur": 1, "directory.ListingRequest": 1}
    assert RightsUse.objects.get().counts == counts


def test_a_phone_is_replaced(administrator):
    reference = ReferenceFactory(contact_name="Éric Besse", contact_phone="04 67 00 00 01")

    gestures.replace(sought("Éric Besse"), former="04 67 00 00 01", new="0467000002", by=administrator)

    reference.refresh_from_db()
    assert reference.contact_phone == "04 67 00 00 02"


@pytest.mark.parametrize(("former", "new"), [("lucie@example.org", "pas une adresse"), ("nora@example.org", "a@b.fr")])
def test_what_cannot_be_replaced_changes_nothing(member, administrator, former, new):
    with pytest.raises(UnreadableError):
        gestures.replace(sought(member.email), former=former, new=new, by=administrator)

    member.refresh_from_db()
    assert member.email == "lucie@example.org"
    assert not RightsUse.objects.exists()


def test_the_address_of_another_is_refused(member, other_member, administrator):
    with pytest.raises(Refused):
        gestures.replace(sought(member.email), former=member.email, new=other_member.email, by=administrator)

    member.refresh_from_db()
    assert member.email == "lucie@example.org"


def test_who_objects_leaves_the_catalogue_and_is_told(administrator):
    fiche = CoEntrepreneurFactory(listed=True)

    did = gestures.oppose(sought(fiche.email), by=administrator)

    assert not CoEntrepreneur.objects.published().exists()
    assert (did.fiches, did.contacts) == (1, 0)
    assert fiche.email in [to for message in run_jobs() for to in message.to]
    assert RightsUse.objects.get().gesture == "object"


def test_a_contact_who_objects_is_taken_off_and_the_reference_stays(administrator):
    reference = ReferenceFactory(contact_name="Éric Besse", contact_email="eric@example.org", contact_role="DGS")
    other = ReferenceFactory(contact_name="Ana Buis", contact_email="ana@example.org")

    did = gestures.oppose(sought("eric@example.org"), by=administrator)

    reference.refresh_from_db()
    other.refresh_from_db()
    assert did.contacts == 1
    assert {getattr(reference, name) for name in gestures.OF_CONTACT} == {""}
    assert other.contact_name == "Ana Buis"


def test_marks_of_who_objects_are_remembered(member, administrator, monkeypatch):
    remembered = []
    monkeypatch.setattr(gestures.objections, "record", lambda about, _kind: remembered.append(about) or 1)

    gestures.oppose(sought(member.email), by=administrator)

    assert remembered[0].emails == (member.email,)


def test_a_rehearsal_erases_nothing_and_is_said_to_be_one(member, administrator):
    report = gestures.erase(sought(member.email), by=administrator, dry_run=True)

    assert report.erased > 0
    assert CoEntrepreneur.objects.filter(pk=member.pk).exists()
    assert RightsUse.objects.get().gesture == "rehearse"


def test_an_erasure_is_kept_by_counts_alone(buyer, administrator):
    gestures.erase(Sought(emails=(buyer.email,)), by=administrator, dry_run=False)

    assert not ContactMessage.objects.exists()
    use = RightsUse.objects.get()
    assert (use.gesture, use.counts) == ("erase", {"directory.ContactMessage": 1})


def test_an_erasure_that_fails_is_not_said_to_be_done(member, administrator, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise Refused("Pas encore.")

    monkeypatch.setattr(erasure, "erase", refuse)
    with pytest.raises(Refused):
        gestures.erase(sought(member.email), by=administrator, dry_run=False)

    assert not RightsUse.objects.exists()


def test_nobody_erases_their_own_account_here(administrator):
    with pytest.raises(Refused):
        gestures.erase(Sought(accounts=(administrator.pk,)), by=administrator, dry_run=False)

    administrator.refresh_from_db()


def test_looking_for_someone_reads_each_table_a_few_times(member, administrator, django_assert_max_num_queries):
    about = sought(member.email)
    with django_assert_max_num_queries(160):
        gestures.search(about, by=administrator)
    assert connection.connection is not None
