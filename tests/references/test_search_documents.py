"""The documents that the catalogue searches follow shared references, whatever path writes."""

import random

import pytest
from django.db import connection

from directory.models import Participation, PublicClient, Reference, SearchDocument
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.search.test_search_documents import differences

pytestmark = pytest.mark.django_db
State = Reference.State


@pytest.fixture
def fiches():
    return CoEntrepreneurFactory.create_batch(3, listed=True)


def documents(*fiches):
    rows = SearchDocument.objects.in_bulk([fiche.pk for fiche in fiches])
    return [rows[fiche.pk] for fiche in fiches]


def counts(*fiches):
    return [row.references_count for row in documents(*fiches)]


def test_a_reference_counts_for_all_who_took_part(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0], subject="Schéma cyclable")
    Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])

    assert counts(*fiches) == [1, 1, 0]
    assert ["'cyclabl'" in row.document for row in documents(*fiches)] == [True, True, False]


def test_who_leaves_loses_it_and_the_others_keep_it(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0])
    left = Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])

    left.delete()

    assert counts(*fiches) == [1, 0, 0]


def test_a_participation_moved_in_the_database_moves_it(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0])
    Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE directory_participation SET co_entrepreneur_id = %s WHERE co_entrepreneur_id = %s",
            [fiches[2].pk, fiches[1].pk],
        )

    assert counts(*fiches) == [1, 0, 1]


@pytest.mark.parametrize("state", [State.TO_VALIDATE, State.CHANGES_ASKED])
def test_it_counts_once_validated_and_no_more_once_it_waits_again(fiches, state):
    reference = ReferenceFactory(co_entrepreneur=fiches[0], state=State.TO_VALIDATE, comment="À compléter.")
    Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])
    seen = [counts(*fiches)]

    for new in (State.VALIDATED, state):
        Reference.objects.update(state=new)
        seen.append(counts(*fiches))

    assert seen == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


def test_a_client_that_changes_reaches_all_who_served_it(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0])
    Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])

    PublicClient.objects.update(name="Lycée Zwyk", type="college-lycee")

    assert [row.client_types for row in documents(*fiches[:2])] == [["college-lycee"], ["college-lycee"]]
    assert all("'zwyk'" in row.document for row in documents(*fiches[:2]))


def test_deleting_a_reference_takes_it_from_all(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0])
    Participation.objects.create(reference=reference, co_entrepreneur=fiches[1])

    reference.delete()

    assert counts(*fiches) == [0, 0, 0]


def test_the_keeper_takes_part_whatever_path_writes(fiches):
    reference = ReferenceFactory(co_entrepreneur=fiches[0])

    Reference.objects.update(co_entrepreneur=fiches[1])

    assert set(reference.participants.all()) == {fiches[0], fiches[1]}
    assert counts(*fiches) == [1, 1, 0]


def test_random_sharing_leaves_the_documents_equal_to_their_source(fiches):
    draw = random.Random(2026)
    clients = PublicClientFactory.create_batch(2)
    references = [ReferenceFactory(co_entrepreneur=fiche, client=draw.choice(clients)) for fiche in fiches]
    edits = [
        lambda r, f: Participation.objects.get_or_create(reference=r, co_entrepreneur=f),
        lambda r, f: Participation.objects.filter(reference=r, co_entrepreneur=f).delete(),
        lambda r, _: Reference.objects.filter(pk=r.pk).update(state=draw.choice(["validated", "to_validate"])),
        lambda r, _: Reference.objects.filter(pk=r.pk).update(subject=f"Objet {draw.random()}"),
        lambda r, _: Reference.objects.filter(pk=r.pk).update(client=draw.choice(clients)),
        lambda r, f: Reference.objects.filter(pk=r.pk).update(co_entrepreneur=f),
        lambda *_: PublicClient.objects.filter(pk=draw.choice(clients).pk).update(name=f"Client {draw.random()}"),
    ]

    for _ in range(80):
        draw.choice(edits)(draw.choice(references), draw.choice(fiches))

    assert differences() == []
