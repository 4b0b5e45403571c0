"""A person is found by an address, a phone or a name, over every table, history and file; a namesake's stays apart."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from directory.models import ContactMessage, Reference
from directory.privacy import person
from directory.privacy.export import HIDDEN, told_of
from directory.privacy.map import ENTRIES
from directory.privacy.person import Sought, UnreadableError
from directory.privacy.vocabulary import Person
from tests.cast import member as make_member
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferenceFactory, UserFactory

pytestmark = pytest.mark.django_db


def tables(sought):
    return {line.entry.model: line for line in person.lines_of(sought)}


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        (" Lucie@Example.org ", Sought(emails=("lucie@example.org",))),
        ("04.67.12.34.56", Sought(phones=("04 67 12 34 56",))),
        ("+33 4 67 12 34 56", Sought(phones=("04 67 12 34 56",))),
        ("  Lucie   Astruc ", Sought(names=("Lucie Astruc",))),
    ],
)
def test_what_is_typed_is_read(typed, sought):
    assert person.read(typed) == sought


@pytest.mark.parametrize("typed", ["lucie@", "0467", "ab", "a\x00bcdef"])
def test_what_is_none_of_these_is_refused_in_a_sentence(typed):
    with pytest.raises(UnreadableError):
        person.read(typed)


def test_a_mark_leads_to_the_others_of_the_person(member):
    ContactMessage.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(), name="Ana Buis", email="ana@example.org", phone="04 67 00 00 01"
    )

    of_member = person.widened(person.read(member.email.upper()))
    of_buyer = person.widened(person.read("ana buis"))

    assert (of_member.fiches, of_member.names) == ((member.pk,), ("Lucie Astruc",))
    assert (of_buyer.emails, of_buyer.phones, of_buyer.fiches) == (("ana@example.org",), ("04 67 00 00 01",), ())


def test_the_referent_of_a_fiche_is_no_mark_of_its_person(member):
    assert person.widened(Sought(fiches=(member.pk,))).accounts == ()


def test_a_phone_is_found_however_it_was_written():
    reference = ReferenceFactory(contact_name="Éric Besse")
    Reference.objects.filter(pk=reference.pk).update(contact_phone="+33 4.67.12.34.56")

    assert tables(person.read("04 67 12 34 56"))["directory.Reference"].count == 1


def test_an_empty_phone_finds_nobody(member):
    assert person.lines_of(Sought(phones=("",))) == []


def test_marks_go_to_the_form_and_back(member):
    sought = person.widened(person.read(member.email))

    assert person.sought_of([mark.sent for mark in person.marks_of(sought)]) == sought


@pytest.mark.parametrize("mark", ["", "fiches:", "fiches:x", "fiches:-1", "others:1", "emails:a\x00b", "accounts:²"])
def test_a_mark_that_is_made_up_is_refused(mark):
    with pytest.raises(UnreadableError):
        person.sought_of([mark])


def test_lines_have_the_rows_of_the_map(member):
    ListingRequestFactory(co_entrepreneur=member)
    ReferenceFactory(co_entrepreneur=member)
    sought = person.widened(person.read(member.email))

    lines = tables(sought)

    assert {"directory.CoEntrepreneur", "directory.CoEntrepreneurEvent", "directory.ListingRequest"} <= set(lines)
    for entry in ENTRIES:
        rows = set(entry.rows_of(sought).values_list("pk", flat=True))
        assert rows == set(lines[entry.model].persons if entry.model in lines else ())


def test_a_deleted_person_is_found_in_the_history():
    fiche = make_member()
    pk = fiche.pk
    fiche.delete()

    sought = person.widened(person.read("lucie@example.org"))

    assert pk in sought.fiches
    assert "directory.CoEntrepreneurEvent" in tables(sought)


def test_a_contact_reads_of_a_reference_what_is_said_of_them_and_no_more():
    reference = ReferenceFactory(contact_name="Éric Besse", contact_email="eric@example.org", amount=12_345)
    sought = Sought(emails=("eric@example.org",))
    line = tables(sought)["directory.Reference"]

    told = told_of(line, reference)

    assert line.persons == {reference.pk: {Person.CONTACT}}
    assert "Éric Besse" in told.values()
    assert "12345" not in str(told)
    assert reference.subject not in told.values()


def test_a_referent_reads_their_own_and_not_the_fiches_that_they_follow(referent, member):
    sought = Sought(accounts=(referent.user_id,))
    line = tables(sought)["directory.CoEntrepreneur"]

    assert member.email not in told_of(line, member).values()
    assert str(referent) in told_of(line, member).values()


def test_a_colleagues_secrets_of_a_reference_are_not_told_to_who_took_part(member):
    reference = ReferenceFactory(amount=12_345, contact_name="Mme Blanc")
    reference.participants.add(member)
    sought = Sought(fiches=(member.pk,))

    told = told_of(tables(sought)["directory.Reference"], reference, sought.fiches)

    assert reference.subject in told.values()
    assert "12345" not in str(told)
    assert "Blanc" not in str(told)


def test_a_password_is_never_told():
    account = UserFactory()
    line = tables(Sought(accounts=(account.pk,)))["auth.User"]

    told = told_of(line, account)

    assert HIDDEN in told.values()
    assert account.password not in told.values()


def test_words_that_name_them_are_to_be_read(member):
    message = ContactMessage.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(), name="Ana Buis", email="ana@example.org",
        message="Je cherche M. ASTRUC Lucie, au 04.67.00.00.09, ou lucie@example.org.",
    )  # fmt: skip
    for mark in ("Lucie Astruc", "lucie@example.org", "04 67 00 00 09"):
        sought = person.read(mark)
        mentions, count = person.mentions_of(sought, person.lines_of(sought))

        assert [mention.row for mention in mentions if isinstance(mention.row, ContactMessage)] == [message], mark
        assert count == len(mentions)
        [mention] = [mention for mention in mentions if mention.row == message]
        assert mention.excerpts[0][0] == "message"


def test_words_that_only_look_like_it_are_not(member):
    ContactMessage.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(), name="Ana", email="a@example.org", message="Lucie Astrucci"
    )
    sought = person.read("Lucie Astruc")

    mentions, _ = person.mentions_of(sought, person.lines_of(sought))

    assert [mention for mention in mentions if isinstance(mention.row, ContactMessage)] == []


def test_a_name_that_means_something_to_a_pattern_is_taken_as_it_is():
    sought = Sought(names=("(.*)+ $",))

    assert person.mentions_of(sought, []) == ([], 0)


def test_the_inside_of_files_is_read(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w:p><w:t>Lucie</w:t> <w:t>ASTRUC</w:t></w:p>")
    default_storage.save("answers/memoire", ContentFile(word.getvalue()))
    kit = io.BytesIO()
    with zipfile.ZipFile(kit, "w") as archive:
        archive.writestr("memoire.docx", word.getvalue())
    default_storage.save("kits/dossier.zip", ContentFile(kit.getvalue()))
    default_storage.save("kits/abime.zip", ContentFile(kit.getvalue()[:80]))
    default_storage.save("proofs/autre.pdf", ContentFile(b"%PDF \xff lucie@example.org"))
    default_storage.save("imports/fiches", ContentFile(b"nom;adresse\nHaddad;lucie@example.org"))

    assert person.files_naming(person.read("lucie astruc")) == [
        "kits/dossier.zip",
        "answers/memoire",
    ]
    assert person.files_naming(person.read("lucie@example.org")) == ["imports/fiches"]


def test_two_of_one_name_are_two(member):
    assert person.namesakes(Sought(names=("lucie astruc",))) == 1
    make_member(email="autre@example.org", trade_name="Autre")
    assert person.namesakes(Sought(names=("lucie astruc",))) == 2
