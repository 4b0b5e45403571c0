from datetime import timedelta

import pytest
from django.utils import timezone

from directory.doors import tasks
from directory.models import AccessLink, RateLimit

pytestmark = pytest.mark.django_db


def test_past_counters_and_links_are_erased():
    now = timezone.now()
    RateLimit.objects.create(key="passé", expires_at=now)
    counter = RateLimit.objects.create(key="présent", expires_at=now + timedelta(minutes=1))
    AccessLink.objects.create(email="a@example.org", created_at=now - timedelta(days=1))
    link = AccessLink.objects.create(email="b@example.org", created_at=now - timedelta(hours=23))

    assert tasks.purge_counters() == {"counters": 1, "links": 1}

    assert list(RateLimit.objects.all()) == [counter]
    assert list(AccessLink.objects.all()) == [link]
