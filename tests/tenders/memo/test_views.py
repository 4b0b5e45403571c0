import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from directory.models import MemoPart
from directory.tenders.memo import start_memo
from tests.cast import browser_of, everyone, lead_of, led
from tests.factories import MemoTrameFactory

pytestmark = pytest.mark.django_db


def begun(consultation=None):
    """A consultation whose memo has two sections."""
    consultation = consultation or led()
    trame = MemoTrameFactory(introduction="Pour former.")
    trame.sections.create(position=1, kind="understanding", title="Comprendre", guidance="Citez.", body="À [[lieu]].")
    trame.sections.create(position=2, kind="team", title="L’équipe", body="Nous deux.")
    start_memo(consultation, trame)
    return consultation


def url(name, consultation, *args):
    return reverse(f"tenders:{name}", args=[consultation.pk, *args])


def part_url(part):
    return reverse("tenders:memo_part", args=[part.consultation_id, part.pk])


def typed(part, **changed):
    return {"title": part.title, "criterion": "", "body": part.body, "version": part.version} | changed


@pytest.fixture
def consultation():
    return begun()


@pytest.fixture
def part(consultation):
    return consultation.memo_parts.first()


# --- Who ---------------------------------------------------------------------------------------------------------

WRITERS = {"lead", "opener", "referent of the lead", "administrator"}
READERS = {"invited", "accepted", "concerned referent"} | WRITERS


@pytest.mark.parametrize("name", ["memo", "memo_file", "memo_part"])
def test_only_the_team_and_its_referents_read_a_memo(name):
    consultation, people = everyone()
    part = begun(consultation).memo_parts.first()
    address = url(name, consultation, *([part.pk] if name == "memo_part" else []))

    can = {who for who, person in people.items() if browser_of(person).get(address).status_code == 200}

    assert can == READERS


@pytest.mark.parametrize("name", ["memo_trame", "memo_add", "memo_part", "memo_move", "memo_remove"])
def test_only_who_may_change_the_consultation_writes(name):
    consultation, people = everyone()
    part = begun(consultation).memo_parts.first()
    address = url(name, consultation, *([part.pk] if name.startswith(("memo_part", "memo_m", "memo_r")) else []))

    refused = {who for who, person in people.items() if browser_of(person).post(address, {}).status_code == 404}

    # The first of those who may takes the section out: for the others too, there is nothing left.
    assert refused & READERS == READERS - WRITERS or name == "memo_remove"
    assert refused >= people.keys() - WRITERS


def test_nobody_in_particular_is_asked_who_they_are(client, consultation):
    response = client.get(url("memo", consultation))

    assert response.status_code == 302
    assert "/mon-espace/connexion/" in response.url


def test_a_section_is_not_reached_through_another_consultation(as_lead, consultation, part):
    other = led(by=lead_of(consultation))

    assert as_lead.get(url("memo_part", other, part.pk)).status_code == 404


def test_who_may_only_read_reads_the_text_and_what_is_left():
    consultation, people = everyone()
    part = begun(consultation).memo_parts.first()

    text = browser_of(people["accepted"]).get(part_url(part)).text

    assert "<mark>À adapter : lieu</mark>" in text
    assert "<textarea" not in text


# --- Trames and sections -----------------------------------------------------------------------------------------


def test_a_memo_starts_from_a_trame_that_is_offered():
    consultation = led()
    MemoTrameFactory(name="Ancienne trame", is_offered=False)
    trame = MemoTrameFactory(name="Trame qui sert", introduction="Pour former.")
    trame.sections.create(kind="team", title="L’équipe")
    browser = browser_of(lead_of(consultation))

    page = browser.get(url("memo", consultation), follow=True)
    browser.post(url("memo_trame", consultation), {"trame": trame.pk})

    assert "Trame qui sert" in page.text
    assert "Ancienne trame" not in page.text
    assert consultation.memo_parts.get().title == "L’équipe"


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 5000, "\x00"])
def test_a_trame_that_does_not_exist_is_said(as_lead, consultation, chosen):
    response = as_lead.post(url("memo_trame", consultation), {"trame": chosen})

    assert response.status_code == 200
    assert "à corriger" in response.text
    assert consultation.memo_parts.count() == 2


def test_changing_trames_says_what_is_kept(as_lead, consultation, part):
    as_lead.post(part_url(part), typed(part, body="Écrit."))

    text = as_lead.get(url("memo_trame", consultation)).text

    assert "<li>Comprendre</li>" in text
    assert "<li>L’équipe</li>" not in text.split("Les autres sections")[0]


def test_the_page_counts_what_is_left_by_section_and_in_all(as_lead, consultation):
    text = as_lead.get(url("memo", consultation)).text

    assert 'data-total="1"' in text
    assert re.findall(r'data-reste="(\d+)"', text) == ["1", "0"]
    assert "S’ajoute de soi-même : 1 personne" in text


def test_the_page_costs_a_fixed_number_of_queries(as_lead, consultation, django_assert_num_queries):
    as_lead.get(url("memo", consultation))
    with django_assert_num_queries(11):
        as_lead.get(url("memo", consultation))
    MemoPart.objects.bulk_create(MemoPart(consultation=consultation, title=f"S{n}") for n in range(20))
    with django_assert_num_queries(11):
        as_lead.get(url("memo", consultation))


def test_sections_are_added_moved_and_taken_out(as_lead, consultation):
    as_lead.post(url("memo_add", consultation), {"title": "Variante", "kind": "other"})
    added = consultation.memo_parts.last()
    as_lead.post(url("memo_move", consultation, added.pk), {"sens": "monter"})
    as_lead.post(url("memo_remove", consultation, consultation.memo_parts.first().pk))

    assert [part.title for part in consultation.memo_parts.all()] == ["Variante", "L’équipe"]


def test_a_section_is_taken_out_only_by_a_click_that_confirms(as_lead, consultation, part):
    text = as_lead.get(url("memo_remove", consultation, part.pk)).text

    assert "son texte est perdu" in text
    assert consultation.memo_parts.count() == 2


# --- Writing -----------------------------------------------------------------------------------------------------


def test_a_section_is_written_and_what_is_left_is_listed(as_lead, part):
    page = as_lead.get(part_url(part))
    body = "Pour [[qui]] et [[quand]].\r\n- un"

    answer = as_lead.post(part_url(part), typed(part, body=body, criterion="Valeur technique"), follow=True)

    part.refresh_from_db()
    assert "Citez." in page.text
    assert (part.body, part.criterion, part.version) == ("Pour [[qui]] et [[quand]].\n- un", "Valeur technique", 2)
    assert 'data-reste="2"' in answer.text
    assert "<mark>quand</mark>" in answer.text


def test_who_saves_over_another_is_told_loses_nothing_and_saves_at_the_next_click(as_lead, part):
    as_lead.post(part_url(part), typed(part, body="De la première."))

    refused = as_lead.post(part_url(part), typed(part, body="De la seconde."))

    part.refresh_from_db()
    assert refused.status_code == 409
    assert part.body == "De la première."
    assert "De la seconde.</textarea>" in refused.text
    assert "De la première.</div>" in refused.text
    assert "rien n’est enregistré" in refused.text
    version = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    as_lead.post(part_url(part), typed(part, body="De la seconde.", version=version))
    part.refresh_from_db()
    assert part.body == "De la seconde."


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 400, "\x00"])
def test_a_save_without_the_version_writes_nothing(as_lead, part, version):
    refused = as_lead.post(part_url(part), typed(part, body="Autre.", version=version))

    part.refresh_from_db()
    assert refused.status_code == 409
    assert part.version == 1


def test_the_text_of_a_section_taken_out_meanwhile_comes_back_as_a_new_one(as_lead, consultation, part):
    part.delete()

    refused = as_lead.post(url("memo_part", consultation, 10**6), typed(part, title="Mon titre", body="Mon texte."))

    assert refused.status_code == 409
    assert 'value="Mon titre"' in refused.text
    as_lead.post(url("memo_add", consultation), {"title": "Mon titre", "kind": "other", "body": "Mon texte."})
    assert consultation.memo_parts.last().body == "Mon texte."


@pytest.mark.parametrize("changed", [{"title": ""}, {"title": "é" * 200}, {"body": "é" * 20_001}, {"body": "a\x00b"}])
def test_what_cannot_be_saved_stays_in_the_form(as_lead, part, changed):
    response = as_lead.post(part_url(part), typed(part, **changed))

    part.refresh_from_db()
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.text
    assert part.version == 1
    assert all(value.strip("\x00")[-1:] in response.text for value in changed.values())


def test_a_body_of_20_000_characters_on_many_lines_is_kept(as_lead, part):
    body = "a\r\n" * 10_000

    as_lead.post(part_url(part), typed(part, body=body))

    part.refresh_from_db()
    assert len(part.body) == len("a\n" * 10_000) - 1


def scored(consultation, *, score, **kwargs):
    consultation.outcome, consultation.outcome_on = "won", timezone.localdate()
    consultation.save()
    values = {
        "kind": "understanding",
        "title": "Bien noté",
        "body": "Le besoin tient en trois points.",
        "is_written": True,
    } | kwargs
    return MemoPart.objects.create(consultation=consultation, score=score, score_out_of=20, **values)


def test_sections_that_scored_well_are_proposed_and_taken_without_losing_what_was_typed(as_lead, consultation, part):
    good = scored(led(by=lead_of(consultation), subject="Ailleurs"), score=18)

    page = as_lead.get(part_url(part)).text
    answer = as_lead.post(part_url(part), typed(part, body="Mon début.", reprendre=good.pk))

    assert "18 sur 20" in page
    assert "Mon début.\n\nLe besoin tient en trois points.</textarea>" in answer.text
    part.refresh_from_db()
    assert part.version == 1


def test_a_section_is_found_by_a_criterion_that_looks_the_same(as_lead, consultation, part):
    scored(led(by=lead_of(consultation)), score=15, kind="other", criterion="Compréhension des enjeux")
    part.criterion = "Compréhension des enjeux locaux"
    part.save()

    assert "Bien noté" in as_lead.get(part_url(part)).text


def test_what_scored_badly_or_belongs_to_others_is_not_proposed(as_lead, consultation, part):
    scored(led(by=lead_of(consultation)), score=8, body="Mal noté.")
    others = scored(led(), score=19, body="Secret.")

    answer = as_lead.post(part_url(part), typed(part, body="Mien.", reprendre=others.pk))

    text = as_lead.get(part_url(part)).text
    assert "Mal noté." not in text
    assert "Secret." not in text + answer.text


# --- The document ------------------------------------------------------------------------------------------------


def test_the_memo_is_downloaded_as_a_word_document_that_nobody_keeps(as_lead, consultation):
    response = as_lead.get(url("memo_file", consultation))

    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="memoire-')
    assert "Comprendre" in [one.text for one in Document(BytesIO(response.content)).paragraphs]


def test_there_is_no_document_before_there_is_a_section():
    consultation = led()

    assert browser_of(lead_of(consultation)).get(url("memo_file", consultation)).status_code == 404
