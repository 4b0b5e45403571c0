"""Rules of a selection: whose name it tells, and what its address carries."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.sourcing.selection.selection import Gone, Selection
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def test_who_left_under_a_former_name_is_told_by_the_address_alone(client):
    fiche = CoEntrepreneurFactory(listed=True)
    former = fiche.slug
    fiche.last_name = "Autrement"
    fiche.save()
    fiche.client_public = False
    fiche.save()

    page = client.get(f"/selection/?f={former}")

    assert Selection(QueryDict(f"f={former}")).gone == [Gone(former, timezone.localdate())]
    assert "Autrement" not in page.text


def test_its_address_carries_what_is_needed_not_the_order_of_results():
    fiche = CoEntrepreneurFactory(listed=True)

    selection = Selection(QueryDict(f"f={fiche.slug}&q=accueil&tri=nom&graine=violette"))

    assert selection.url == f"/selection/?f={fiche.slug}&q=accueil"
