"""The client's contact: told of what is kept of them, erased at the term, found and erased through the map."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from directory.models import Reference
from directory.privacy import page
from directory.privacy.map import entry_of
from directory.privacy.map.references import forget_contacts
from directory.privacy.vocabulary import Person, Sought
from directory.references import actions
from tests.cast import awaiting, browser_of, text_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

CONTACT = {
    "contact_name": "Zénobie Quervimpt",
    "contact_role": "Directrice",
    "contact_email": "zenobie@example.org",
    "contact_phone": "04 67 12 34 56",
}


@pytest.fixture
def reference():
    return ReferenceFactory(subject="Accueil des agents", **CONTACT)


def page_of(reference):
    return reverse("references:contact", args=[reference.pk])


def tell(reference, how="mail", by=None):
    return browser_of(by or reference.co_entrepreneur).post(page_of(reference), {"how": how})


def test_the_house_mails_them_and_the_date_is_kept(reference):
    keeper = reference.co_entrepreneur
    browser = browser_of(keeper)
    detail = reverse("references:detail", args=[reference.pk])
    before = browser.get(detail)

    shown = browser.get(page_of(reference))
    tell(reference)
    [mail] = run_jobs()
    after = text_of(browser.get(detail))

    body = mail.body.replace("\xa0", " ")
    assert page_of(reference) in before.text
    assert (mail.to, mail.reply_to) == ([CONTACT["contact_email"]], [keeper.email])
    for words in (keeper.name, reference.client.name, "Accueil des agents", "vous y opposer", "CNIL", "trois ans"):
        assert words in body
        assert words in text_of(shown)
    assert "/confidentialite/" in body
    assert "{" not in body
    assert "Prévenu le" in after
    assert Reference.objects.get().contact_told_at is not None


def test_or_their_keeper_says_that_they_did(reference):
    tell(reference, "self")

    assert run_jobs() == []
    assert Reference.objects.get().contact_told_at is not None


def test_without_an_address_only_their_keeper_can_tell_them(reference):
    Reference.objects.update(contact_email="")

    shown = browser_of(reference.co_entrepreneur).get(page_of(reference))
    tell(reference, "mail")

    assert "envoyer ce texte" not in text_of(shown)
    assert run_jobs() == []
    assert Reference.objects.get().contact_told_at is None


def test_nobody_but_the_keeper_tells_them(reference):
    colleague = CoEntrepreneurFactory()
    reference.participants.add(colleague)

    assert tell(reference, by=colleague).status_code == 404
    assert page_of(reference) not in browser_of(colleague).get(reverse("references:detail", args=[reference.pk])).text


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [({"contact_email": "autre@example.org"}, False), ({"contact_name": "M. Puech"}, False), ({"place": "Sète"}, True)],
)
def test_another_person_has_not_been_told(reference, changed, is_told):
    tell(reference, "self")
    row = Reference.objects.get()
    for name, value in changed.items():
        setattr(row, name, value)

    actions.propose(
        reference=row, client=row.client, parts={}, cpv_codes=[], by=row.co_entrepreneur, version=row.version
    )

    assert (Reference.objects.get().contact_told_at is not None) == is_told


def test_the_mail_that_validates_says_that_they_are_to_be_told():
    reference = awaiting(**CONTACT)

    actions.validate(reference_pk=reference.pk, by=reference.co_entrepreneur.referent.user, version=1)
    [mail] = run_jobs()

    assert page_of(reference) in mail.body


@pytest.mark.parametrize(
    ("changed", "goes"),
    [
        ({"ends_on": 1094}, False),
        ({"ends_on": 1097}, True),
        ({"ends_on": None, "submitted_at": 1094, "decided_at": 1096}, False),
        ({"ends_on": None, "submitted_at": 1096, "decided_at": 1096}, True),
        ({"ends_on": None, "co_entrepreneur": None}, True),
    ],
)
def test_they_go_at_their_term_and_the_reference_stays(reference, changed, goes):
    now = timezone.now()
    moments = {
        name: now - timedelta(days=value) if isinstance(value, int) else value for name, value in changed.items()
    }
    if moments["ends_on"]:
        moments |= {"ends_on": moments["ends_on"].date(), "starts_on": moments["ends_on"].date()}
    Reference.objects.update(contact_told_at=now, **moments)

    call_command("purge_personal_data", yes=True, verbosity=0)

    row = Reference.objects.get()
    assert row.subject == "Accueil des agents"
    assert row.has_contact != goes
    assert (row.contact_told_at is None) == goes
    assert (row.contact_phone == row.contact_role == "") == goes


@pytest.mark.parametrize(
    "sought",
    [
        Sought(names=("zenobie quervimpt",)),
        Sought(emails=("Zenobie@example.org",)),
        Sought(phones=("04 67 12 34 56",)),
    ],
)
def test_they_are_found_and_erased_through_the_map(reference, sought):
    ReferenceFactory(contact_name="Une autre")
    rows = entry_of(Reference).rows_of(sought)

    found = list(rows)
    forget_contacts([row.pk for row in found])

    assert found == [reference]
    assert not rows.all().exists()
    assert [row.contact_name for row in Reference.objects.order_by("pk")] == ["", "Une autre"]


def test_the_page_says_how_long_they_are_kept():
    lines = [line for _, lines in page.rows() for line in lines if Person.CONTACT.value in line.persons]

    assert any("contact chez le client" in line.data and line.until.startswith("trois ans après") for line in lines)
