"""What names somebody isn't kept of a search; what names a need, a place or an office is."""

import pytest

from directory.models import BuyerSearch, FirstPage, FruitlessSearch
from directory.privacy.typed import tells_of_someone
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db

# Searches of programs aren't counted.
PERSON = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.mark.parametrize(
    "text",
    [
        "lucie.astruc@example.org",
        "04 67 12 34 56",
        "0467123456",
        "+33 4 67 12 34 56",
        "+32 2 555 12 12",
        "appeler le 06.12.34.56.78 svp",
        "12 rue des Lilas",
        "3 bis, avenue Jean Jaurès Montpellier",
        "Mme Haddad",
        "M. Belkacem",
        "monsieur durand",
        "lucie astruc",
        "Astruc Lucie",
        "formation avec camille durand",
        "karim Benali",
        "jean-pierre lefort",
    ],
)
def test_what_looks_like_a_person_is_known(text):
    assert tells_of_someone(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "formation des agents d’accueil",
        "AMO réhabilitation",
        "80511000-9",
        "03000000-1",
        "79411000 72200000",
        "marché 2026-018 lot 2",
        "34000 Montpellier",
        "mur en pierre sèche à Saint-Martin-de-Londres",
        "école Jean Moulin",
        "audit RSE et QVT",
        "monsieur le maire",
        "Castries",
        "Saint-Jean-de-Védas",
        "graphiste Saint-Martin-Vésubie",
        "60 000 € HT",
        "crèche de 20 places",
        "qualiopi",
        "boulanger",
        "graphiste Lunas",
        "formation excel pour 12 agents du 01/03/2027 au 05/03/2027",
    ],
)
def test_a_need_is_taken_for_no_one(text):
    assert not tells_of_someone(text)


@pytest.mark.parametrize("text", ["astruc", "Lucie Boulanger", "boulanger lucie", "ASTRUC graphiste"])
def test_who_is_in_the_catalogue_is_known_by_name(text):
    CoEntrepreneurFactory(first_name="Nora", last_name="Astruc", listed=True)
    CoEntrepreneurFactory(first_name="Lucie", last_name="Boulanger", listed=True)

    assert tells_of_someone(text)


@pytest.mark.parametrize("text", ["lucie astruc", "04 67 12 34 56", "12 rue des Lilas"])
def test_such_a_search_is_neither_counted_nor_kept(client, text):
    CoEntrepreneurFactory(first_name="Lucie", last_name="Astruc", listed=True)

    response = client.get("/catalogue/", {"q": text}, headers=PERSON)

    assert response.status_code == 200
    assert not BuyerSearch.objects.exists()
    assert not FruitlessSearch.objects.exists()


def test_another_is(client):
    fiche = CoEntrepreneurFactory(listed=True)
    client.get("/catalogue/", {"q": "accueil du public"}, headers=PERSON)
    client.get("/catalogue/", {"q": "qzxwv"})

    assert BuyerSearch.objects.filter(query__contains="accueil").exists()
    assert [search.words for search in FruitlessSearch.objects.all()] == ["qzxwv"]
    assert FirstPage.objects.filter(co_entrepreneur=fiche).exists()
