"""What ends before the contract does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import Certification, Insurance, Label, TeamMember
from directory.tenders.team import actions as team_actions
from directory.tenders.team.composition import compose, seats_of, warnings
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import (
    CoEntrepreneurFactory,
    ReferentFactory,
)
from tests.tenders.team.asking import team_url

pytestmark = pytest.mark.django_db
Role, State = TeamMember.Role, TeamMember.State
DAY = timedelta(days=1)


def holes(consultation):
    return {row.need.label for row in compose(consultation).holes}


def test_what_ends_before_the_contract_is_told_by_person():
    ends_on = timezone.localdate() + 400 * DAY
    consultation = led(contract_ends_on=ends_on)
    cape = CoEntrepreneurFactory(
        first_name="Nora", last_name="Cape", contract_stage="cape", contract_ends_on=ends_on - DAY
    )
    leaving = CoEntrepreneurFactory(first_name="Lou", last_name="Part", departed_on=ends_on)
    insured = CoEntrepreneurFactory(first_name="Ève", last_name="Décennale")
    fine = CoEntrepreneurFactory(contract_ends_on=ends_on)
    for member in (cape, leaving, insured, fine):
        seat(consultation, co_entrepreneur=member)
    Insurance.objects.create(kind="rc_pro", insurer="A", expires_on=ends_on - DAY)
    Insurance.objects.create(co_entrepreneur=insured, kind="decennale", insurer="B", expires_on=ends_on - DAY)
    Insurance.objects.create(co_entrepreneur=fine, kind="decennale", insurer="B", expires_on=ends_on)
    Certification.objects.create(co_entrepreneur=insured, label=Label.objects.first(), expires_on=ends_on - DAY)

    told = dict(warnings(consultation, seats_of(consultation)))

    assert list(told) == ["La coopérative", "Nora Cape", "Lou Part", "Ève Décennale"]
    assert told["Nora Cape"][0].startswith("CAPE : se termine le")
    assert told["Lou Part"][0].startswith("quitte la coopérative le")
    assert [sentence.partition(" :")[0] for sentence in told["Ève Décennale"]] == [
        "Garantie décennale",
        Label.objects.first().name,
    ]


def test_an_insurance_renewed_or_endless_is_not_told():
    consultation = led(contract_ends_on=timezone.localdate() + 400 * DAY)
    for expires_on in (timezone.localdate() - DAY, consultation.contract_ends_on):
        Insurance.objects.create(kind="rc_pro", insurer="A", expires_on=expires_on)
    Insurance.objects.create(kind="autre", insurer="A", expires_on=timezone.localdate())
    Insurance.objects.create(kind="autre", insurer="A", expires_on=None)

    assert warnings(consultation, seats_of(consultation)) == []


def test_without_an_end_the_deadline_counts():
    consultation = led()
    lead = lead_of(consultation)
    lead.contract_ends_on = timezone.localdate(consultation.deadline) - DAY
    lead.save()

    [(name, _)] = warnings(consultation, seats_of(consultation))

    assert name == lead.name


def test_contracts_are_told_to_the_lead_and_the_referents_not_to_the_others():
    opener, referent = CoEntrepreneurFactory(), ReferentFactory()
    consultation = led(by=opener)
    ending = CoEntrepreneurFactory(contract_stage="cape", contract_ends_on=timezone.localdate())
    seat(consultation, co_entrepreneur=ending)
    lead = seat(consultation, co_entrepreneur=CoEntrepreneurFactory(referent=referent))
    team_actions.change_role(seat_pk=lead.pk, role=Role.LEAD, mission="")

    def told(person):
        return any(
            "CAPE" in browser_of(person).get(url).text
            for url in (f"/consultations/{consultation.pk}/", team_url(consultation))
        )

    assert [told(person) for person in (lead.co_entrepreneur, referent, opener, ending)] == [True, True, False, False]
