"""What a memo knows by itself, what is left in its sentence, and the save that nobody clicks."""

from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from directory.models import MemoPart, TeamMember
from directory.tenders.memo.known import parts_of
from directory.tenders.memo.text import prompts, quotes
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import CoEntrepreneurFactory

PIECES = ["[[", "]]", "|", "## ", "- ", "\n", ". ", "mot", "\u2028", "x"]


@pytest.fixture
def part(db):
    return led().memo_parts.create(title="Méthode", body="Nous viendrons [[quand]]. Puis nous rendrons le rapport.")


def save(part, browser=None, **typed):
    browser = browser or browser_of(lead_of(part.consultation))
    data = {"title": part.title, "criterion": part.criterion, "body": part.body, "version": part.version} | typed
    return browser.post(f"/consultations/{part.consultation_id}/memoire/{part.pk}/garder/", data)


# --- A prompt in its sentence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Un. Remise sous [[délai]] ouvré. Trois.", "Remise sous ", " ouvré."),
        ("- Équipe de [[nombre]] personnes", "Équipe de ", " personnes"),
        ("## Le [[thème]]", "Le ", ""),
        ("| Étude | [[durée]] | à deux |", "Étude · ", " · à deux"),
        ("Avec [[qui. Et quand ?]] et [[où]].", "Avec ", " et [où]."),
    ],
)
def test_a_prompt_is_quoted_in_its_sentence(text, before, after):
    quote = quotes(text)[0]

    assert (quote["before"].replace(" ·  ", " · "), quote["after"]) == (before, after)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_every_prompt_is_quoted_once_in_order(text):
    assert [quote["prompt"] for quote in quotes(text)] == prompts(text)


def test_the_page_of_a_section_quotes_it(part):
    page = browser_of(lead_of(part.consultation)).get(f"/consultations/{part.consultation_id}/memoire/{part.pk}/")

    assert "Nous viendrons <mark>quand</mark>." in page.text


# --- What is known ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_known_by_now_is_filled_in_everywhere():
    consultation = led(lot="2", contract_ends_on=date(2027, 12, 1))
    body = "[[pilote]], [[téléphone]], [[adresse électronique]], [[acheteur]], [[lot]], [[fin du marché]], [[qui]]"
    part = consultation.memo_parts.create(title="[[objet de la consultation]]", body=body)
    lead = lead_of(consultation)
    lead.phone = "04 67 00 00 00"
    lead.save()

    page = browser_of(lead).get(f"/consultations/{consultation.pk}/memoire/{part.pk}/")

    expected = f"{lead.name}, 04 67 00 00 00, {lead.email}, {consultation.buyer}, 2, 1 décembre 2027, [[qui]]"
    assert page.context["form"]["body"].value().replace("1er", "1") == expected
    assert page.context["form"]["title"].value() == consultation.subject
    part.refresh_from_db()
    assert part.body == body


@pytest.mark.django_db
def test_a_stand_in_who_accepts_later_is_in_the_memo():
    consultation = led()
    consultation.memo_parts.create(title="Équipe", body="[[Prénom et nom du suppléant]]")
    before = parts_of(consultation)[0].body

    stand_in = seat(consultation, role=TeamMember.Role.STAND_IN)

    assert before == "[[Prénom et nom du suppléant]]"
    assert parts_of(consultation)[0].body == stand_in.co_entrepreneur.name


@pytest.mark.django_db
def test_who_left_the_cooperative_is_no_longer_in_the_memo():
    consultation = led()
    consultation.memo_parts.create(title="Équipe", body="[[pilote]], [[équipe]]")
    member = seat(consultation).co_entrepreneur
    lead = lead_of(consultation)
    lead.departed_on = timezone.localdate()
    lead.save()

    assert parts_of(consultation)[0].body == f"[[pilote]], {member.name}"


# --- The save by itself ---------------------------------------------------------------------------------------------


def test_it_saves_and_gives_the_next_version_and_what_is_left(part):
    answer = save(part, body="Nous viendrons lundi avec [[qui]].")
    again = save(part, body="Nous viendrons lundi avec Lou.", version=answer.json()["version"])

    part.refresh_from_db()
    assert (answer.status_code, again.status_code) == (200, 200)
    assert "lundi avec <mark>qui</mark>" in answer.json()["left"]
    assert answer.json()["said"].startswith("Enregistré à")
    assert part.body == "Nous viendrons lundi avec Lou."
    assert (part.updated_by, part.is_written) == (lead_of(part.consultation).name, True)


def test_what_did_not_change_is_not_saved_again(part):
    assert save(part).json()["version"] == part.version


def test_a_conflict_is_told_and_writes_nothing(part):
    save(part, body="La version de Lou.")

    answer = save(part, body="La version de Zoé.")

    part.refresh_from_db()
    assert answer.json()["is_stale"]
    assert "version" not in answer.json()
    assert "Quelqu’un d’autre" in answer.json()["said"]
    assert part.body == "La version de Lou."


def test_what_can_not_be_saved_is_said(part):
    answer = save(part, title="", body="Un texte")

    assert not answer.json()["is_stale"]
    assert "version" not in answer.json()
    assert "Titre" in answer.json()["said"]
    assert MemoPart.objects.get().body == part.body


def test_who_may_not_change_the_memo_saves_nothing(part):
    member = seat(part.consultation).co_entrepreneur

    assert save(part, browser_of(member), body="Autre").status_code == 404
    assert save(part, browser_of(CoEntrepreneurFactory()), body="Autre").status_code == 404
    assert MemoPart.objects.get().body == part.body
