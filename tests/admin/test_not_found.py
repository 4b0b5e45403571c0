"""What isn't theirs is not found rather than refused: a key that exists answers as one that doesn't."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.base import ContentFile
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from directory.models import Certification, ContactMessage, GroupMessage, Insurance, Label
from tests import cast
from tests.cast import PDF, awaiting, browser_of, status_of
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    FicheProposalFactory,
    ListingRequestFactory,
)

pytestmark = pytest.mark.django_db
MISSING = 987_654
# The pages that Django makes of each model: what the list shows is known to be there.
STOCK = {"change", "delete", "history"}


def keyed_addresses():
    """The addresses of the back office that hold a key of a model, by name: « directory_reference_decide »."""
    for entry in admin.site.get_urls():
        for pattern in getattr(entry, "url_patterns", [entry]):
            if (
                pattern.name
                and pattern.name != "view_on_site"
                and {"pk", "object_id"} & set(pattern.pattern.converters)
            ):
                yield pattern.name


@pytest.fixture
def theirs():
    """A row of each model, of someone that another référent follows."""
    member = CoEntrepreneurFactory(referent=cast.referent())
    proof = {"proof": ContentFile(PDF, name="x.pdf")}
    rows = [
        member,
        awaiting(co_entrepreneur=member, attestation=ContentFile(PDF, name="x.pdf")),
        Certification.objects.create(co_entrepreneur=member, label=Label.objects.first(), **proof),
        Insurance.objects.create(co_entrepreneur=member, kind="liability", insurer="MAIF", **proof),
        ListingRequestFactory(co_entrepreneur=member, referent=member.referent),
        FicheProposalFactory(co_entrepreneur=member, photo=ContentFile(b"RIFF", name="x.webp")),
        ConsultationFactory(author_member=member),
        ContactMessage.objects.create(
            co_entrepreneur=member, name="Élue", organisation="Mairie", email="elue@example.org", message="Bonjour"
        ),
        GroupMessage.objects.create(
            name="Élu",
            organisation="Mairie",
            email="elu@example.org",
            message="Bonjour",
            answer_by=timezone.localdate(),
            confirmed_at=timezone.now(),
        ).recipients.create(co_entrepreneur=member, sent_at=timezone.now()),
        member.referent,
        member.referent.user,
    ]
    return {type(row): row for row in rows}


def is_listed(model, row, user):
    model_admin, request = admin.site._registry.get(model), RequestFactory().get("/admin/")
    request.user = user
    return (
        model_admin is not None
        and model_admin.has_view_permission(request, row)
        and model_admin.get_queryset(request).filter(pk=row.pk).exists()
    )


@pytest.mark.parametrize("name", sorted(set(keyed_addresses())))
def test_a_key_that_exists_answers_as_one_that_does_not(theirs, referent, name):
    app, model_name, view = name.split("_", 2)
    model = apps.all_models.get(app, {}).get(model_name)
    row = theirs.get(model)
    if row is None or (view in STOCK and is_listed(model, row, referent.user)):
        return
    browser = browser_of(referent)

    there, missing = (status_of(browser.get(reverse(f"admin:{name}", args=[pk]))) for pk in (row.pk, MISSING))

    # Whoever has a role reads the photo of any fiche: here there is none.
    assert there == missing


def test_the_walk_finds_the_addresses_of_its_own():
    assert {
        "directory_reference_decide",
        "directory_listingrequest_decide",
        "directory_ficheproposal_decide",
        "directory_ficheproposal_photo",
        "directory_certification_proof",
        "directory_reference_attestation",
        "directory_insurance_proof",
    } <= set(keyed_addresses())
