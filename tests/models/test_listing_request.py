import pytest

from directory.models import CoEntrepreneur, ListingRequest
from tests.factories import ListingRequestFactory, ReferentFactory

pytestmark = pytest.mark.django_db


def test_an_open_request_follows_its_fiche_to_another_referent():
    request = ListingRequestFactory()
    closed = ListingRequestFactory(state="withdrawn")
    before, after = closed.referent, ReferentFactory()

    CoEntrepreneur.objects.update(referent=after)

    assert list(ListingRequest.objects.decidable_by(after.user)) == [request]
    assert list(ListingRequest.objects.decidable_by(before.user)) == [closed]
