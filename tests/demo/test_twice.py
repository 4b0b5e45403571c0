"""The demonstration is the same each time."""

from directory.demo import build
from directory.models import (
    CoEntrepreneur,
    Consultation,
    CvEntry,
    Insurance,
    ListingRequest,
    Paper,
    Participation,
    Reference,
)
from tests.databases import leading_to


def written():
    fiches = CoEntrepreneur.objects.order_by("slug")
    return [
        *fiches.values_list("slug", "headline", "public_offer", "email", "listed_since", "client_public"),
        *fiches.order_by("slug", "skills__slug").values_list("slug", "skills__slug"),
        *fiches.order_by("slug", "references__subject", "references__amount").values_list(
            "slug", "references__subject", "references__amount"
        ),
        *ListingRequest.objects.order_by("email").values_list("email", "state", "headline"),
        *Reference.objects.order_by("pk").values_list("context", "state", "contact_email", "amount_shown"),
        *Participation.objects.order_by("pk").values_list("co_entrepreneur__slug", "part"),
        *CvEntry.objects.order_by("pk").values_list("cv__co_entrepreneur__slug", "title", "ends_year"),
        *Insurance.objects.order_by("pk").values_list("co_entrepreneur__slug", "expires_on"),
        *Paper.objects.order_by("pk").values_list("kind", "starts_on", "expires_on", "is_public"),
        *Consultation.objects.order_by("pk", "team__pk").values_list(
            "subject", "deadline", "team__co_entrepreneur__slug"
        ),
    ]


def test_two_builds_write_the_same(databases, migrated, demonstration, django_db_blocker):
    name = databases.name("second")

    with django_db_blocker.unblock():
        databases.copy(demonstration.database, name)
        with leading_to(name):
            first = written()
        databases.copy(migrated, name)
        with leading_to(name):
            build.fill(progress=False)
            second = written()

    databases.drop(name)
    assert first == second
