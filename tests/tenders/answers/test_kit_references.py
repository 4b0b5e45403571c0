import pytest
from django.urls import reverse

from directory.tenders.team.selection import MOST_REFERENCES, references_of, team_of
from tests.cast import browser_of, everyone, lead_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db


def page(consultation):
    return reverse("tenders:kit_references", args=[consultation.pk])


def held_by(consultation, count, **kwargs):
    return ReferenceFactory.create_batch(count, co_entrepreneur=lead_of(consultation), **kwargs)


def in_kit(consultation):
    return references_of(consultation, team_of(consultation))


def test_what_is_ticked_goes_into_the_kit(consultation):
    _, chosen, _ = held_by(consultation, 3)

    response = browser_of(lead_of(consultation)).post(page(consultation), {"references": [chosen.pk]})

    assert response.status_code == 302
    assert in_kit(consultation) == [chosen]


def test_nothing_ticked_lets_the_nearest_go_by_themselves(consultation):
    held = held_by(consultation, 2)
    consultation.references.set(held[:1])

    browser_of(lead_of(consultation)).post(page(consultation), {})

    assert set(in_kit(consultation)) == set(held)


def test_what_goes_by_itself_is_ticked_at_first(consultation):
    held_by(consultation, 2)

    response = browser_of(lead_of(consultation)).get(page(consultation))

    assert response.content.decode().count(" checked") == 2


def test_one_that_is_no_longer_validated_stays_out(consultation):
    kept, gone = held_by(consultation, 2)
    consultation.references.set([kept, gone])
    type(gone).objects.filter(pk=gone.pk).update(state="to_validate")

    assert in_kit(consultation) == [kept]


def test_somebody_elses_reference_is_refused(consultation):
    stranger = ReferenceFactory(co_entrepreneur=CoEntrepreneurFactory())

    response = browser_of(lead_of(consultation)).post(page(consultation), {"references": [stranger.pk]})

    assert "n’est plus de celles de l’équipe" in response.content.decode()
    assert not consultation.references.exists()


def test_too_many_are_refused_and_stay_ticked(consultation):
    held = held_by(consultation, MOST_REFERENCES + 1)

    response = browser_of(lead_of(consultation)).post(page(consultation), {"references": [one.pk for one in held]})

    content = response.content.decode()
    assert f"Gardez {MOST_REFERENCES} références au plus." in content
    assert content.count(" checked") == MOST_REFERENCES + 1


def test_only_who_may_change_the_consultation_chooses():
    consultation, people = everyone()

    may = {name for name, one in people.items() if browser_of(one).get(page(consultation)).status_code == 200}

    assert may == {"lead", "opener", "referent of the lead", "administrator"}
