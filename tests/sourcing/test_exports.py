import csv
import io
import re
import zipfile
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crealead.cells import FORMULA_STARTS
from crealead.words import moment
from directory.models import Certification, CoEntrepreneur, Consent, CpvCode, Department, Insurance, Label
from directory.search import whole
from directory.search.facets import FACETS
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import SORTS
from directory.search.rotation import order_of
from directory.sourcing.exports import places
from directory.sourcing.exports.exports import COLUMNS
from directory.sourcing.exports.tables import FACTS_WIDTHS, SIGN_CM, Column, Link, Table
from directory.sourcing.exports.tables import KINDS as KINDS_OF_FILES
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db
KINDS = ["csv", "xlsx", "ods"]
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def sent(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content) if response.streaming else response.content


def lines(data, kind):
    """All the lines of a file as texts, those of the first sheet first."""
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return [["" if cell is None else cell for cell in row] for sheet in book for row in sheet.values]
    content = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("content.xml"))
    return [["".join(cell.itertext()) for cell in row] for row in content.iter(f"{TABLE}table-row")]


def slugs(data, kind):
    addresses = [str(line[-1]) for line in lines(data, kind) if len(line) > 3 and line[-1]]
    return [match[1] for match in (re.search(r"/catalogue/([^/?]+)/$", address) for address in addresses) if match]


def shown(client, query):
    pages = (client.get("/catalogue/", QUERY_STRING=f"{query}&page={number}").text for number in (1, 2))
    return list(dict.fromkeys(slug for page in pages for slug in re.findall(r'<li[^>]* data-fiche="([^"]+)"', page)))


def fiche(**said):
    return CoEntrepreneurFactory(listed=True, **said)


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
    assert re.fullmatch(r"\d+ \S+ \d{4} à \d\d\sh\s\d\d", fair["Établi le"])
    assert fair["Ordre"] == f"{SORTS['equitable']}, {order_of('2026-01-02')}"
    assert by_name["Ordre"].startswith(f"{SORTS['nom']}, ")


def facts_typed(data, kind):
    """The first sheet as the file types it: by label, the value."""
    if kind == "xlsx":
        return dict(openpyxl.load_workbook(io.BytesIO(data))["Recherche"].values)
    if kind == "csv":
        return {line[0]: line[1] for line in lines(data, kind) if len(line) == 2}
    rows = ods_sheet(data, "Recherche").iter(f"{TABLE}table-row")
    cells = [row.findall(f"{TABLE}table-cell") for row in rows]
    return {"".join(label.itertext()): float(value.get(f"{OFFICE}value") or "nan") for label, value in cells}


def ods_part(data, name):
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name))


def ods_sheet(data, name):
    return ods_part(data, "content.xml").find(f".//{TABLE}table[@{TABLE}name='{name}']")


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


FIRST_SIGNS = [*FORMULA_STARTS, "'", "\n", "\x00", "\x0b", " ", "0", "/", "é"]
CELLS = st.builds(lambda start, rest: start + rest, st.sampled_from(FIRST_SIGNS), st.text(max_size=12))


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(CELLS, min_size=3, max_size=3), fact=CELLS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_any_cell_of_any_file_runs(kind, texts, fact):
    """Whatever anybody wrote: in a cell, in a link, in what the first sheet says of the search."""
    address = f"https://example.org/{quote(texts[2])}"
    write, _ = KINDS_OF_FILES[kind]
    columns = [Column(title, 10) for title in ("Un", "Deux", "Lien")]
    table = Table([("Recherche", fact)], columns, [[[*texts[:2], Link(texts[2], address)]]])

    data = b"".join(write(table))

    for line in lines(data, kind):
        for cell in line:
            assert not str(cell).startswith(FORMULA_STARTS)
    if kind != "csv":
        archive = zipfile.ZipFile(io.BytesIO(data))
        for part in archive.namelist():
            if part.endswith(".xml"):
                for cell in etree.fromstring(archive.read(part)).iter("{*}c", "{*}table-cell"):
                    assert cell.find("{*}f") is None
                    assert cell.get(f"{TABLE}formula") is None
                    assert cell.get("t", "inlineStr") == "inlineStr"
                    assert cell.get(f"{OFFICE}value-type", "string") == "string"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_formula_comes_out_of_what_people_wrote(client, kind, start):
    hostile = f"{start}cmd|' /C calc'!A0"
    fiche(headline=hostile, trade_name=hostile, first_name=hostile, last_name="", city=hostile)

    data = sent(client, f"/catalogue/export.{kind}?{urlencode({'q': hostile, 'domaine': hostile, 'graine': '-1'})}")
    told = lines(data, kind) + lines(sent(client, f"/catalogue/export.{kind}"), kind)

    assert sum("calc" in str(cell) for line in told for cell in line) >= 5
    assert [cell for line in told for cell in line if str(cell).startswith(FORMULA_STARTS)] == []


def test_csv_is_a_french_excels(client):
    fiche(headline="Une ; deux")

    data = sent(client, "/catalogue/export.csv")

    assert data.startswith(b"\xef\xbb\xbfRecherche;")
    assert b"\r\n" in data
    assert b'"Une ; deux"' in data


def test_cells_of_a_workbook_have_their_type_and_its_columns_their_width(client):
    ReferenceFactory(co_entrepreneur=fiche(), ends_on=date(2026, 3, 1))

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))

    assert book.sheetnames == ["Recherche", "Fiches"]
    sheet = book["Fiches"]
    cells = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert sheet.freeze_panes == "C2"
    assert cells["Rang"].value == 1
    assert cells["Références"].value == 1
    assert cells["Dernière référence finie le"].value.date() == date(2026, 3, 1)
    assert cells["Fiche mise à jour"].value.date() == timezone.localdate()
    assert cells["Adresse de la fiche"].hyperlink.target == cells["Adresse de la fiche"].value
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert widths == [column.width for column in COLUMNS]
    assert [book["Recherche"].column_dimensions[letter].width for letter in "AB"] == FACTS_WIDTHS


def test_cells_of_an_opendocument_have_their_type_and_its_columns_their_width(client):
    person = fiche()
    ReferenceFactory(co_entrepreneur=person, ends_on=date(2026, 3, 1))

    data = sent(client, "/catalogue/export.ods")
    sheet = ods_sheet(data, "Fiches")
    titles, row = (line.findall(f"{TABLE}table-cell") for line in sheet.iter(f"{TABLE}table-row"))
    cells = {"".join(title.itertext()): cell for title, cell in zip(titles, row, strict=True)}

    assert cells["Rang"].get(f"{OFFICE}value") == "1"
    assert cells["Dernière référence finie le"].get(f"{OFFICE}date-value") == "2026-03-01"
    assert cells["Fiche mise à jour"].get(f"{OFFICE}date-value") == timezone.localdate().isoformat()
    [link] = cells["Adresse de la fiche"].iter(f"{TEXT}a")
    assert link.get("{http://www.w3.org/1999/xlink}href") == link.text
    assert link.text.endswith(person.get_absolute_url())
    widths = {
        style.get(f"{STYLE}name"): style[0].get(f"{STYLE}column-width")
        for style in ods_part(data, "content.xml").iter(f"{STYLE}style")
        if style.get(f"{STYLE}family") == "table-column"
    }
    columns = [widths[column.get(f"{TABLE}style-name")] for column in sheet.iter(f"{TABLE}table-column")]
    assert columns == [f"{column.width * SIGN_CM:.2f}cm" for column in COLUMNS]


def test_an_opendocument_keeps_its_titles_and_names_in_sight(client):
    fiche()

    view = ods_part(sent(client, "/catalogue/export.ods"), "settings.xml")
    config = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    frozen = {item.get(f"{config}name"): item.text for item in view.iter(f"{config}config-item")}

    assert (frozen["HorizontalSplitMode"], frozen["HorizontalSplitPosition"]) == ("2", "2")
    assert (frozen["VerticalSplitMode"], frozen["VerticalSplitPosition"]) == ("2", "1")
    [sheet] = view.iter(f"{config}config-item-map-named")
    assert sheet[0].get(f"{config}name") == "Fiches"


def test_printed_each_page_has_the_titles_and_the_names(client):
    fiche()

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))
    data = sent(client, "/catalogue/export.ods")
    sheet = ods_sheet(data, "Fiches")

    assert (book["Fiches"].print_title_rows, book["Fiches"].print_title_cols) == ("$1:$1", "$A:$B")
    assert book["Fiches"].page_setup.orientation == "landscape"
    assert len(sheet.find(f"{TABLE}table-header-columns")) == 2
    [titles] = sheet.find(f"{TABLE}table-header-rows")
    assert [cell.findtext(f"{TEXT}p") for cell in titles] == [column.title for column in COLUMNS]
    [page] = ods_part(data, "styles.xml").iter(f"{STYLE}page-layout-properties")
    assert page.get(f"{STYLE}print-orientation") == "landscape"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query", ["q=%00%FF", "f=" + "x" * 500, "page=99999", "q=zzzzqqq", "cpv=abc&tri=x&graine=%0D%0A"]
)
def test_hostile_or_fruitless_searches_make_a_file(client, kind, query):
    fiche()
    response = client.get(f"/catalogue/export.{kind}", QUERY_STRING=query)

    assert response.status_code in {200, 400}
    if response.status_code == 200:
        assert lines(b"".join(response.streaming_content), kind)


def test_head_makes_nothing(client):
    response = client.head("/catalogue/export.xlsx")

    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert not b"".join(response.streaming_content)


def test_too_many_at_once_are_asked_to_come_back(client, monkeypatch):
    fiche()
    held = [client.get("/catalogue/export.csv") for _ in range(places.AT_ONCE)]

    refused = client.get("/catalogue/export.csv")
    for response in held:
        b"".join(response.streaming_content)

    assert refused.status_code == 503
    assert refused["Retry-After"]
    assert sent(client, "/catalogue/export.csv")


def test_slow_readers_stop_nobody_for_long_and_are_bounded(client, monkeypatch):
    fiche()
    monkeypatch.setattr(places, "MADE_SECONDS", -1)
    monkeypatch.setattr(places, "AT_ALL", 4)
    slow = [client.get("/catalogue/export.csv") for _ in range(places.AT_ONCE + 1)]

    assert all(response.status_code == 200 for response in slow)
    assert sent(client, "/catalogue/export.csv")

    slow.append(client.get("/catalogue/export.csv"))
    assert client.get("/catalogue/export.csv").status_code == 503

    monkeypatch.setattr(places, "LONGEST_SECONDS", -1)
    assert sent(client, "/catalogue/") and client.get("/catalogue/export.csv").status_code == 200
    for response in slow:
        response.close()


def test_who_reads_for_too_long_is_cut_and_gives_its_place_back(client, monkeypatch):
    fiche()
    monkeypatch.setattr(places, "LONGEST_SECONDS", -1)

    with pytest.raises(places.TooSlowError):
        sent(client, "/catalogue/export.csv")

    monkeypatch.undo()
    assert sent(client, "/catalogue/export.csv")


def test_as_many_queries_however_many_the_rows(client, django_assert_num_queries):
    ReferenceFactory(co_entrepreneur=fiche())
    with CaptureQueriesContext(connection) as few:
        sent(client, "/catalogue/export.csv")
    for _ in range(6):
        ReferenceFactory(co_entrepreneur=fiche())

    with django_assert_num_queries(len(few)):
        sent(client, "/catalogue/export.csv")


def test_vcards_follow_each_consent(client):
    agreed, silent = fiche(phone="0612345678"), fiche(phone="0687654321")
    Consent.objects.create(co_entrepreneur=agreed, item=Consent.Item.PHONE)

    cards = sent(client, f"/selection/cartes.vcf?f={silent.slug}&f={agreed.slug}").decode()

    assert cards.count("BEGIN:VCARD") == 2
    assert "612345678" in cards.replace(" ", "")
    assert "687654321" not in cards.replace(" ", "")


ATOM = "{http://www.w3.org/2005/Atom}"


def test_feed_of_a_search(client, settings):
    older = fiche(headline="Formation", content_updated_at=timezone.now() - timedelta(days=60))
    newer = fiche(headline="Formation")
    CoEntrepreneur.objects.update(listed_since=date(2026, 1, 1))
    fiche(headline="Peinture")

    feed = etree.fromstring(sent(client, "/catalogue/flux.atom?q=formation"))

    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    assert links == [settings.SITE_URL + row.get_absolute_url() for row in (newer, older)]
    ids = [row.text for row in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert all(row.startswith("tag:") for row in ids)
    assert feed.find(f"{ATOM}updated") is not None
    assert sent(client, "/catalogue/flux.atom?q=formation") == sent(client, "/catalogue/flux.atom?q=formation")


def test_identifiers_of_the_feed_last(client):
    """Whatever the name of the fiche, the order and the page that one came from, and the search."""
    person = fiche(headline="Formation des élus")

    def ids(query):
        feed = etree.fromstring(sent(client, f"/catalogue/flux.atom?{query}"))
        return feed.findtext(f"{ATOM}id"), [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]

    own, entries = ids("q=formation")
    same = [ids(f"q=formation&{more}") for more in ("tri=nom", "page=2", "graine=2026-01-02", f"f={person.slug}")]
    other, other_entries = ids("q=élus")
    former = person.get_absolute_url()
    person.last_name, person.slug = "Autrement", ""
    person.save()
    renamed = ids("q=formation")

    assert person.get_absolute_url() != former
    assert [*same, renamed] == [(own, entries)] * 5
    assert other_entries == entries
    assert other != own


def test_feed_holds_fifty_at_most_and_may_hold_none(client):
    assert b"<entry>" not in sent(client, "/catalogue/flux.atom?q=zzzzqqq")
    CoEntrepreneurFactory.create_batch(52, listed=True)
    assert sent(client, "/catalogue/flux.atom").count(b"<entry>") == 50


def test_results_lead_to_the_files_and_the_feed(client):
    fiche(headline="Formation")

    page = client.get("/catalogue/?q=formation").text

    assert re.findall(r'<a href="([^"]+)" data-export="(\w+)"', page) == [
        (f"/catalogue/export.{kind}?q=formation", kind) for kind in KINDS
    ]
    assert "1 ligne" in page.replace("\u00a0", " ")
    assert 'type="application/atom+xml" title' in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/catalogue/export.csv", "/selection/export.ods?f={}", "/catalogue/flux.atom"])
def test_asked_again_it_isnt_made_again_until_something_moves(client, address):
    person = fiche()
    address = address.format(person.slug)
    first = client.get(address)
    etag = first["ETag"]
    assert first.getvalue()

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    person.headline = "Autre chose"
    person.save()
    moved = client.get(address, headers={"If-None-Match": etag})
    assert moved.status_code == 200
    assert moved.getvalue()
