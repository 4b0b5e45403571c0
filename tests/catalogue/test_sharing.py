"""What a tab, a list of results or a message shows of each public page: read from its tags as programs read them."""

import re
from html.parser import HTMLParser
from io import BytesIO, StringIO
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import URLResolver, get_resolver
from PIL import Image, ImageChops

from directory.catalogue.sharing import LONGEST_TITLE, fiche_title
from directory.documents import sharing_image
from directory.management.commands import draw_sharing_image
from directory.models import CoEntrepreneur
from tests.factories import CoEntrepreneurFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]

LONGEST_DESCRIPTION = 160
RESULTS = [
    "/catalogue/?q=formation",
    "/catalogue/?q=formation&page=2",
    "/catalogue/?q=introuvable-nulle-part",
    "/catalogue/?departement=34&client=commune",
    "/catalogue/?page=2",
]
HOSTILE = [
    '"><script>alert(1)</script>',
    "</title><script>alert(1)</script>",
    "'\" onload=alert(1) x='",
    "<meta property=og:title content=x>",
    "é" * 300,
    "{{ settings }} {% debug %}",
]


class Head(HTMLParser):
    """The title of a page, its named tags, its address, and how many of each element it has."""

    def __init__(self, page):
        super().__init__()
        self.titles, self.metas, self.links, self.elements = [], {}, {}, []
        self.in_title = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, *sorted(attrs)))
        self.in_title = tag == "title"
        if self.in_title:
            self.titles.append("")
        if tag == "meta" and (name := attrs.get("property") or attrs.get("name")):
            self.metas.setdefault(name, []).append(attrs["content"])
        if tag == "link" and attrs["rel"] == "canonical":
            self.links.setdefault("canonical", []).append(attrs["href"])

    def handle_data(self, data):
        if self.in_title:
            self.titles[-1] += data

    def handle_endtag(self, tag):
        if tag == "title":
            self.in_title = False

    @property
    def title(self):
        [title] = self.titles
        return title

    def meta(self, name):
        [content] = self.metas[name]
        return content


def routes(patterns=None, prefix="/"):
    """Every address of the site that needs nothing to be filled in."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif not re.search(r"[<(^$]", path):
            yield path


@pytest.fixture
def pages(client):
    """The public pages, by address: those that robots may read, results and fiches among them."""
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    fiches = [fiche.get_absolute_url() for fiche in CoEntrepreneur.objects.published()[:5]]
    answers = {path: client.get(path) for path in [*routes(), *RESULTS, *fiches] if robots.can_fetch("*", path)}
    html = {
        path: Head(answer.text)
        for path, answer in answers.items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    }
    assert {"/", "/catalogue/", "/referencement/", "/mentions-legales/", *RESULTS, *fiches} <= set(html)
    return html


def test_each_page_has_a_short_title_of_its_own(pages):
    titles = [head.title for head in pages.values()]

    assert [title for title in titles if not 10 <= len(title) <= LONGEST_TITLE] == []
    assert sorted(titles) == sorted(set(titles))


def test_each_page_says_what_it_holds_where_it_is_shared(pages):
    for path, head in pages.items():
        description = head.meta("description")
        description = re.sub(r"\s*\n", " ", description)
        assert 50 <= len(description) <= LONGEST_DESCRIPTION, path
        assert (head.meta("og:title"), head.meta("og:description")) == (head.title, description), path
        assert head.meta("og:url") == settings.SITE_URL + path, path
        assert head.links["canonical"] == [head.meta("og:url")], path
        assert head.meta("og:type") in {"website", "article", "profile"}
        assert head.meta("og:locale") == "fr_FR"
        assert head.meta("twitter:card") == "summary_large_image"


def test_the_image_of_each_page_is_there_at_the_size_it_says(pages):
    [(address, width, height, alt)] = {
        tuple(head.meta(f"og:image{part}") for part in ["", ":width", ":height", ":alt"]) for head in pages.values()
    }

    path = finders.find(address.removeprefix(settings.SITE_URL + settings.STATIC_URL))
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (int(width), int(height))) == ("PNG", (1200, 630))
    assert alt


def test_the_image_is_what_its_drawing_makes(monkeypatch, tmp_path):
    kept, drawn = draw_sharing_image.PATH, tmp_path / "partage.png"
    monkeypatch.setattr(draw_sharing_image, "PATH", drawn)

    call_command("draw_sharing_image", stdout=StringIO())

    with Image.open(kept) as before, Image.open(drawn) as after:
        difference = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
    # Another processor may round the edge of a letter otherwise.
    assert max(high for _, high in difference.getextrema()) < 32


def test_the_image_says_what_the_entry_page_says(client):
    drawing = (settings.BASE_DIR / "directory/documents/charter/sharing.typ").read_text()
    [title] = re.findall(r"<h1>(.*?)</h1>", client.get("/").text)

    assert title in " ".join(drawing.replace("\\\n", "").split())


def test_the_image_weighs_little():
    content = sharing_image()

    assert Image.open(BytesIO(content)).size == (1200, 630)
    assert len(content) < 60_000


@pytest.mark.parametrize("query", HOSTILE)
def test_the_words_of_a_stranger_stay_words_in_the_tags(client, query):
    hostile, plain = (Head(client.get("/catalogue/", {"q": words}).text) for words in (query, "introuvable"))

    assert hostile.elements[: hostile.elements.index(("body",))] == plain.elements[: plain.elements.index(("body",))]
    assert hostile.elements.count(("script",)) == plain.elements.count(("script",))
    assert hostile.meta("og:title") == hostile.title
    assert hostile.title.startswith(f"«\N{NO-BREAK SPACE}{query[:4].strip()}")
    assert len(hostile.title) <= LONGEST_TITLE


def test_the_titles_of_fiches_are_short_and_all_different():
    fiches = CoEntrepreneur.objects.published()
    titles = [fiche_title(fiche) for fiche in fiches]

    assert len(titles) == len(set(titles)) == len(fiches)
    assert [title for title in titles if len(title) > LONGEST_TITLE] == []
    named = [title for fiche, title in zip(fiches, titles, strict=True) if fiche.name in title]
    town = [title for fiche, title in zip(fiches, titles, strict=True) if fiche.city.removeprefix("Le ") in title]
    trade = [title for fiche, title in zip(fiches, titles, strict=True) if title[:8] == fiche.headline[:8]]
    assert all(len(those) > 0.97 * len(fiches) for those in (named, town, trade))


@pytest.mark.parametrize(
    ("headline", "city", "trade_name", "title"),
    [
        ("Photographe", "Béziers", "Ocre", "Photographe à Béziers – Marie Dupont, Ocre | Crealead"),
        (
            "Photographe, reportages et portraits",
            "Le Vigan",
            "",
            "Photographe, reportages au Vigan – Marie Dupont | Crealead",
        ),
        ("Photographe", "", "", "Photographe – Marie Dupont | Crealead"),
        (
            "Menuiserie sur mesure pour les écoles",
            "",
            "",
            "Menuiserie sur mesure pour les écoles – Marie Dupont | Crealead",
        ),
        ("Menuiserie sur mesure pour les écoles", "Sète", "", "Menuiserie sur mesure à Sète – Marie Dupont | Crealead"),
        ("", "Sète", "Ocre", "Marie Dupont, Ocre à Sète | Crealead"),
        ("", "", "", "Marie Dupont | Crealead"),
    ],
)
def test_the_title_of_a_fiche_says_trade_town_and_names_while_there_is_room(headline, city, trade_name, title):
    fiche = CoEntrepreneur(first_name="Marie", last_name="Dupont", headline=headline, city=city, trade_name=trade_name)

    assert fiche_title(fiche) == title


def test_a_title_too_long_for_any_place_is_cut():
    fiche = CoEntrepreneur(first_name="Marie-Hélène", last_name="de " * 26, trade_name="Atelier " * 15, city="Sète")

    assert len(fiche_title(fiche)) <= LONGEST_TITLE
    assert fiche_title(fiche).endswith("… | Crealead")


def test_what_is_shared_of_a_fiche_cannot_break_out_of_its_tags(client):
    fiche = CoEntrepreneurFactory(listed=True, headline='"><script>alert(1)</script>', trade_name="<i>", city='"')

    head = Head(client.get(fiche.get_absolute_url()).text)

    assert head.meta("og:title") == head.title
    assert head.meta("description").startswith('"><script>alert(1)</script>.')
    assert ("i",) not in head.elements


@pytest.mark.parametrize("path", ["/nulle-part/", "/mon-espace/connexion/", "/referencement/demande/"])
def test_what_is_nobody_s_to_share_has_no_such_tags(client, path):
    assert not [name for name in Head(client.get(path).text).metas if name.startswith("og:")]


def test_a_search_by_htmx_has_the_title_of_its_page(client):
    path = "/catalogue/?q=formation&page=2"

    fragment = client.get(path, headers={"HX-Request": "true"}).text

    [title] = re.findall(r'data-titre="([^"]+)"', fragment)
    assert title == re.search("<title>(.*?)</title>", client.get(path).text)[1]
