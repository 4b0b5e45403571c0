import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.decisions import Refused
from directory.doors import links
from directory.models import Certification, CpvCode, Department, Insurance, Label, PublicClient, TeamMember
from directory.search.rotation import place, today_seed
from directory.tenders.team import actions as team_actions
from directory.tenders.team.composition import compose, seats_of, warnings
from tests.factories import (
    CoEntrepreneurFactory,
    PublicClientFactory,
    ReferenceFactory,
    ReferentFactory,
    SkillFactory,
)
from tests.jobs import run_jobs

from .cast import browser_of, lead_of, led, seat

pytestmark = pytest.mark.django_db
Role, State = TeamMember.Role, TeamMember.State
DAY = timedelta(days=1)


def team_url(consultation, *parts):
    return "/".join([f"/consultations/{consultation.pk}/equipe", *map(str, parts), ""])


def listed(**kwargs):
    return CoEntrepreneurFactory(listed=True, **kwargs)


def asking(skills=(), cpv=(), departments=(), **kwargs):
    """A consultation that asks for these."""
    consultation = led(**kwargs)
    consultation.skills.set(skills)
    consultation.cpv_codes.set(cpv)
    consultation.departments.set(departments)
    return consultation


def holes(consultation):
    return {row.need.label for row in compose(consultation).holes}


def suggested(consultation):
    return {row.need.label: [one.fiche for one in row.suggestions] for row in compose(consultation).holes}


# --- Who brings what --------------------------------------------------------------------------------------------------


def test_what_nobody_brings_is_a_hole():
    mine, missing = SkillFactory(name="Facilitation d’essai"), SkillFactory(name="Chiffrage d’essai")
    consultation = asking(skills=[mine, missing])
    lead_of(consultation).skills.add(mine)

    assert holes(consultation) == {"Chiffrage d’essai"}


@pytest.mark.parametrize(
    ("declared", "asked", "is_covered"),
    [
        ("80500000", "80500000", True),
        ("80530000", "80500000", True),  # finer than what is asked
        ("80500000", "80530000", False),  # a group says too little of a class
        ("80530000", "80532000", True),  # a class covers its categories
        ("79000000", "80500000", False),
    ],
)
def test_a_code_is_covered_as_the_catalogue_understands_it(declared, asked, is_covered):
    for code in {declared, asked}:
        CpvCode.objects.get_or_create(code=code, defaults={"label": f"Code {code}"})
    consultation = asking(cpv=[asked])
    lead_of(consultation).cpv_codes.add(declared)

    assert bool(holes(consultation)) is not is_covered


def test_a_zone_is_covered_by_who_works_there_or_everywhere():
    herault, gard = Department.objects.get(pk="34"), Department.objects.get(pk="30")
    consultation = asking(departments=[herault, gard])
    lead_of(consultation).departments.add(herault)

    assert holes(consultation) == {"Gard"}
    seat(consultation, co_entrepreneur=listed(nationwide=True))
    assert holes(consultation) == set()


def test_who_is_invited_fills_for_the_time_being_who_declined_or_stands_in_does_not():
    skill = SkillFactory()
    consultation = asking(skills=[skill])
    declined = seat(consultation, co_entrepreneur=listed(skills=[skill]), state=State.DECLINED)
    seat(consultation, co_entrepreneur=listed(skills=[skill]), role=Role.STAND_IN)
    assert holes(consultation) == {skill.name}

    seat(consultation, co_entrepreneur=listed(skills=[skill]), state=State.INVITED)

    composition = compose(consultation)
    assert composition.holes == []
    assert composition.is_awaiting
    assert composition.declined == [declined]


# --- Who could --------------------------------------------------------------------------------------------------------


def test_who_fills_most_holes_comes_first_then_the_fair_order_never_the_name():
    one, two = SkillFactory(), SkillFactory()
    consultation = asking(skills=[one, two])
    both = listed(last_name="Zola", skills=[one, two])
    single = [listed(last_name=name, skills=[one]) for name in ("Abel", "Blanc", "Costa")]

    found = suggested(consultation)[one.name]

    turn = sorted(single, key=lambda fiche: place(today_seed(), fiche.pk))
    assert found == [both, *turn[:2]]


def test_only_listed_members_who_are_not_in_the_team_are_suggested():
    skill = SkillFactory()
    consultation = asking(skills=[skill])
    CoEntrepreneurFactory(skills=[skill])
    listed(skills=[skill], departed_on=timezone.localdate())
    seat(consultation, co_entrepreneur=listed(skills=[skill]), state=State.DECLINED)
    expected = listed(skills=[skill])

    assert suggested(consultation) == {skill.name: [expected]}


def test_a_suggestion_says_why():
    skill, other = SkillFactory(name="Facilitation d’essai"), SkillFactory(name="Rédaction d’essai")
    herault = Department.objects.get(pk="34")
    buyer = PublicClientFactory(name="Ville de Lodève", type=PublicClient.Type.MUNICIPALITY)
    consultation = asking(skills=[skill, other], departments=[herault], buyer=buyer)
    lead_of(consultation).departments.add(herault)
    fiche = listed(skills=[skill, other], departments=[herault])
    ReferenceFactory(co_entrepreneur=fiche, client=buyer, publishable=False)
    ReferenceFactory(co_entrepreneur=fiche, client__type=PublicClient.Type.MUNICIPALITY)
    ReferenceFactory(co_entrepreneur=fiche, client__type=PublicClient.Type.HEALTH)
    ReferenceFactory(co_entrepreneur=fiche, client=buyer, state="to_validate", decided_at=None)

    page = browser_of(lead_of(consultation)).get(team_url(consultation)).text

    for words in (
        "Comble 2 manques : Facilitation d’essai, Rédaction d’essai",
        "aussi : Hérault",
        "A déjà travaillé pour Ville de Lodève",
        "2 références pour ce type de client (Commune)",
    ):
        assert words in page


def test_a_hole_is_filled_from_its_suggestion_with_a_short_message():
    skill = SkillFactory(name="Facilitation d’essai")
    consultation = asking(skills=[skill])
    fiche = listed(skills=[skill])
    browser = browser_of(lead_of(consultation))
    link = re.search(
        rf'href="({team_url(consultation, "inviter")}\?qui=[^"]*)"', browser.get(team_url(consultation)).text
    )
    form = browser.get(html.unescape(link[1])).context["form"]
    answer_by = timezone.localdate() + 3 * DAY
    typed = {name: form[name].value() for name in ("co_entrepreneur", "role", "mission")}
    typed |= {"message": "Vous animez si bien.", "answer_by": answer_by.isoformat()}

    response = browser.post(team_url(consultation, "inviter"), typed, follow=True)

    invited = consultation.team.get(co_entrepreneur=fiche)
    assert (invited.state, invited.role, invited.mission) == (State.INVITED, Role.MEMBER, "Facilitation d’essai")
    assert (invited.message, invited.answer_by) == ("Vous animez si bien.", answer_by)
    assert "Rien ne manque" in response.text
    [message] = run_jobs()
    assert message.to == [fiche.email]
    assert "Vous animez si bien." in message.body
    assert "Réponse souhaitée le" in message.body
    assert "Vous animez si bien." in browser_of(fiche).get(links.INVITATION.path(invited)).text


def test_the_page_costs_the_same_queries_whatever_the_team_and_the_catalogue():
    consultation = asking(
        skills=[SkillFactory(), SkillFactory()], cpv=["80500000"], departments=[Department.objects.get(pk="34")]
    )
    browser = browser_of(lead_of(consultation))
    counts = []
    for number in (1, 6):
        for _ in range(number):
            seat(consultation, co_entrepreneur=listed(skills=list(consultation.skills.all())[:1], nationwide=True))
            listed(skills=list(consultation.skills.all()), cpv_codes=["80500000"])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(team_url(consultation)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 22


# --- What ends too early ----------------------------------------------------------------------------------------------


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
    assert told["Nora Cape"][0].startswith("CAPE : se termine le")
    assert told["Lou Part"][0].startswith("quitte la coopérative le")
    assert [sentence.partition(" :")[0] for sentence in told["Ève Décennale"]] == [
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


# --- Who is in --------------------------------------------------------------------------------------------------------


def invite(browser, consultation, fiche, **changed):
    data = {"co_entrepreneur": fiche.pk, "role": "member", "mission": "Animer"} | changed
    return browser.post(team_url(consultation, "inviter"), data)


def test_a_second_click_invites_once():
    consultation, fiche = led(), listed()
    browser = browser_of(lead_of(consultation))

    for _ in range(2):
        invite(browser, consultation, fiche)

    assert consultation.team.filter(co_entrepreneur=fiche).count() == 1
    assert len(run_jobs()) == 1


def test_an_invitation_that_lies_for_a_day_may_be_sent_again():
    consultation, fiche = led(), listed()
    old = seat(consultation, co_entrepreneur=fiche, state=State.INVITED, invited_at=timezone.now() - 2 * DAY)
    browser = browser_of(lead_of(consultation))

    assert "Renvoyer l’invitation" in browser.get(team_url(consultation)).text
    invite(browser, consultation, fiche)

    old.refresh_from_db()
    assert old.invited_at > timezone.now() - DAY
    assert len(run_jobs()) == 1


def test_who_declined_may_be_asked_again():
    consultation, fiche = led(), listed()
    seat(consultation, co_entrepreneur=fiche, state=State.DECLINED, answer_word="Pas libre")

    invite(browser_of(lead_of(consultation)), consultation, fiche)

    again = consultation.team.get(co_entrepreneur=fiche)
    assert (again.state, again.answer_word, again.answered_at) == (State.INVITED, "", None)


def test_a_stand_in_stands_in_for_someone():
    consultation, fiche = led(), listed()
    lead = consultation.team.get()

    invite(browser_of(lead_of(consultation)), consultation, fiche, role="stand_in", stands_in_for=lead.pk)

    [message] = run_jobs()
    assert consultation.team.get(co_entrepreneur=fiche).stands_in_for == lead
    assert f"Suppléant de {lead.co_entrepreneur.name}" in message.body


def test_a_member_stands_in_for_nobody_whatever_is_sent():
    consultation, fiche = led(), listed()

    invite(browser_of(lead_of(consultation)), consultation, fiche, stands_in_for=consultation.team.get().pk)

    assert consultation.team.get(co_entrepreneur=fiche).stands_in_for is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"co_entrepreneur": ""},
        {"co_entrepreneur": "\x00"},
        {"co_entrepreneur": "999999999999999999999"},
        {"role": "chef"},
        {"role": "lead"},
        {"mission": "x" * 201},
        {"mission": "a\x00"},
        {"message": "x" * 1001},
        {"answer_by": "hier"},
        {"answer_by": "2020-01-01"},
        {"answer_by": "2100-01-01"},
        {"role": "stand_in", "stands_in_for": "0"},
    ],
)
def test_a_wrong_invitation_is_given_back(wrong):
    consultation, fiche = led(), listed()

    response = invite(browser_of(lead_of(consultation)), consultation, fiche, **wrong)

    assert response.status_code == 200
    assert "à corriger" in response.text
    assert wrong.get("message", "") in response.text
    assert consultation.team.count() == 1


def test_who_is_not_listed_is_not_invited():
    consultation = led()

    response = invite(browser_of(lead_of(consultation)), consultation, CoEntrepreneurFactory())

    assert "n’est plus au catalogue" in response.text
    assert consultation.team.count() == 1


@pytest.mark.parametrize(
    "over", [{"deadline": timezone.now() - DAY}, {"outcome": "won", "outcome_on": timezone.localdate()}]
)
def test_once_it_is_over_the_team_stays(over):
    consultation, fiche = led(**over), listed()
    browser = browser_of(lead_of(consultation))
    there = seat(consultation, co_entrepreneur=listed())

    response = invite(browser, consultation, fiche)
    browser.post(team_url(consultation, there.pk, "retirer"))

    assert response.status_code == 409
    assert "l’équipe ne change plus" in response.text
    assert consultation.team.count() == 2


def change(browser, consultation, place, **changed):
    data = {"role": place.role, "mission": place.mission} | changed
    return browser.post(
        team_url(consultation, place.pk), {f"place-{place.pk}-{name}": value for name, value in data.items()}
    )


def test_a_role_changes_and_the_person_knows():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed())

    change(browser_of(lead_of(consultation)), consultation, place, role="stand_in", mission="Relire")

    place.refresh_from_db()
    assert (place.role, place.mission, place.state) == (Role.STAND_IN, "Relire", State.ACCEPTED)
    [message] = run_jobs()
    assert message.to == [place.co_entrepreneur.email]
    assert "Rôle : Suppléant" in message.body


def test_handing_over_the_lead_makes_a_member_of_the_former_one():
    opener = CoEntrepreneurFactory()
    consultation = led(by=opener)
    former, place = consultation.team.get(), seat(consultation, co_entrepreneur=listed())

    response = change(browser_of(opener), consultation, place, role="lead")

    former.refresh_from_db()
    place.refresh_from_db()
    assert (former.role, place.role) == (Role.MEMBER, Role.LEAD)
    assert response.url == team_url(consultation)
    assert {message.to[0] for message in run_jobs()} == {opener.email, place.co_entrepreneur.email}


def test_a_lead_who_did_not_open_it_hands_over_and_reads_on():
    consultation = led()
    former = consultation.team.get()
    former.co_entrepreneur = listed()
    former.save()
    place = seat(consultation, co_entrepreneur=listed())

    response = change(browser_of(former.co_entrepreneur), consultation, place, role="lead")

    assert response.url == f"/consultations/{consultation.pk}/"
    assert browser_of(former.co_entrepreneur).get(response.url).status_code == 200


def test_one_leads_only_once_one_has_accepted():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed(), state=State.INVITED)

    response = change(browser_of(lead_of(consultation)), consultation, place, role="lead")

    assert response.status_code == 200
    with pytest.raises(Refused, match="pas encore accepté"):
        team_actions.change_role(seat_pk=place.pk, role=Role.LEAD, mission="")


def test_the_lead_does_not_step_down_or_leave_without_a_successor():
    consultation = led()
    lead = consultation.team.get()
    browser = browser_of(lead.co_entrepreneur)

    change(browser, consultation, lead, role="member")
    browser.post(team_url(consultation, lead.pk, "retirer"))

    with pytest.raises(Refused, match="Une équipe a un pilote"):
        team_actions.change_role(seat_pk=lead.pk, role=Role.MEMBER, mission="")
    lead.refresh_from_db()
    assert lead.role == Role.LEAD


def test_there_is_no_second_lead():
    consultation = led()

    with pytest.raises(Refused, match="pilote déjà"):
        team_actions.invite(consultation_pk=consultation.pk, co_entrepreneur=listed(), role=Role.LEAD)


def test_when_the_lead_declined_another_is_asked():
    consultation, fiche = led(), listed()
    consultation.team.update(state=State.DECLINED)

    invite(browser_of(consultation.author_member), consultation, fiche, role="lead")

    assert consultation.team.get(co_entrepreneur=fiche).role == Role.LEAD


def test_someone_removed_knows_and_their_stand_in_stays():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed())
    stand_in = seat(consultation, co_entrepreneur=listed(), role=Role.STAND_IN, stands_in_for=place)

    browser_of(lead_of(consultation)).post(team_url(consultation, place.pk, "retirer"))

    stand_in.refresh_from_db()
    assert not consultation.team.filter(pk=place.pk).exists()
    assert stand_in.stands_in_for is None
    [message] = run_jobs()
    assert message.to == [place.co_entrepreneur.email]


def test_who_declined_is_removed_without_a_mail():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed(), state=State.DECLINED)

    browser_of(lead_of(consultation)).post(team_url(consultation, place.pk, "retirer"))

    assert consultation.team.count() == 1
    assert run_jobs() == []


def test_a_seat_of_another_team_is_not_found():
    consultation, other = led(), led()
    place = seat(other, co_entrepreneur=listed())
    browser = browser_of(lead_of(consultation))

    answers = [change(browser, consultation, place), browser.post(team_url(consultation, place.pk, "retirer"))]

    assert [response.status_code for response in answers] == [404, 404]
    assert other.team.filter(pk=place.pk).exists()
