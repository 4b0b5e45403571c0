"""The index that follows the catalogue is the one that reading it all again would give."""

import sys
import time
from datetime import date, timedelta

import pghistory
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import CatalogueChange, Certification, CoEntrepreneur, Department, Label, Region
from directory.search import index as index_module
from directory.search.criteria import Term
from directory.search.index import Index, catalogue_version, current
from tests.at_once import at_once
from tests.factories import CoEntrepreneurFactory, SkillFactory


def facets(index):
    """Who holds each value of each facet, and who is published."""
    held = {
        (name, value): set(index.members(term))
        for name, terms in index.vocabulary.items()
        for value, term in terms.items()
    }
    return {key: fiches for key, fiches in held.items() if fiches} | {"published": set(index.published)}


@pytest.mark.django_db(transaction=True)
def test_an_index_that_followed_each_change_equals_one_read_anew():
    skill, other_skill = SkillFactory(), SkillFactory()
    label, other_label = (Label.objects.create(slug=slug, name=slug) for slug in ["un-label", "autre-label"])
    region = Region.objects.create(code="zz", name="Ici")
    department = Department.objects.create(code="zz", name="Là", region=region)
    first, second, third = CoEntrepreneurFactory.create_batch(3, listed=True, skills=[skill])
    proof = {"proof": "x.pdf", "expires_on": date(2100, 1, 1)}
    changes = [
        lambda: second.skills.set([other_skill]),
        lambda: first.departments.set([department]),
        lambda: Certification.objects.create(co_entrepreneur=first, label=label, **proof),
        lambda: Certification.objects.create(co_entrepreneur=third, label=label, proof="y.pdf"),
        lambda: Certification.objects.filter(co_entrepreneur=first).update(label=other_label),
        lambda: CoEntrepreneur.objects.filter(pk=third.pk).update(client_public=False),
        lambda: CoEntrepreneur.objects.filter(pk=second.pk).update(nationwide=True),
        lambda: CoEntrepreneur.objects.filter(pk=first.pk).update(departed_on=date(2020, 1, 1)),
        lambda: CoEntrepreneur.objects.filter(pk=third.pk).update(client_public=True),
    ]
    facets(current())

    for change in changes:
        change()

        assert facets(current()) == facets(Index.load(catalogue_version()))


@pytest.mark.django_db(transaction=True)
def test_the_next_day_labels_expire_and_people_leave(monkeypatch):
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    leaver, holder = CoEntrepreneurFactory.create_batch(2, listed=True)
    CoEntrepreneur.objects.filter(pk=leaver.pk).update(departed_on=tomorrow)
    label = Label.objects.create(slug="un-label", name="Un label")
    Certification.objects.create(co_entrepreneur=holder, label=label, proof="x.pdf", expires_on=today)
    before = facets(current())

    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)

    assert before["published"] == {leaver.pk, holder.pk}
    assert before["label", "un-label"] == {holder.pk}
    assert facets(current()) == facets(Index.load(catalogue_version()))
    assert set(current().published) == {holder.pk}
    assert ("label", "un-label") not in facets(current())


@pytest.mark.django_db(transaction=True)
def test_each_fiche_has_the_version_in_which_it_last_moved_ticked_or_not():
    moves, leaves, stays = CoEntrepreneurFactory.create_batch(3, listed=True)
    before = catalogue_version().number
    CoEntrepreneur.objects.filter(pk=leaves.pk).update(client_public=False)
    CoEntrepreneur.objects.filter(pk=moves.pk).update(headline="Un titre")
    CoEntrepreneur.objects.filter(pk=moves.pk).update(headline="Un autre titre")

    moved_in = dict(CatalogueChange.objects.values_list("co_entrepreneur_id", "version"))

    assert moved_in.pop(stays.pk) <= before
    assert moved_in == {leaves.pk: before + 1, moves.pk: before + 3}


@pytest.mark.django_db(transaction=True)
def test_threads_share_an_index_while_it_is_followed(monkeypatch):
    fiche = CoEntrepreneurFactory(listed=True)
    # Enough for the order of a page to walk the ring, and for threads to change places anywhere.
    monkeypatch.setattr(index_module, "FEW", 0)
    monkeypatch.setattr(index_module, "KEPT_TEXTS", 1)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    index, version = current(), catalogue_version()
    end = time.monotonic() + 2

    def read(thread):
        turn = 0
        while time.monotonic() < end:
            turn += 1
            key = f"{thread}-{turn}"
            for part in range(20):
                index.members(Term(key, key, (f"{key}-{part}",)))
            assert index.in_rotation(index.ticked, key, 0, 1) == [fiche.pk]
            index.answering(f"'mot{turn % 3}'")

    def follow():
        while time.monotonic() < end:
            index.updated(version, [fiche.pk])

    try:
        outcomes = at_once(follow, *[lambda thread=thread: read(thread) for thread in range(3)])
    finally:
        sys.setswitchinterval(interval)

    assert outcomes == [None] * 4


@pytest.mark.django_db
def test_it_is_read_in_a_request_whose_author_the_history_keeps():
    fiche = CoEntrepreneurFactory(listed=True)

    with pghistory.context(user=None):
        index = current()

    assert list(index.published) == [fiche.pk]


@pytest.mark.django_db(transaction=True)
def test_the_version_is_the_same_however_it_is_asked():
    for _ in range(3):
        CoEntrepreneurFactory(listed=True)
        glanced = catalogue_version()

        with CaptureQueriesContext(connection) as asked:
            assert catalogue_version() == glanced
        assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_the_version_is_told_again_after_its_connection_was_lost():
    before = catalogue_version()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    other.close()

    assert catalogue_version() == before
    assert catalogue_version() == before


@pytest.mark.django_db(transaction=True)
def test_who_was_told_an_earlier_version_gets_the_later_index(django_assert_num_queries):
    CoEntrepreneurFactory(listed=True)
    earlier = catalogue_version()
    fiche = CoEntrepreneurFactory(listed=True)
    later = current()

    with django_assert_num_queries(0):
        assert current(earlier) is later
    assert fiche.pk in later.published
