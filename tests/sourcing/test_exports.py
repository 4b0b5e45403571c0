import csv
import io
import re
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from directory.models import Certification, CoEntrepreneur, Consent, CpvCode, Department, Label, Skill
from directory.search import whole
from directory.sourcing.exports import places
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db
KINDS = ["csv", "xlsx", "ods"]
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


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


FACETS = [
    "",
    "q=formation",
    "domaine={domain}",
    "competence={skill}",
    "departement=34",
    "cpv={cpv}",
    "client=commune",
    "montant=5000-15000",
    "label={label}",
    "references=1",
    "tri=nom",
    "tri=maj",
    "graine=2026-01-02",
    "departement=34&q=formation&tri=pertinence",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("facet", FACETS)
def test_what_is_on_the_page_is_in_the_file(client, facet, kind, monkeypatch):
    monkeypatch.setattr(whole, "PIECE", 2)
    skill, cpv, label = Skill.objects.first(), CpvCode.objects.last(), Label.objects.first()
    people = [fiche(headline="Formation à l’accueil") for _ in range(5)]
    for person in people[:3]:
        person.skills.set([skill])
        person.cpv_codes.set([cpv])
        person.departments.set([Department.objects.get(code="34")])
        ReferenceFactory(co_entrepreneur=person, client__type="commune", amount=9000, amount_shown="band")
        Certification.objects.create(co_entrepreneur=person, label=label, proof="preuve.pdf")
    CoEntrepreneurFactory()
    query = facet.format(skill=skill.slug, domain=skill.domain.slug, cpv=cpv.pk, label=label.slug)

    on_the_page = shown(client, query)

    assert on_the_page
    assert slugs(sent(client, f"/catalogue/export.{kind}?{query}"), kind) == on_the_page


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
    assert str(timezone.localdate().year) in told["Établi le"]
    assert told["Nombre"].lstrip("'") == "1"
    assert told["Graine de l’ordre"].lstrip("'") == "2026-01-02"
    assert told["Adresse"] == f"{settings.SITE_URL}/catalogue/?q=formation&graine=2026-01-02"
    assert settings.COOPERATIVE["siret"] in told["Cocontractant pour tous"]


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_formula_comes_out_of_a_cell(client, kind, start):
    fiche(headline=f"{start}cmd|' /C calc'!A0")

    data = sent(client, f"/catalogue/export.{kind}")

    headline = next(line for line in lines(data, kind) if "calc" in str(line))[3]
    assert headline.startswith("'")
    if kind == "xlsx":
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet2.xml")


def test_csv_is_a_french_excels(client):
    fiche(headline="Une ; deux")

    data = sent(client, "/catalogue/export.csv")

    assert data.startswith(b"\xef\xbb\xbfRecherche;")
    assert b"\r\n" in data
    assert b'"Une ; deux"' in data


def test_cells_have_their_type(client):
    ReferenceFactory(co_entrepreneur=fiche())

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))

    assert book.sheetnames == ["Recherche", "Fiches"]
    sheet = book["Fiches"]
    assert sheet.freeze_panes == "C2"
    assert sheet["A2"].value == 1
    assert sheet["H2"].value == 1
    assert sheet["I2"].is_date
    assert sheet["L2"].is_date
    assert sheet["M2"].hyperlink.target == sheet["M2"].value


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
