"""« Acheter en pratique »: who signs, the papers of the day, the threshold of the day."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crealead.words import days
from directory.models import Insurance, Page, Paper, Threshold
from directory.models.page import BUYING_BLOCKS
from tests.cast import PDF, body_of, content_of, text_of
from tests.factories import CoEntrepreneurFactory, PaperFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PAGE = "/acheter/"


def address(paper):
    return reverse("catalogue:paper", args=[paper.pk])


def lines_of(response):
    """What the page says of each paper: « Extrait Kbis du 3 mars…, Télécharger (PDF, 1 Ko) »."""
    papers = re.search(r'<ul class="pieces">(.*?)</ul>', text_of(response), re.DOTALL)[1]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in papers.split("</li>")[:-1]]


def as_if(monkeypatch, day):
    monkeypatch.setattr(timezone, "localdate", lambda *_: day)


# --- Who signs -----------------------------------------------------------------------------------------------------


def test_the_page_says_who_contracts_and_signs_from_the_settings(client):
    page = client.get(PAGE)

    assert not page.cookies
    for key in ["name", "legal_form", "signatory", "signatory_role", "rcs", "vat", "address", "phone", "email"]:
        assert settings.COOPERATIVE[key] in page.text
    assert "732 829 320 00074" in text_of(page)


def test_the_page_is_in_the_menu_in_the_sitemap_and_on_each_fiche(client):
    fiche = CoEntrepreneurFactory(listed=True)

    assert f'href="{PAGE}" aria-current="page"' in client.get(PAGE).text
    assert f"{settings.SITE_URL}{PAGE}</loc>" in client.get("/sitemap.xml").text
    main = client.get(fiche.get_absolute_url()).text.partition("<main")[2]
    assert f'href="{PAGE}"' in main


@pytest.mark.parametrize("path", ["/", "/catalogue/", "/catalogue/?q=hydrologie", None])
def test_what_a_co_entrepreneur_is_is_said_once_where_a_buyer_meets_one(client, path):
    fiche = CoEntrepreneurFactory(listed=True)

    page = client.get(path or fiche.get_absolute_url())

    assert page.text.count("<dfn>co-entrepreneur</dfn>") == 1


def test_titles_make_one_outline_that_one_can_jump_to(client):
    page = client.get(PAGE).text
    main = page.partition("<main")[2].partition("</main>")[0]

    anchors = re.findall(r'<h2 id="([^"]+)">', main)
    assert [title[1] for title in re.findall(r"<(h([1-6]))\b", main)][:2] == ["1", "2"]
    assert main.count("<h1") == 1
    assert len(anchors) == len(set(anchors)) == main.count("<h2")
    assert re.findall(r'href="#([^"]+)"', main) == anchors
    assert len(set(re.findall(r' id="([^"]+)"', page))) == page.count(' id="')


# --- Its text ------------------------------------------------------------------------------------------------------


def test_what_is_written_around_the_figures_shows_at_once(client):
    page = Page.objects.get(slug=Page.Slug.BUYING)
    page.body = "## Contenu\n\nUn <b>essai</b>\n[[seuils]]\nsuite\n\n[[inconnu]]\n\n## Contenu\n"
    page.save()

    text = client.get(PAGE).text

    assert "&lt;b&gt;essai&lt;/b&gt;" in text
    assert text.index("essai") < text.index('class="seuils"') < text.index("suite") < text.index("[[inconnu]]")
    assert 'class="pieces"' not in text
    main = text.partition("</main>")[0]
    assert re.findall(r'<h2 id="([^"]+)">', main) == ["contenu-2", "contenu-3"]


def test_the_first_text_fills_all_its_places(client):
    text = client.get(PAGE).text

    assert "[[" not in text
    assert Page.objects.get(slug=Page.Slug.BUYING).body.count("[[") == len(BUYING_BLOCKS)


# --- Papers --------------------------------------------------------------------------------------------------------


def test_a_paper_is_downloaded_with_its_format_its_size_and_its_dates(client):
    paper = PaperFactory()

    page = client.get(PAGE)
    file = client.get(address(paper))

    assert "(PDF, 1 Ko)" in lines_of(page)[0]
    assert f"valable {days(paper.starts_on, paper.expires_on)}" in lines_of(page)[0]
    assert f'href="{address(paper)}"' in page.text
    assert body_of(file) == content_of(paper.file)
    assert file["Content-Disposition"] == f'attachment; filename="crealead-extrait-kbis-{paper.starts_on}.pdf"'
    assert file["Content-Type"] == "application/pdf"
    assert "no-store" in file["Cache-Control"]
    assert file["X-Robots-Tag"] == "noindex, noarchive"
    assert not file.cookies


def test_what_is_not_there_is_to_be_asked_for(client):
    page = client.get(PAGE)

    assert [line.partition(" À demander")[0] for line in lines_of(page)] == [
        "Extrait Kbis",
        "Attestation de régularité fiscale",
        "Attestation de vigilance (cotisations sociales)",
        "Attestation d’assurance",
        "Coordonnées bancaires (RIB)",
    ]
    assert page.text.count('<a href="mailto:contact@example.org?subject=Demande%20de%20pi%C3%A8ce') == 5


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"since": 10, "left": 10}, 200),
        ({"since": 0, "left": 0}, 200),
        ({"since": 10, "left": -1}, 410),
        ({"since": -1, "left": 10}, 404),
        ({"since": 10, "left": 10, "is_public": False}, 404),
        ({"since": 10, "left": -1, "is_public": False}, 404),
    ],
)
def test_a_paper_comes_on_its_days_and_to_those_it_is_for(client, fields, status):
    paper = PaperFactory(**fields)

    answer, page = client.get(address(paper)), client.get(PAGE)

    answer.getvalue()
    assert answer.status_code == status
    assert (address(paper) in page.text) is (status == 200)
    assert ("Télécharger" in lines_of(page)[0]) is (status == 200)


def test_bank_details_are_asked_for_unless_one_says_otherwise():
    assert Paper(kind=Paper.Kind.BANK).is_public is False


def test_of_two_papers_of_a_kind_the_latest_is_offered_and_others_have_a_line_each(client):
    older, newer = PaperFactory(since=30), PaperFactory(since=3)
    PaperFactory(kind=Paper.Kind.INSURANCE, title="décennale")
    PaperFactory(kind=Paper.Kind.INSURANCE)
    PaperFactory(kind=Paper.Kind.OTHER, title="Statuts", is_public=False)

    page = client.get(PAGE)
    lines = lines_of(page)

    assert address(newer) in page.text
    assert address(older) not in page.text
    assert [
        line.partition(" valable ")[0].partition(" À")[0] for line in lines if "assurance" in line or "Statuts" in line
    ] == [
        "Attestation d’assurance",
        "Attestation d’assurance : décennale",
        "Statuts",
    ]


def test_a_file_that_has_left_the_disk_is_to_be_asked_for(client):
    paper = PaperFactory()
    default_storage.delete(paper.file.name)

    assert "À demander" in lines_of(client.get(PAGE))[0]
    assert client.get(address(paper)).status_code == 404


@pytest.mark.parametrize("path", ["0", "99999999999999999999", "1/../2", "a"])
def test_an_address_of_no_paper_is_not_found(client, path):
    assert client.get(f"/acheter/pieces/{path}.pdf").status_code == 404


def test_an_insurance_in_force_is_told_and_a_lapsed_one_never(client):
    today = timezone.localdate()
    for insurer, left in [("Assureur d’essai", 0), ("Ancien assureur", -1)]:
        Insurance.objects.create(
            insurer=insurer, expires_on=today + timedelta(days=left), proof=ContentFile(PDF, name="a.pdf")
        )
    own = CoEntrepreneurFactory()
    Insurance.objects.create(insurer="La sienne", co_entrepreneur=own, proof=ContentFile(PDF, name="a.pdf"))

    text = text_of(client.get(PAGE))

    assert "<dt>Responsabilité civile professionnelle</dt>" in text
    assert "<dd>Assureur d’essai, valable jusqu’au" in text
    assert "Ancien assureur" not in text
    assert "La sienne" not in text


# --- Thresholds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amounts"),
    [
        (date(2019, 12, 31), {}),
        (date(2020, 1, 1), {"services": 40_000}),
        (date(2025, 12, 31), {"services": 40_000}),
        (date(2026, 1, 1), {"services": 40_000, "works": 100_000, "formal_state": 140_000, "formal_others": 216_000}),
        (date(2026, 3, 31), {"services": 40_000, "works": 100_000, "formal_state": 140_000, "formal_others": 216_000}),
        (date(2026, 4, 1), {"services": 60_000, "works": 100_000, "formal_state": 140_000, "formal_others": 216_000}),
        (date(2027, 12, 31), {"services": 60_000, "works": 100_000, "formal_state": 140_000, "formal_others": 216_000}),
        # The European ones are known for two years.
        (date(2028, 1, 1), {"services": 60_000, "works": 100_000}),
    ],
)
def test_the_threshold_of_a_day_is_the_one_of_that_day(day, amounts):
    assert {kind: threshold.amount for kind, threshold in Threshold.objects.of(day).items()} == amounts


@pytest.mark.parametrize(("day", "amount"), [(date(2026, 3, 31), "40 000 € HT"), (date(2026, 4, 1), "60 000 € HT")])
def test_the_page_says_the_threshold_of_the_day_with_its_article(client, monkeypatch, day, amount):
    as_if(monkeypatch, day)

    text = text_of(client.get(PAGE))

    assert f"moins de {amount}" in text
    assert "article R2122-8" in text
    assert {"40 000 € HT", "60 000 € HT"} & set(re.findall(r"(?<!\d)\d0 000 € HT", text)) == {amount}


def test_the_text_holds_no_figure_of_the_law():
    assert not re.search(r"\d[\d\s]*(?:€|euros)", Page.objects.get(slug=Page.Slug.BUYING).body)


def test_where_nothing_is_known_of_the_day_nothing_is_made_up(client):
    Threshold.objects.all().delete()

    text = text_of(client.get(PAGE))

    assert "n’est pas renseigné" in text
    assert not re.search(r"\d € HT", text)


# --- Kept pages ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_follows_the_day_the_papers_the_thresholds_and_the_text(monkeypatch, django_assert_num_queries):
    cache.clear()
    browser, today = Client(), timezone.localdate()
    paper = PaperFactory(left=0)
    old_address = address(paper)
    first = browser.get(PAGE)

    def seen():
        return browser.get(PAGE, headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "public, no-cache"
    with django_assert_num_queries(1):
        assert seen().status_code == 304

    # As it was another day, and is the next.
    as_if(monkeypatch, today + timedelta(days=1))
    assert old_address not in seen().text
    assert browser.get(old_address).status_code == 410
    as_if(monkeypatch, today)
    assert seen().status_code == 304

    for change in [
        lambda: Threshold.objects.filter(kind="services").update(amount=70_000),
        lambda: Page.objects.filter(slug="acheter").update(title="Autrement"),
        lambda: Insurance.objects.create(insurer="A"),
        paper.delete,
    ]:
        before = browser.get(PAGE)["ETag"]
        change()
        assert browser.get(PAGE, headers={"If-None-Match": before}).status_code == 200
    assert old_address not in browser.get(PAGE).text
