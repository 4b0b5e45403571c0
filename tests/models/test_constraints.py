"""What the database refuses, whatever path writes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.models import CoEntrepreneur, CpvCode, FormerSlug, ListingRequest
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    DomainFactory,
    ListingRequestFactory,
    ReferenceFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db


def refuses(name):
    """Expect the named constraint to refuse what the block writes."""
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    ("lacking", "constraint"),
    [
        ({"referent": None}, "listed_has_referent"),
        ({"public_offer": " \n"}, "listed_has_public_offer"),
        ({"listed_since": None}, "listed_has_date"),
    ],
)
def test_ticked_fiche_needs_referent_offer_and_date(lacking, constraint):
    fiche = CoEntrepreneurFactory(listed=True)

    with refuses(constraint), transaction.atomic():
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(**lacking)


def test_slug_is_unique_without_regard_to_case():
    first, second = CoEntrepreneurFactory.create_batch(2)

    with refuses("co_entrepreneur_slug_unique"), transaction.atomic():
        CoEntrepreneur.objects.filter(pk=second.pk).update(slug=first.slug.upper())


def test_email_is_unique_without_regard_to_case():
    first, second = CoEntrepreneurFactory.create_batch(2)

    with refuses("co_entrepreneur_email_unique"), transaction.atomic():
        CoEntrepreneur.objects.filter(pk=second.pk).update(email=first.email.upper())


def test_former_slug_is_unique_without_regard_to_case():
    fiche = CoEntrepreneurFactory()
    FormerSlug.objects.create(slug="ancienne", co_entrepreneur=fiche)

    with refuses("former_slug_unique"), transaction.atomic():
        FormerSlug.objects.create(slug="Ancienne", co_entrepreneur=fiche)


@pytest.mark.parametrize("factory", [DomainFactory, SkillFactory])
def test_taxonomy_slugs_are_unique_without_regard_to_case(factory):
    factory(slug="une-adresse")

    with refuses("slug_unique"), transaction.atomic():
        factory(slug="Une-Adresse")


@pytest.mark.parametrize("state", ListingRequest.OPEN_STATES)
def test_one_open_request_per_fiche(state):
    request = ListingRequestFactory()

    with refuses("request_one_open_per_fiche"), transaction.atomic():
        ListingRequestFactory(
            co_entrepreneur=request.co_entrepreneur,
            email="autre@example.org",
            state=state,
            decided_by=AdministratorFactory(),
            decided_at=timezone.now(),
        )


def test_one_open_request_per_address():
    request = ListingRequestFactory()

    with refuses("request_one_open_per_email"), transaction.atomic():
        ListingRequestFactory(email=request.email.upper())


def test_a_closed_request_leaves_room_for_another():
    request = ListingRequestFactory(state=ListingRequest.State.WITHDRAWN)

    again = ListingRequestFactory(co_entrepreneur=request.co_entrepreneur)

    assert again.pk


@pytest.mark.parametrize("state", ListingRequest.DECIDED_STATES)
@pytest.mark.parametrize("lacking", ["decided_by", "decided_at"])
def test_decision_has_an_author_and_a_date(state, lacking):
    decision = {"decided_by": AdministratorFactory(), "decided_at": timezone.now(), "refusal_reason": "other"}

    with refuses("decision_has_author_and_date"), transaction.atomic():
        ListingRequestFactory(state=state, **(decision | {lacking: None}))


def test_refusal_has_a_reason():
    with refuses("refusal_has_reason"), transaction.atomic():
        ListingRequestFactory(state="refused", decided_by=AdministratorFactory(), decided_at=timezone.now())


def test_accepted_request_has_a_fiche():
    fiche = CoEntrepreneurFactory()

    with refuses("accepted_has_fiche"), transaction.atomic():
        ListingRequestFactory(
            co_entrepreneur=None,
            referent=fiche.referent,
            email="x@example.org",
            first_name="X",
            last_name="Y",
            trade_name="",
            state="accepted",
            decided_by=AdministratorFactory(),
            decided_at=timezone.now(),
        )


def test_amount_is_not_negative():
    with refuses("reference_amount_not_negative"), transaction.atomic():
        ReferenceFactory(amount=-1)


def test_period_ends_after_it_starts():
    with refuses("reference_ends_after_it_starts"), transaction.atomic():
        ReferenceFactory(starts_on=date(2025, 3, 1), ends_on=date(2025, 2, 28))


@pytest.mark.parametrize("code", ["8050000", "805000000", "8050000a", "80500000-9"])
def test_cpv_code_has_eight_digits(code):
    with pytest.raises(Exception, match=r"cpv_code_has_eight_digits|too long"), transaction.atomic():
        CpvCode.objects.create(code=code, label="Services")


def test_a_fiche_is_published_until_the_day_of_departure():
    today = timezone.localdate()
    leaving = CoEntrepreneurFactory(listed=True, departed_on=today + timedelta(days=1))
    left = CoEntrepreneurFactory(listed=True, departed_on=today)

    published = CoEntrepreneur.objects.published()

    assert leaving in published
    assert left not in published
    assert CoEntrepreneurFactory() not in published
