import pytest
from django.http import QueryDict

from directory.models import CpvCode, Department
from directory.search.extracts import EXTRACT_WORDS
from directory.search.filters import CatalogueFilter
from directory.search.kept import Kept
from directory.search.order import Results
from directory.search.reasons import answering
from directory.search.tsquery import to_tsquery
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db
BOTH = "departement=34&departement=30"


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


def test_a_letter_alone_is_no_reason():
    skill = SkillFactory(name="Conduite de projet", synonyms=["assistance à maîtrise d’ouvrage"])
    CoEntrepreneurFactory(
        listed=True, headline="Ateliers", public_offer="Trois hectares rendus à l’agriculture.", skills=[skill]
    )

    told = reasons("q=assistance à maîtrise d’ouvrage")

    assert told
    assert not [text for _, text in told if "<mark>à</mark>" in text or "hectares" in text]


def test_a_synonym_of_a_skill_says_which_skill_answered():
    skill = SkillFactory(name="Prise de notes visuelle", synonyms=["scribing"])
    CoEntrepreneurFactory(listed=True, skills=[skill])

    assert reasons("q=scribing") == [("Compétence", "Prise de notes visuelle (<mark>scribing</mark>)")]


@pytest.mark.parametrize(
    ("name", "synonyms", "asked", "told"),
    [
        (
            "Concertation",
            ["enquête", "réunion publique", "débat"],
            "réunion publique",
            "Concertation ({réunion} {publique})",
        ),
        ("Dialogue", ["plan guide", "plan d’urbanisme"], "plan urbanisme", "Dialogue ({plan} d’{urbanisme})"),
        ("Paysage", ["jardins", "paysagiste"], "paysage", "{Paysage}"),
        ("Animation de réunion", ["réunion publique"], "réunion", "Animation de {réunion}"),
        ("Écologie", ["faune", "trame verte et bleue"], "trames vertes", "Écologie ({trame} {verte} et bleue)"),
        ("Archives essayées", ["records management", "tri"], "archives", "{Archives} essayées"),
    ],
)
def test_a_skill_says_its_name_and_of_its_synonyms_what_was_asked_for(name, synonyms, asked, told):
    CoEntrepreneurFactory(listed=True, headline="", skills=[SkillFactory(name=name, synonyms=synonyms)])

    marked = told.replace("{", "<mark>").replace("}", "</mark>")
    assert ("Compétence", marked) in reasons(f"q={asked}")


@pytest.mark.parametrize("client", ["Ville de Tuffeau", "Syndicat du tuffeau", "Lycée Tuffeau"])
def test_a_client_that_was_asked_for_shows_its_reference_first(client):
    fiche = CoEntrepreneurFactory(listed=True, headline="Le tuffeau, de la carrière au mur", public_offer="Tuffeau.")
    ReferenceFactory(co_entrepreneur=fiche, subject="Diagnostic du tuffeau", client__name="Ailleurs")
    ReferenceFactory(co_entrepreneur=fiche, subject="Un ouvrage " * 15, client__name=client)

    (name, text), *_ = reasons("q=tuffeau")

    assert name == "Référence"
    assert "ouvrage" in text
    assert "<mark>" in text.partition("–")[2]


@pytest.mark.parametrize(
    ("where", "part"),
    [
        ({"subject": "Restauration d’un campanile"}, "Référence"),
        # Its subject and its client are on the card.
        ({"subject": "Une étude", "results": "Le campanile est debout."}, "Résultats"),
        ({"subject": "Une étude", "client__name": "Les amis du campanile"}, "Référence"),
    ],
)
def test_the_reference_that_alone_holds_a_word_is_always_told(where, part):
    fiche = CoEntrepreneurFactory(
        listed=True, headline="Maçonnerie", trade_name="Maçonnerie fine", public_offer="Maçonnerie.",
        skills=[SkillFactory(name="Maçonnerie ancienne")],
    )  # fmt: skip
    ReferenceFactory(co_entrepreneur=fiche, **where)

    told = dict(reasons("q=maçonnerie campanile"))

    assert "<mark>campanile</mark>" in told[part]
    assert told["Accroche"] == "<mark>Maçonnerie</mark>"
    assert len(told) == 2


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Le co-développement d’équipes", "co-développement", "<mark>co</mark>-<mark>développement</mark>"),
        ("Notre\u00a0: «\u00a0tuffeau\u00a0»", "tuffeau", "«\u00a0<mark>tuffeau</mark>\u00a0»"),
        ("Le tuffe\u00adau, ici", "tuffeau", "<mark>tuffe\u00adau</mark>,"),
        ("De\u0301bats d’e\u0301te\u0301", "débat", "<mark>De\u0301bats</mark>"),
    ],
)
def test_a_word_is_marked_however_it_is_written(text, asked, marked):
    fiche = CoEntrepreneurFactory(listed=True, headline=text)

    query = to_tsquery(asked)

    assert marked in answering([fiche.pk], query)[fiche.pk][0].extract


def test_a_long_text_is_told_around_what_answers():
    CoEntrepreneurFactory(listed=True, headline="", public_offer=f"{'avant ' * 30} du tuffeau {'après ' * 30}")

    [(_, text)] = reasons("q=tuffeau")

    assert text.startswith("… avant") and text.endswith("après …")
    assert len(text.split()) == EXTRACT_WORDS + 2


def test_what_a_card_tells_takes_no_query_once_it_is_kept(django_assert_num_queries):
    fiche = CoEntrepreneurFactory(listed=True, headline="Le tuffeau")
    kept = Kept()
    answering([fiche.pk], "'tuffeau'", kept)

    with django_assert_num_queries(0):
        assert answering([fiche.pk], "'tuffeau'", kept)


def test_a_reference_that_is_not_publishable_never_shows():
    fiche = CoEntrepreneurFactory(listed=True, public_offer="Étude de tuffeau.")
    ReferenceFactory(co_entrepreneur=fiche, subject="Tuffeau secret", publishable=False)

    assert "secret" not in str(reasons("q=tuffeau"))


def test_a_filter_that_all_answers_hold_is_no_reason():
    skill = SkillFactory(slug="essai", name="Essai")
    fiche = CoEntrepreneurFactory(
        listed=True,
        skills=[skill],
        departments=[Department.objects.get(code="34")],
        cpv_codes=[CpvCode.objects.get(code="80511000")],
    )
    ReferenceFactory(co_entrepreneur=fiche, client__type="sdis")

    query = "competence=essai&departement=34&cpv=805&client=sdis&references=1&montant=recentes"

    assert reasons(query) == []
    assert reasons(f"{query}&q=Hérault") == []
    assert [name for name, _ in reasons(f"{query}&q=formation")] == ["Accroche", "Référence"]


def test_of_several_values_of_a_filter_a_card_says_which_it_holds():
    for code in ("34", "30"):
        CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code=code)])

    told = [
        (reason.name, reason.text) for fiche in Results(CatalogueFilter(QueryDict(BOTH))) for reason in fiche.reasons
    ]

    assert sorted(told) == [("Zone d’intervention", "Gard (30)"), ("Zone d’intervention", "Hérault (34)")]


def test_a_place_read_among_the_words_is_a_reason():
    CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])

    assert ("Zone d’intervention", "Hérault (34)") in reasons("q=formation dans l’Hérault")


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
