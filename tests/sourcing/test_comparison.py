"""What the comparison says of each fiche, criterion by criterion: in the table of a desk, on the cards of a phone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from lxml import html

from crealead.words import day
from directory.models import Certification, CoEntrepreneur, Department, Label
from directory.search.facets import DepartmentFacet
from directory.search.index import current
from directory.sourcing.selection.comparison import Comparison, Row
from directory.sourcing.selection.selection import COMPARED
from directory.sourcing.selection.sheet import Sheet
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db


def days_away(days):
    return timezone.localdate() + timedelta(days=days)


def compared(client, *fiches, search=""):
    """The page of the comparison, parsed."""
    page = client.get("/selection/?" + "&".join(f"f={fiche.slug}" for fiche in fiches) + search)
    return html.fromstring(page.text)


def words(part):
    return " ".join(" ".join(part.itertext()).split())


def rows(page):
    """By criterion, what each fiche says of it; what is the same for all is there once."""
    told = {words(row.find("th")): [words(cell) for cell in row.findall("td")] for row in page.findall(".//tbody/tr")}
    same = page.xpath("//details//dl/div")
    return told | {words(line.find("dt")): [words(line.find("dd"))] for line in same}


def test_a_whole_region_is_named_and_every_other_department_is(client):
    regions = DepartmentFacet.regions(current())
    home, everywhere, spread = CoEntrepreneurFactory.create_batch(3, listed=True)
    home.departments.set(Department.objects.filter(code__in=regions["Occitanie"]))
    CoEntrepreneur.objects.filter(pk=everywhere.pk).update(nationwide=True)
    spread.departments.set(Department.objects.filter(code__in=[*regions["Bretagne"], "01", "34", "75", "974"]))

    zones = rows(compared(client, home, everywhere, spread))["Zone d’intervention"]

    assert zones == ["Toute l’Occitanie", "Toute la France", "Bretagne, Ain, Hérault, Paris et La Réunion"]


def test_references_are_told_by_type_of_client_with_their_latest_day(client):
    served, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    for kind, ends_on in [
        ("commune", days_away(-400)),
        ("commune", days_away(-40)),
        ("region", days_away(-10)),
        ("region", None),
        ("sdis", days_away(10)),
    ]:
        ReferenceFactory(co_entrepreneur=served, client__type=kind, starts_on=days_away(-800), ends_on=ends_on)

    told, nothing = rows(compared(client, served, other))["Références publiques"]

    assert f"Commune : 2, la dernière finie le {day(days_away(-40))}" in told
    assert "Région : 2, en cours" in told
    assert "SDIS : 1, en cours" in told
    assert nothing == "–"


def test_labels_have_their_last_day_and_none_that_is_over(client):
    holder, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    over, ending, lasting = Label.objects.order_by("name")[:3]
    last_day = days_away(90)
    for label, expires_on in [(over, days_away(-1)), (ending, last_day), (lasting, None)]:
        Certification.objects.create(co_entrepreneur=holder, label=label, proof="preuve.pdf", expires_on=expires_on)

    told, _ = rows(compared(client, holder, other))["Labels"]

    assert f"{ending.name}, jusqu’au {day(last_day)}" in told
    assert f"{lasting.name}, jusqu’au" not in told
    assert lasting.name in told
    assert over.name not in told


def test_how_fresh_each_is_is_said(client):
    fresh, old = CoEntrepreneurFactory.create_batch(2, listed=True)
    then = timezone.now() - timedelta(days=300)
    CoEntrepreneur.objects.filter(pk=old.pk).update(content_updated_at=then)

    told = rows(compared(client, fresh, old))["Fiche mise à jour"]

    assert told == [day(days_away(0)), day(timezone.localdate(then))]


def test_who_answers_in_part_has_the_words_that_they_say_and_those_that_they_do_not(client):
    planner = CoEntrepreneurFactory(listed=True, headline="Urbanisme des bourgs")
    coach = CoEntrepreneurFactory(listed=True, headline="Concertation des bourgs")

    told = rows(compared(client, planner, coach, search="&q=urbanisme+concertation"))["Répond à votre recherche"]

    assert told == [
        "en partie a : urbanisme ne dit pas : concertation",
        "en partie a : concertation ne dit pas : urbanisme",
    ]


def test_cards_say_what_the_table_does(client):
    first = CoEntrepreneurFactory(listed=True, headline="Former les élus", trade_name="Les Élus")
    second = CoEntrepreneurFactory(listed=True, headline="Conseiller les mairies")

    page = compared(client, first, second)
    cards = page.xpath("//ol[contains(@class, 'selection-cartes')]/li")
    table = rows(page)

    assert [words(card.find("h2")) for card in cards] == [first.name, second.name]
    for place, card in enumerate(cards):
        lines = {words(line.find("dt")): words(line.find("dd")) for line in card.findall("./dl/div")}
        assert lines
        assert lines == {label: table[label][place] for label in lines}
        assert lines["Offre"] == [first, second][place].headline
        assert "Retirer" in words(card)


def sheet_of_identical_rows(skills):
    fiches = [SimpleNamespace(name=f"Camille Durand {number}", trade_name="") for number in range(COMPARED)]
    lines = tuple(f"Accompagnement des communes, {number}" for number in range(skills))
    return Sheet.of(
        Comparison(fiches, [Row("Compétences", [lines] * COMPARED)]), need="", others=[], told=[], address=""
    )


def test_a_sheet_without_room_for_all_cuts_no_more_rows_than_it_must():
    cut = 0
    for skills in range(1, 200):
        sheet = sheet_of_identical_rows(skills)
        cut = sum("autre" in line for _, cells in sheet.rows for cell in cells for line in cell)
        if cut:
            break

    assert 0 < cut < COMPARED
