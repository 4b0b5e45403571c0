import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import documents
from directory.documents import sheet
from directory.documents.typesetting import fitted
from directory.models import Participation
from tests.documents.pdf import Pdf, opened
from tests.documents.words import HOSTILE, INJECTION, PROSE
from tests.factories import (
    CoEntrepreneurFactory,
    ReferenceFactory,
)

pytestmark = pytest.mark.django_db


def test_a_sheet_is_one_page_that_follows_the_charter_and_says_nothing_private(reference):
    data = documents.sheet_data(reference)

    found = opened(data, documents.render_sheet)
    for said in (
        "Former les agents d’accueil", "Ville de Lodève", "Commune", "Hérault (34)", "SIRET 213 401 428 00018",
        "mars 2020", "Titulaire", "de 15 000 à 40 000 € HT", "80500000", "Trois services réunis.", "Observer.",
        "Un livret", "48 agents formés.", "Camille Durand", "Animatrice", "Référence de moins de trois ans",
        "Attestation du client fournie sur demande",
    ):  # fmt: skip
        assert said in found.text
    for private in ("18 400", "18400", "Contact Privé", "contact.prive", "04 99", "privée", "Partie"):
        assert private not in found.text + json.dumps(data, ensure_ascii=False)
    assert found.pages == 1
    assert (data["missing"], data["clipped"]) == ([], [])


def test_a_sheet_is_a_tagged_file_that_a_validator_accepts(reference):
    found = opened(documents.sheet_data(reference), documents.render_sheet)

    assert found.failures == []
    assert found.untitled == []
    assert found.reader.metadata.title == "Référence\xa0: Former les agents d’accueil"
    assert found.tags.count("/H1") == 1
    assert found.tags.count("/TH") == 7
    assert found.alternatives == ["Logo de Crealead"]


def test_a_sheet_of_a_bare_reference_says_what_it_lacks():
    reference = ReferenceFactory(amount=18_400, amount_shown="hidden", state="to_validate", decided_at=None)

    data = documents.sheet_data(reference)

    found = opened(data, documents.render_sheet)
    assert data["missing"] == ["le contexte", "la mission", "les livrables", "les résultats", "un code CPV"]
    assert "Reste à valider" in found.text
    assert "Montant" not in found.text
    assert found.failures == []
    assert found.untitled == []


def test_a_sheet_reads_the_database_in_as_many_queries_whatever_it_holds(reference, django_assert_num_queries):
    for _ in range(3):
        Participation.objects.create(reference=reference, co_entrepreneur=CoEntrepreneurFactory())
    reference.refresh_from_db()

    with django_assert_num_queries(4):
        documents.sheet_data(reference)


def test_a_form_filled_to_the_limit_shrinks_before_it_is_cut(reference):
    reference.context = reference.mission = reference.results = (PROSE * 11)[:900]

    data = documents.sheet_data(reference)

    assert data["clipped"] == []
    assert data["size"] < sheet.ROOMS[0].size
    assert opened(data, documents.render_sheet).pages == 1


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_sheet_takes_one_page_whatever_is_written_in_it(reference, words):
    line = sheet.typeset(words[:300])
    content = sheet.content(reference) | {
        "subject": line,
        "client": line,
        "standing": line,
        "facts": [{"name": "Lieu", "value": line}] * 4,
        "parts": [{"title": f"Partie {number}", "content": sheet.blocks(words)} for number in range(4)],
        "codes": [line] * 20,
        "participants": [{"name": line, "trade_name": line, "part": line}] * 40,
    }

    data = fitted("sheet", content, sheet.ROOMS, sheet.shape)

    found = opened(data, documents.render_sheet)
    assert found.pages == 1
    assert found.failures == []
    assert found.untitled == []
    assert data["clipped"]


def test_the_same_data_make_the_same_bytes(reference):
    data = documents.sheet_data(reference)

    assert documents.render_sheet(data) == documents.render_sheet(json.loads(json.dumps(data)))


def test_nothing_in_the_data_is_read_as_typst(reference):
    reference.subject, reference.mission, reference.place = INJECTION[:200], INJECTION, INJECTION[:120]

    found = opened(documents.sheet_data(reference), documents.render_sheet)

    assert found.text.count("#panic(« x ») $x$ \\u{41} @cible *gras* _mou_ `code` <label> // rien /* rien */") == 3
    assert found.reader.metadata.title.startswith("Référence")


@given(st.text(max_size=300), st.text(max_size=40))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_words_make_a_page_that_a_validator_accepts(reference, words, name):
    content = sheet.content(reference) | {
        "subject": sheet.typeset(name, otherwise="Sans objet"),
        "client": sheet.typeset(name),
        "parts": [{"title": "Mission", "content": sheet.blocks(words)}],
        "participants": [{"name": sheet.typeset(name), "trade_name": "", "part": sheet.typeset(words[:60])}],
    }

    found = Pdf(documents.render_sheet(fitted("sheet", content, sheet.ROOMS, sheet.shape)))

    assert found.pages == 1
    assert found.failures == []
    assert found.untitled == []
