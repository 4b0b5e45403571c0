from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.models import Certification, CpvCode, Department, Label
from directory.search.cpv import cpv_prefix
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from tests.factories import (
    CoEntrepreneurFactory,
    DomainFactory,
    PublicClientFactory,
    ReferenceFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db


def found(query):
    """The last names found by a query string, in order."""
    return [fiche.last_name for fiche in Results(CatalogueFilter(QueryDict(query)))]


def listed(last_name, **kwargs):
    return CoEntrepreneurFactory(listed=True, last_name=last_name, **kwargs)


@pytest.mark.parametrize(
    "query",
    [
        "formation",
        "Formations",
        "FORMATION",
        "l’accueil",
        "l'accueil",
        '"formation des agents"',
        "animer OR formation",
    ],
)
def test_words_are_found_whatever_their_inflection_accents_case_or_apostrophe(query):
    listed("Ici", headline="Formation des agents à l’accueil")
    listed("Ailleurs", headline="Taille de haies", public_offer="Entretien de parcs.")

    assert found(f"q={query}") == ["Ici"]


@pytest.mark.parametrize(
    ("field", "value", "query"),
    [
        ("first_name", "Zoé", "zoe"),
        ("trade_name", "Les Échos du Lez", "echos"),
        ("headline", "Signalétique des sentiers", "signaletique"),
        ("public_offer", "Je conçois des fresques murales.", "fresque"),
        ("presentation", "Ancienne sage-femme.", "sage-femme"),
        ("city", "Vabre-Tizac", "vabre"),
    ],
)
def test_text_searches_what_the_fiche_says(field, value, query):
    listed("Ici", **{field: value})
    listed("Ailleurs")

    assert found(f"q={query}") == ["Ici"]


def test_text_searches_skills_synonyms_cpv_labels_and_references():
    skill = SkillFactory(name="Prise de notes visuelle", synonyms=["sketchnoting", "scribing"])
    code = CpvCode.objects.get_or_create(code="79822500", defaults={"label": "Services de conception graphique"})[0]
    fiche = listed("Ici", skills=[skill], cpv_codes=[code])
    ReferenceFactory(co_entrepreneur=fiche, subject="Jalonnement du centre ancien", client__name="Ville de Montrepos")
    listed("Ailleurs")

    for query in ["notes visuelles", "scribing", "conception graphique", "jalonnement", "Montrepos"]:
        assert found(f"q={query}") == ["Ici"], query


def test_values_of_one_facet_add_up_and_facets_narrow_each_other():
    one, two = DomainFactory(slug="un"), DomainFactory(slug="deux")
    gard = Department.objects.get(code="30")
    listed("A", skills=[SkillFactory(domain=one)])
    listed("B", skills=[SkillFactory(domain=two)], departments=[gard])
    listed("C")

    assert set(found("domaine=un&domaine=deux")) == {"A", "B"}
    assert found("domaine=un&domaine=deux&departement=30") == ["B"]


def test_a_department_finds_who_works_there_or_everywhere():
    listed("Gard", departments=[Department.objects.get(code="30")])
    listed("Partout", nationwide=True)
    listed("Aude", departments=[Department.objects.get(code="11")])

    assert set(found("departement=30")) == {"Gard", "Partout"}


@pytest.mark.parametrize("code", ["80", "805", "8051", "80511000", "80511000-9", "80500000", "80000000"])
def test_a_cpv_code_finds_what_lies_under_it(code):
    declared = CpvCode.objects.get_or_create(code="80511000", defaults={"label": "Services de formation du personnel"})
    listed("Ici", cpv_codes=[declared[0]])
    listed("Ailleurs", cpv_codes=[CpvCode.objects.get(code="71000000")])

    assert found(f"cpv={code}") == ["Ici"]


def test_a_precise_cpv_code_does_not_find_its_siblings():
    listed("Ailleurs", cpv_codes=[CpvCode.objects.get(code="80500000")])

    assert found("cpv=80511000") == []


@pytest.mark.parametrize(
    ("code", "prefix"), [("80500000", "805"), ("80000000", "80"), ("30000000", "30"), ("79822500", "798225")]
)
def test_cpv_prefix_keeps_two_digits_at_least(code, prefix):
    assert cpv_prefix(code) == prefix


def test_client_type_and_references_read_publishable_references_only():
    shown, hidden = listed("Montrée"), listed("Cachée")
    client = PublicClientFactory(type="sdis")
    ReferenceFactory(co_entrepreneur=shown, client=client)
    ReferenceFactory(co_entrepreneur=hidden, client=client, publishable=False)

    assert found("client=sdis") == ["Montrée"]
    assert found("references=1") == ["Montrée"]


def test_a_label_counts_while_it_is_proved_and_valid():
    label = Label.objects.create(slug="essai", name="Label d’essai")
    today = timezone.localdate()
    for name, proof, expires_on in [
        ("Sans terme", "proofs/a.pdf", None),
        ("Dernier jour", "proofs/b.pdf", today),
        ("Expiré", "proofs/c.pdf", today - timedelta(days=1)),
        ("Sans preuve", "", None),
    ]:
        Certification.objects.create(co_entrepreneur=listed(name), label=label, proof=proof, expires_on=expires_on)

    assert set(found("label=essai")) == {"Sans terme", "Dernier jour"}


def test_what_is_not_known_is_dropped_and_said():
    listed("Ici")

    search = CatalogueFilter(
        QueryDict("domaine=inconnu&departement=99&cpv=1&tri=hasard&client=x&references=2&graine=é é")
    )

    assert len(search.qs) == 1
    assert {value for _, value in search.dropped} == {"inconnu", "99", "1", "hasard", "x", "2", "é é"}


def test_unlisted_and_departed_are_never_found():
    CoEntrepreneurFactory(last_name="Brouillon")
    listed("Partie", departed_on=timezone.localdate())

    assert found("") == []


def test_sort_by_name_ignores_case_and_accents():
    for name in ["Zola", "émile", "Abel"]:
        listed(name)

    assert found("tri=nom") == ["Abel", "émile", "Zola"]


def test_relevance_puts_the_headline_before_the_rest():
    listed("Loin", presentation="J’ai suivi une formation en cartographie.", headline="Jardins")
    listed("Près", headline="Cartographie des zones humides")

    assert found("q=cartographie") == ["Près", "Loin"]


def test_the_fair_order_is_the_same_for_one_seed_and_another_for_another():
    for number in range(8):
        listed(f"Nom{number}")

    first = found("tri=equitable&graine=2026-11-22")

    assert found("tri=equitable&graine=2026-11-22") == first
    assert found("tri=equitable&graine=2026-12-25") != first
    assert sorted(found("")) == sorted(first)


def test_url_without_takes_one_value_away_and_keeps_the_rest():
    DomainFactory(slug="un", name="Premier d’essai"), DomainFactory(slug="deux", name="Second d’essai")

    search = CatalogueFilter(QueryDict("q=eau&domaine=un&domaine=deux&tri=nom&page=3&inconnu=1"))

    assert search.url_without("domaine", "un") == "?q=eau&domaine=deux&tri=nom"
    assert search.url_without("q") == "?domaine=un&domaine=deux&tri=nom"
    assert CatalogueFilter(QueryDict("q=eau")).url_without("q") == "."
