"""What a team lacks, and who could bring it."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.doors import links
from directory.models import CpvCode, Department, PublicClient, TeamMember
from directory.search.rotation import place, today_seed
from directory.tenders.team.composition import compose
from tests.cast import browser_of, lead_of, seat
from tests.factories import (
    CoEntrepreneurFactory,
    PublicClientFactory,
    ReferenceFactory,
    SkillFactory,
)
from tests.jobs import run_jobs
from tests.tenders.team.asking import asking, listed, team_url

pytestmark = pytest.mark.django_db
Role, State = TeamMember.Role, TeamMember.State


def holes(consultation):
    return {row.need.label for row in compose(consultation).holes}


def suggested(consultation):
    return {row.need.label: [one.fiche for one in row.suggestions] for row in compose(consultation).holes}


# --- Who brings what -----------------------------------------------------------------------------------------------


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


# --- Who could -----------------------------------------------------------------------------------------------------


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
        "Comble 2 manques : Facilitation d’essai, Rédaction d’essai",
        "aussi : Hérault",
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
    answer_by = timezone.localdate() + timedelta(days=3)
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
