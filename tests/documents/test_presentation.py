from datetime import date

import pytest

from directory import documents
from directory.models import Insurance, Page
from tests.documents.pdf import opened
from tests.documents.words import PROSE
from tests.factories import (
    CoEntrepreneurFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return Page.objects.update_or_create(
        slug=Page.Slug.COOPERATIVE,
        defaults={"title": "Une coopérative d'entrepreneurs", "body": "Des **métiers** divers.\n\n## Suivi\n\n- un\n- deux"},
    )[0]  # fmt: skip


def test_the_presentation_counts_what_is_listed_and_says_who_the_cooperative_is(camille, reference, page):
    CoEntrepreneurFactory(skills=[camille.skills.get()])
    Insurance.objects.create(insurer="Mutuelle d’Essai", policy_number="C-12")
    Insurance.objects.create(insurer="Échue", expires_on=date(2020, 1, 1))

    data = documents.presentation_data()

    assert {figure["name"]: figure["value"] for figure in data["figures"]} == {
        "co-entrepreneur référencé": "1",
        "domaine de compétences": "1",
        "département couvert": "1",
        "références de moins de trois ans": "2",
        "type de client public servi": "1",
        "label ou certification": "1",
    }
    assert data["domains"] == [{"name": "Formation d’essai", "count": 1}]
    text = opened(data, documents.render_presentation).text
    for said in (
        "Une coopérative d’entrepreneurs", "Des métiers divers.", "Suivi", "SA Scop", "732 829 320 00074",
        "RCS Montpellier", "Mutuelle d’Essai, contrat n° C-12", "Hérault (34)", "Ville de Lodève",
    ):  # fmt: skip
        assert said in text
    assert "Échue" not in text


def test_the_presentation_is_a_tagged_file_that_a_validator_accepts(camille, page):
    found = opened(documents.presentation_data(), documents.render_presentation)

    assert found.failures == []
    assert found.untitled == []
    assert found.pages <= 2
    assert found.tags.count("/H1") == 1
    assert "/TH" in found.tags


def test_the_presentation_of_a_cooperative_that_starts_is_made_all_the_same():
    Page.objects.filter(slug=Page.Slug.COOPERATIVE).delete()

    found = opened(documents.presentation_data(), documents.render_presentation)

    assert "SIRET" in found.text
    assert found.failures == []
    assert found.untitled == []


def test_a_table_of_the_cooperative_is_titled_by_its_heading_or_by_its_heads(page):
    page.body = (
        "## Nos métiers\n\n| Métier | Où |\n| - | - |\n| Bâti | 34 |\n\nPuis.\n\n| Seul | Ici |\n| - | - |\n| a | b |"
    )
    page.save()

    found = opened(documents.presentation_data(), documents.render_presentation)

    assert (found.failures, found.untitled) == ([], [])
    assert found.text.count("Nos métiers") == 1
    assert "Seul, Ici" in found.text


def test_a_long_text_of_the_cooperative_is_cut_and_said_to_be(camille, page):
    page.body = "## Titre\n\n" + PROSE * 200
    page.save()

    data = documents.presentation_data()

    assert data["clipped"] == ["Texte de présentation : abrégé."]
    assert opened(data, documents.render_presentation).pages <= 2


def test_the_presentation_reads_the_database_in_a_fixed_number_of_queries(
    camille, reference, django_assert_num_queries
):
    with django_assert_num_queries(11):
        documents.presentation_data()
