"""What exports of a search and of a selection hold: what is on the page, and where it comes from."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crealead.words import moment
from directory.models import (
    Certification,
    CoEntrepreneur,
    Consent,
    CpvCode,
    Department,
    Insurance,
    Label,
    PublicClient,
    Skill,
)
from directory.search import whole
from directory.search.facets import FACETS
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import SORTS
from directory.search.rotation import order_of
from directory.sourcing.exports.table import SEPARATOR, listed
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, SkillFactory

from .files import KINDS, facts_typed, fiche, lines, sent, shown, slugs

pytestmark = pytest.mark.django_db
TITLES_OF_LISTS = ["Compétences", "Zone d’intervention", "Clients publics servis", "Labels"]


def a_full_catalogue():
    """Five fiches of which some hold two values of each facet, one not in the catalogue."""
    people = [fiche(headline="Formation à l’accueil") for _ in range(5)]
    skills = [SkillFactory(), SkillFactory()]
    codes = list(CpvCode.objects.order_by("-pk")[:2])
    labels, departments = Label.objects.all()[:2], Department.objects.filter(code__in=["30", "34"])
    for number, person in enumerate(people[:4]):
        some = slice(number % 2, 2)
        person.skills.set(skills[some])
        person.cpv_codes.set(codes[some])
        person.departments.set(departments[some])
        kind, amount = [("commune", 9000), ("region", 20000)][number % 2]
        ReferenceFactory(
            co_entrepreneur=person,
            client__type=kind,
            amount=amount,
            amount_shown="band",
            ends_on=timezone.localdate() - timedelta(days=30),
        )
        for label in labels[some]:
            Certification.objects.create(co_entrepreneur=person, label=label, proof="preuve.pdf")
        for insurance in Insurance.PUBLIC[some]:
            Insurance.objects.create(
                co_entrepreneur=person,
                kind=insurance,
                insurer="Assureur",
                expires_on=timezone.localdate() + timedelta(days=30),
                proof="preuve.pdf",
            )
    CoEntrepreneurFactory()


def assert_same_as_the_page(client, query, kind):
    on_the_page = shown(client, query)

    assert on_the_page
    assert slugs(sent(client, f"/catalogue/export.{kind}?{query}"), kind) == on_the_page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=formation",
        "q=formation&exact=1",
        "montant=recentes",
        "montant=5000-15000&montant=recentes&client=commune",
        "tri=nom",
        "tri=maj",
        "graine=2026-01-02",
        "departement=34&q=formation&tri=pertinence",
    ],
)
def test_what_is_on_the_page_is_in_the_file(client, query, kind, monkeypatch):
    monkeypatch.setattr(whole, "PIECE", 2)
    a_full_catalogue()

    assert_same_as_the_page(client, query, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_what_each_facet_lets_through_is_in_the_file(client, facet, kind):
    """One value, then several."""
    a_full_catalogue()
    facet = CatalogueFilter(QueryDict()).filters[facet.name]
    held = [value for value, term in facet.vocabulary.items() if facet.members(term)]
    assert len(held) >= min(2, len(facet.vocabulary))

    for values in (held[:1], held[:2]):
        assert_same_as_the_page(client, urlencode([(facet.name, value) for value in values]), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_selection_in_its_own_order(client, kind):
    people = [fiche() for _ in range(4)]
    kept = [people[index].slug for index in (2, 0, 3)]
    query = "&".join(f"f={slug}" for slug in kept)

    data = sent(client, f"/selection/export.{kind}?{query}&f=personne")

    assert slugs(data, kind) == kept
    assert "3 fiches gardées" in str(lines(data, kind)[:9]).replace("\\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("query", "need"),
    [
        ("&q=former+les+agents", "« former les agents »"),
        ("&departement=34", "Intervenant dans : Hérault (34)"),
        ("", None),
    ],
)
def test_first_lines_of_a_selection_say_the_need(client, kind, query, need):
    person = fiche()

    data = sent(client, f"/selection/export.{kind}?f={person.slug}{query}")
    told = dict(line[:2] for line in lines(data, kind)[:9] if line)

    assert told["Sélection"] == "1 fiche gardée"
    assert told.get("Besoin", "").replace("\u00a0", " ") == (need or "")
    assert ("Besoin" in told) == bool(need)


@given(values=st.lists(st.text(alphabet="a;, \n«»", max_size=8), min_size=1))
def test_values_of_a_cell_are_told_apart_whatever_they_hold(values):
    assert len(listed(values).split(";")) == len(values)


def test_no_value_that_we_know_of_is_changed_by_being_listed():
    names = [
        *PublicClient.Type.labels,
        *(name for model in (Department, Label, Skill) for name in model.objects.values_list("name", flat=True)),
    ]

    assert len(names) > len(PublicClient.Type.labels)
    assert listed(names).split(SEPARATOR) == names


@pytest.mark.parametrize("kind", KINDS)
def test_each_value_of_a_cell_is_found_again_and_none_is_shortened(client, kind):
    skills = ["Accueil, écoute", "Voirie; réseaux", "Zones humides"]
    departments = list(Department.objects.filter(code__in=["09", "11", "12", "26", "30", "34", "48", "66"]))
    person = fiche(skills=[SkillFactory(name=name) for name in skills], departments=departments)
    for client_type in ("college-lycee", "entreprise-publique"):
        ReferenceFactory(co_entrepreneur=person, client__type=client_type)
    for name in ("Label A, B", "Label C"):
        label = Label.objects.create(name=name, slug=name[-1].lower())
        Certification.objects.create(co_entrepreneur=person, label=label, proof="preuve.pdf")
    everywhere = fiche(nationwide=True)

    data = sent(client, f"/selection/export.{kind}?f={person.slug}&f={everywhere.slug}")
    rows = lines(data, kind)
    start = next(place for place, line in enumerate(rows) if line and line[0] == "Rang")
    mine, other = (dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :])

    found = {title: set(mine[title].split(SEPARATOR)) for title in TITLES_OF_LISTS}
    assert found == {
        "Compétences": {"Accueil, écoute", "Voirie, réseaux", "Zones humides"},
        "Zone d’intervention": {department.name for department in departments},
        "Clients publics servis": {"Collège, lycée", "SEM, SPL, entreprise publique"},
        "Labels": {"Label A, B", "Label C"},
    }
    assert other["Zone d’intervention"] == "Toute la France"


@pytest.mark.parametrize("kind", KINDS)
def test_first_lines_say_where_it_comes_from(client, kind, settings):
    fiche(headline="Formation")

    data = sent(client, f"/catalogue/export.{kind}?q=formation&graine=2026-01-02")
    told = dict(line[:2] for line in lines(data, kind)[:8] if line)

    assert told["Recherche"].startswith("1 co-entrepreneur pour")
    assert str(told["Nombre"]) == "1"
    assert told["Graine de l’ordre"].lstrip("'") == "2026-01-02"
    assert told["Adresse"] == f"{settings.SITE_URL}/catalogue/?q=formation&graine=2026-01-02"
    assert settings.COOPERATIVE["siret"] in told["Cocontractant pour tous"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_first_lines_say_of_which_catalogue_when_and_in_which_order(client, kind):
    """In a transaction, as other tests are, the catalogue has no version."""
    fiche(headline="Formation")
    before = moment(timezone.now())

    fair, by_name = (
        {
            line[0]: str(line[1]).lstrip("'")
            for line in lines(sent(client, f"/catalogue/export.{kind}?{query}"), kind)[:8]
            if line
        }
        for query in ("graine=2026-01-02", "tri=nom")
    )

    assert fair["Version du catalogue"] == by_name["Version du catalogue"] == str(current().version)
    assert re.fullmatch(r"[0-9a-f]{8}-\d+", fair["Version du catalogue"])
    assert fair["Établi le"] in {before, moment(timezone.now())}
    assert re.fullmatch(r"\d+(er)? \S+ \d{4} à \d\d\sh\s\d\d", fair["Établi le"])
    assert fair["Ordre"] == f"{SORTS['equitable']}, {order_of('2026-01-02')}"
    assert by_name["Ordre"].startswith(f"{SORTS['nom']}, ")


@pytest.mark.parametrize("kind", KINDS)
def test_past_the_most_lines_only_the_first_are_there_and_that_is_said(client, kind, monkeypatch):
    monkeypatch.setattr(whole, "MOST_LINES", 3)
    for _ in range(5):
        fiche()

    data = sent(client, f"/catalogue/export.{kind}")

    assert len(slugs(data, kind)) == 3
    assert slugs(data, kind) == shown(client, "")[:3]
    number = facts_typed(data, kind)["Nombre"]
    assert number == ("3" if kind == "csv" else 3)
    assert "Les 3 premières seulement" in str(lines(data, kind)[:9])


def test_a_file_holds_twelve_thousand_lines():
    assert whole.MOST_LINES == 12_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_that_finds_nobody_says_zero(client, kind):
    number = facts_typed(sent(client, f"/catalogue/export.{kind}?q=zzzzqqq"), kind)["Nombre"]

    assert number == ("0" if kind == "csv" else 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_that_goes_on_is_told_apart_from_the_last_that_is_over(client, kind):
    """As the comparison says it: its first day isn't the day of anything over."""
    today = timezone.localdate()
    over, going_on, both, _ = (fiche(last_name=f"N{number}") for number in range(4))
    for person, ends_on in [
        (over, today - timedelta(days=9)),
        (going_on, None),
        (both, today - timedelta(days=5)),
        (both, today + timedelta(days=5)),
    ]:
        ReferenceFactory(co_entrepreneur=person, starts_on=today - timedelta(days=900), ends_on=ends_on)

    data = lines(sent(client, f"/catalogue/export.{kind}?tri=nom"), kind)
    [titles] = [line for line in data if line and line[0] == "Rang"]
    last, ongoing = titles.index("Dernière référence finie le"), titles.index("Référence en cours")
    rows = data[data.index(titles) + 1 :]

    ends = [line[last].date() if hasattr(line[last], "date") else line[last] for line in rows]
    days = [today - timedelta(days=9), "", today - timedelta(days=5), ""]
    assert ends == (days if kind == "xlsx" else [day and f"{day:%d/%m/%Y}" for day in days])
    assert [line[ongoing] for line in rows] == ["", "oui", "oui", ""]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("items", [[], list(Consent.Item)])
def test_no_phone_site_photo_nor_anything_private(client, kind, items):
    """Consents are to show on the fiche: a table of all the phones isn't it."""
    person = fiche(
        phone="0612345678", website="https://priv.example.org", photo="x/portrait.webp", email="secret@example.org"
    )
    for item in items:
        Consent.objects.create(co_entrepreneur=person, item=item)
    told = str(lines(sent(client, f"/catalogue/export.{kind}"), kind))

    assert person.slug in told
    for private in ["12345678", "12 34 56 78", "priv.example", "portrait", "secret@"]:
        assert private not in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [{"client_public": False}, {"departed_on": date(2026, 1, 1)}])
def test_who_left_is_in_no_file(client, kind, change):
    person = fiche(first_name="Partie", last_name="Ailleurs")
    CoEntrepreneur.objects.filter(pk=person.pk).update(**change)

    for address in [f"/catalogue/export.{kind}", f"/selection/export.{kind}?f={person.slug}"]:
        data = str(lines(sent(client, address), kind))
        assert "Ailleurs" not in data
        assert "'Co-entrepreneur'" in data
    assert sent(client, f"/selection/cartes.vcf?f={person.slug}") == b""
    assert b"Ailleurs" not in sent(client, "/catalogue/flux.atom")
