import pytest

from directory.models import CoEntrepreneur
from directory.rights import requests_decided_by
from tests.factories import ListingRequestFactory, ReferentFactory

pytestmark = pytest.mark.django_db


def test_an_open_request_follows_its_fiche_to_another_referent():
    request = ListingRequestFactory()
    closed = ListingRequestFactory(state="withdrawn")
    before, after = closed.referent, ReferentFactory()

    CoEntrepreneur.objects.update(referent=after)

    assert list(requests_decided_by(after.user)) == [request]
    assert list(requests_decided_by(before.user)) == [closed]
