import pytest
from django.http import QueryDict

from directory.models import CpvCode, Department
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db


def reasons(query):
    """What is told of the only fiche that answers, as (where, text)."""
    [fiche] = Results(CatalogueFilter(QueryDict(query)))
    return [(reason.name, reason.text) for reason in fiche.reasons]


def test_the_words_that_answered_are_marked_in_their_context():
    CoEntrepreneurFactory(
        listed=True, headline="Jardins", public_offer="Je dessine des cartographies sensibles du village."
    )

    [(name, text)] = reasons("q=cartographie")

    assert name == "Offre"
    assert "<mark>cartographies</mark> sensibles" in text


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("Audit/conseil.Suivi", "conseil", "Audit/<mark>conseil</mark>.Suivi"),
        ("Deux chantiers nationaux", "national", "Deux chantiers <mark>nationaux</mark>"),
        ("Gestion, Œuvre d’équipe", "oeuvre", "Gestion, <mark>Œuvre</mark> d’équipe"),
    ],
)
def test_a_word_is_marked_whatever_touches_it_and_however_it_ends(text, asked, told):
    CoEntrepreneurFactory(listed=True, headline=text)

    assert reasons(f"q={asked}") == [("Accroche", told)]


def test_a_synonym_of_a_skill_says_which_skill_answered():
    skill = SkillFactory(name="Prise de notes visuelle", synonyms=["scribing"])
    CoEntrepreneurFactory(listed=True, skills=[skill])

    assert reasons("q=scribing") == [("Compétence", "Prise de notes visuelle : <mark>scribing</mark>")]


def test_a_reference_that_is_not_publishable_never_shows():
    fiche = CoEntrepreneurFactory(listed=True, public_offer="Étude de tuffeau.")
    ReferenceFactory(co_entrepreneur=fiche, subject="Tuffeau secret", publishable=False)

    assert "secret" not in str(reasons("q=tuffeau"))


def test_each_filter_says_what_answered_it():
    skill = SkillFactory(slug="essai", name="Essai")
    fiche = CoEntrepreneurFactory(
        listed=True,
        skills=[skill],
        departments=[Department.objects.get(code="34")],
        cpv_codes=[CpvCode.objects.get(code="80511000")],
    )
    ReferenceFactory(co_entrepreneur=fiche, client__type="sdis")

    told = dict(reasons("competence=essai&departement=34&departement=30&cpv=805&client=sdis"))

    assert told["Compétence"] == "Essai"
    assert told["Zone d’intervention"] == "Hérault (34)"
    assert told["Code CPV"].startswith("80500000")
    assert told["Type de client déjà servi"] == "SDIS"


def test_nothing_asked_nothing_told():
    CoEntrepreneurFactory(listed=True)

    assert reasons("") == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> tuffeau", "\ue000tuffeau\ue001 <b>", "tuffeau</mark><img src=x>"]
)
def test_nothing_in_the_data_breaks_out_of_the_marks(text):
    CoEntrepreneurFactory(listed=True, headline="", public_offer=text)

    [(_, told)] = reasons("q=tuffeau")

    assert "<mark>tuffeau</mark>" in told
    assert told.replace("<mark>", "").replace("</mark>", "").count("<") == 0
