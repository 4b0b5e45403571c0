from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from directory.models import CoEntrepreneur
from directory.search.selected import KEPT
from directory.sourcing.selection.selection import NOBODYS, Gone, Selection
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def read(*slugs, **search):
    data = QueryDict(mutable=True)
    data.setlist("f", slugs)
    data.update(search)
    return Selection(data)


def listed(number=1):
    return [CoEntrepreneurFactory(listed=True) for _ in range(number)]


def test_the_fiches_come_in_the_order_of_the_address_each_once():
    first, second = listed(2)

    selection = read(second.slug, first.slug.upper(), second.slug)

    assert selection.fiches == [second, first]
    assert selection.query == f"f={second.slug}&f={first.slug}"


@pytest.mark.parametrize("word", ["personne-ici", "a" * 500, "a\0b", "é", "../../etc", "<b>"])
def test_what_is_no_fiche_is_counted_and_dropped(word):
    (fiche,) = listed()

    selection = read(word, fiche.slug)

    assert selection.fiches == [fiche]
    assert selection.unknown == 1


def test_a_fiche_that_left_is_told_with_its_day_and_none_of_its_content(client):
    (fiche,) = listed()
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False)

    selection = read(fiche.slug)
    page = client.get(f"{reverse('sourcing:selection')}?f={fiche.slug}")

    assert selection.fiches == []
    assert [(row.name, row.since) for row in selection.gone] == [(fiche.name, timezone.localdate())]
    assert fiche.name in page.text
    assert fiche.public_offer not in page.text
    assert "ETag" not in page


def test_one_who_departed_is_nobodys():
    (fiche,) = listed()
    day = timezone.localdate() - timedelta(days=3)
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=day)

    assert read(fiche.slug).gone == [Gone(NOBODYS, None)]


def test_one_who_was_never_shown_is_unknown():
    draft = CoEntrepreneurFactory()

    selection = read(draft.slug)

    assert (selection.gone, selection.unknown) == ([], 1)


def test_a_former_address_keeps_the_same_fiche_once():
    (fiche,) = listed()
    former = fiche.slug
    fiche.last_name = "Autrement"
    fiche.save()

    assert read(former, fiche.slug).fiches == [fiche]


def test_those_past_the_last_place_are_counted_and_not_read(django_assert_max_num_queries):
    fiches = listed(KEPT + 1)

    with django_assert_max_num_queries(16):
        selection = read(*(fiche.slug for fiche in fiches))

    assert selection.fiches == fiches[:KEPT]
    assert selection.too_many == 1
