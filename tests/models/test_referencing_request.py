import pytest

from directory.models import CoEntrepreneur, ReferencingRequest
from tests.factories import ReferencingRequestFactory, ReferentFactory

pytestmark = pytest.mark.django_db


def test_an_open_request_follows_its_fiche_to_another_referent():
    request = ReferencingRequestFactory()
    closed = ReferencingRequestFactory(state="withdrawn")
    before, after = closed.referent, ReferentFactory()

    CoEntrepreneur.objects.update(referent=after)

    assert list(ReferencingRequest.objects.decidable_by(after.user)) == [request]
    assert list(ReferencingRequest.objects.decidable_by(before.user)) == [closed]
