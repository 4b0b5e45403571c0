import copy
import json
import re
import zipfile
from io import BytesIO

import pytest
from django.apps import apps
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from directory.models import Insurance, MemoTrame, TeamMember
from directory.tenders.memo import memo_data, render_memo, start_memo
from tests.factories import (
    ConsultationFactory,
    CvFactory,
    MemoTrameFactory,
    PublicClientFactory,
    ReferenceFactory,
    TeamMemberFactory,
)
from tests.tenders.memo.trames import load

pytestmark = pytest.mark.django_db
HOSTILE = "Évil & <w:p> \"q\" 'a' {{ 7919*7907 }} {% for x in y %} {# c #} {_{ x }_} {_% y %_} ]]> &amp; fin"


@pytest.fixture
def consultation():
    consultation = ConsultationFactory(subject="Former les agents", reference="2026-042")
    load(apps, None)
    start_memo(consultation, MemoTrame.objects.get(name="Formation"))
    return consultation


def opened(content):
    return Document(BytesIO(content))


def text_of(document):
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def headings_of(document, level=1):
    return [one.text for one in document.paragraphs if one.style.name == f"Heading {level}"]


def with_body(data, body):
    """The data of a memo of one section."""
    return data | {"parts": [{"kind": "other", "title": "Essai", "criterion": "", "body": body}]}


# --- What it says ------------------------------------------------------------------------------------------------


def test_the_sections_come_in_their_order_as_headings(consultation):
    parts = list(consultation.memo_parts.values_list("title", flat=True))

    document = opened(render_memo(memo_data(consultation)))

    assert headings_of(document) == [*parts, "Ce qui reste à adapter"]
    assert "Pédagogie et déroulement" in parts
    assert "Phase 1\xa0: préparer" in headings_of(document, 2)


def test_what_the_cooperative_knows_is_filled_in(consultation):
    seat = TeamMemberFactory(consultation=consultation, role=TeamMember.Role.LEAD, mission="Pilotage")
    cv = CvFactory(co_entrepreneur=seat.co_entrepreneur, title="Ingénieure pédagogique", summary="Quinze ans.")
    cv.entries.create(kind="qualification", title="Titre de formatrice", ends_year=2015)
    stand_in = TeamMemberFactory(consultation=consultation, role=TeamMember.Role.STAND_IN, stands_in_for=seat)
    client = PublicClientFactory(name="Commune de Brissac")
    ReferenceFactory(co_entrepreneur=seat.co_entrepreneur, client=client, amount=20_000)
    Insurance.objects.create(insurer="Mutuelle d’essai", policy_number="RC 12")

    text = text_of(opened(render_memo(memo_data(consultation))))

    for words in [
        seat.co_entrepreneur.name,
        f"Suppléant de {seat.co_entrepreneur.name}",
        stand_in.co_entrepreneur.name,
        "Pilotage",
        "Ingénieure pédagogique",
        "Titre de formatrice – 2015",
        "Commune de Brissac (Commune)",
        "de 15 000 à 40 000 € HT",
        "Mutuelle d’essai, n° RC 12",
        "732 829 320 00074",
    ]:
        assert words in text.replace("\xa0", " "), words


def test_neither_the_amount_nor_the_contact_of_a_reference_is_in_the_data(consultation):
    seat = TeamMemberFactory(consultation=consultation)
    ReferenceFactory(co_entrepreneur=seat.co_entrepreneur, amount=23_456, contact_name="Dominique Contact")

    data = json.dumps(memo_data(consultation), ensure_ascii=False)

    assert "23456" not in data
    assert "Dominique Contact" not in data


def test_who_declined_or_left_or_has_not_answered_is_not_in_it(consultation):
    TeamMemberFactory(consultation=consultation, state="invited", answered_at=None)
    TeamMemberFactory(consultation=consultation, state="declined")
    TeamMemberFactory(consultation=consultation, co_entrepreneur__departed_on="2020-01-01")

    assert memo_data(consultation)["team"] == []


def test_prompts_stand_out_and_are_listed_on_the_last_page(consultation):
    data = with_body(memo_data(consultation), "Sous [[délai]], à [[lieu]].\n| Étape | Date |\n| Cadrage | [[jour]] |")

    document = opened(render_memo(data))

    marked = [run.text for run in document.element.body.iter(qn("w:r")) if run.find(f".//{qn('w:rStyle')}") is not None]
    assert marked == ["À adapter : délai", "À adapter : lieu", "À adapter : jour"]
    assert [cell.text for cell in document.tables[-1].rows[1].cells] == [
        "Essai",
        "3",
        "• Sous [délai], à [lieu].\n• Sous [délai], à [lieu].\n• Cadrage · [jour]",
    ]
    assert "3 passages restent à adapter" in text_of(document)


def test_without_prompt_there_is_no_last_page(consultation):
    document = opened(render_memo(with_body(memo_data(consultation), "Tout est dit.")))

    assert headings_of(document) == ["Essai"]
    assert "adapter" not in text_of(document)


# --- What Word needs ---------------------------------------------------------------------------------------------


def test_lists_tables_and_contents_are_words_own(consultation):
    TeamMemberFactory(consultation=consultation)

    document = opened(render_memo(memo_data(consultation)))

    body = document.element.body
    assert {one.style.name for one in document.paragraphs} >= {"List Bullet", "Heading 1", "Heading 2", "toc 1"}
    headed = [table for table in document.tables if table._tbl.find(f".//{qn('w:tblHeader')}") is not None]
    assert len(headed) >= 5
    assert all(table._tbl.tblPr.find(qn("w:tblDescription")) is not None for table in document.tables)
    [toc] = [one for one in body.iter(qn("w:instrText")) if "TOC" in one.text]
    assert '\\o "1-2"' in toc.text
    footer = "".join(one.text for one in document.sections[0].footer._element.iter(qn("w:instrText")))
    assert "PAGE" in footer
    assert "NUMPAGES" in footer


TABLES = """Avant.
| Enjeu | Réponse |
| un | deux |
Après.
## Le calendrier
| Mois | Étape |
| mai | bilan |
- un point
| Seul | Tableau |
| x | y |
| Suite | encore |
"""


def test_tables_have_a_title_and_heads_that_come_again_and_no_paragraph_is_empty(consultation):
    TeamMemberFactory(consultation=consultation)
    data = memo_data(consultation)
    data["parts"][2]["body"] = TABLES

    document = opened(render_memo(data))

    assert [one._p for one in document.paragraphs if not one.text.strip() and not one._p.xpath(".//w:drawing")] == []
    for table in document.tables:
        title = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        said = table._tbl.getprevious().text
        # The line that says what is left to adapt stands between its heading and its table.
        assert title in {said, "Ce qui reste à adapter"}
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == str(
            int(table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None)
        )
    styles = {one.text: one.style.name for one in document.paragraphs}
    assert styles["Après."] == "Après tableau"
    assert styles["un point"] == "Liste après tableau"
    assert "Enjeu, Réponse" in styles


def test_the_memo_says_its_language(consultation):
    document = opened(render_memo(memo_data(consultation)))

    [default] = document.styles.element.xpath("w:docDefaults//w:lang")
    assert default.get(qn("w:val")) == document.core_properties.language == "fr-FR"


def test_fields_are_closed_and_links_of_the_contents_lead_to_a_heading(consultation):
    body = opened(render_memo(memo_data(consultation))).element.body

    kinds = [one.get(qn("w:fldCharType")) for one in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    starts = list(body.iter(qn("w:bookmarkStart")))
    anchors = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert anchors == {one.get(qn("w:name")) for one in starts}
    ids = [one.get(qn("w:id")) for one in starts]
    assert len(ids) == len(set(ids))
    assert sorted(ids) == sorted(one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkEnd")))


def test_the_file_says_what_it_is(consultation):
    document = opened(render_memo(memo_data(consultation)))

    properties = document.core_properties
    assert properties.title == "Mémoire technique – Former les agents"
    assert properties.author == "Crealead"
    assert properties.language == "fr-FR"
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "fr-FR"
    [logo] = document.element.body.iter(qn("wp:docPr"))
    assert logo.get("descr") == "Logo de Crealead"


def test_every_part_of_the_file_is_well_formed_declared_and_related(consultation):
    content = render_memo(memo_data(consultation))

    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        trees = {name: etree.fromstring(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    types = trees["[Content_Types].xml"]
    declared = {one.get("PartName") for one in types} - {None}
    endings = {one.get("Extension") for one in types} - {None}
    assert all(f"/{name}" in declared or name.rsplit(".", 1)[-1] in endings for name in names)
    assert {name.lstrip("/") for name in declared} <= set(names)
    relations = {one.get("Id"): one.get("Target") for one in trees["word/_rels/document.xml.rels"]}
    assert {f"word/{target}" for target in relations.values()} <= set(names)
    document = etree.tostring(trees["word/document.xml"], encoding="unicode")
    assert set(re.findall(r'r:(?:id|embed)="(\w+)"', document)) <= set(relations)


def test_the_same_data_give_the_same_bytes(consultation):
    data = memo_data(consultation)

    assert render_memo(data) == render_memo(json.loads(json.dumps(data)))


# --- Whatever was typed ------------------------------------------------------------------------------------------


def test_what_was_typed_comes_out_as_it_was_wherever_it_stands(consultation):
    TeamMemberFactory(consultation=consultation, mission=HOSTILE[:200])
    data = memo_data(consultation)
    body = f"{HOSTILE}\n- {HOSTILE}\n## {HOSTILE}\n[[{HOSTILE.replace(']]', '')}]]"
    data["parts"][0] |= {"title": HOSTILE, "criterion": HOSTILE, "body": body}
    data["parts"][3]["body"] = HOSTILE
    data["consultation"] |= {"subject": HOSTILE, "buyer": HOSTILE}
    data["cooperative"] = data["cooperative"] | {"name": HOSTILE}

    document = opened(render_memo(data))

    assert text_of(document).count(HOSTILE) >= 8
    assert "62615533" not in text_of(document)
    assert document.core_properties.author == HOSTILE
    assert HOSTILE in document.sections[0].footer.paragraphs[0].text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00\x08\x0b\x0c\x1f￾ reste",
        "mot " * 5000,
        "a" * 20_000,
        "- x\n" * 5000,
        "|a\n" * 6600,
        "مرحبا بالعالم (2026)\n- עברית",
        "😀👩‍👩‍👧‍👦🏳️‍🌈",
        "\t\a\f",
    ],
    ids=["none", "controls", "long", "one word", "items", "rows", "right to left", "emoji", "signs of docxtpl"],
)
def test_any_body_makes_a_document(consultation, body):
    content = render_memo(with_body(memo_data(consultation), body))

    last_word = re.findall(r"[^\s|\x00-\x1f\ufffe]+|$", body)[-2:][0]
    assert last_word in text_of(opened(content))


def test_a_memo_of_nothing_makes_a_document():
    consultation = ConsultationFactory()
    start_memo(consultation, MemoTrameFactory())

    document = opened(render_memo(memo_data(consultation)))

    assert headings_of(document) == []


def test_the_data_are_left_as_they_were(consultation):
    data = memo_data(consultation)
    before = copy.deepcopy(data)

    render_memo(data)

    assert data == before


def test_a_300_character_object_fits_in_the_properties(consultation):
    consultation.subject = "é" * 300

    document = opened(render_memo(memo_data(consultation)))

    assert len(document.core_properties.title) == 255
