"""A link to a file says its format, and its size when it is known, wherever it stands."""

import re
from types import SimpleNamespace

import pytest
from django.urls import resolve
from lxml import html

from crealead.words import FORMATS, file_told
from directory.models import Consultation, Paper
from tests.test_templates import TEMPLATES
from tests.walk.no_page import DOWNLOAD, NO_PAGE
from tests.walk.world import World

# Shown in a page, and no file to keep.
IMAGES = re.compile("photo|portrait|portfolio")
FILES = {name for name, why in NO_PAGE.items() if why == DOWNLOAD and not IMAGES.search(name)}
SAID = re.compile(rf"\b({'|'.join({*FORMATS.values(), 'XLSX', 'ODS'})})\b")
LINK = re.compile(r"""<a\b[^>]*?href="{% url ['"]([\w:]+)['"][^>]*>(.*?)</a>""", re.DOTALL)


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("cv.pdf", 120 * 1024, "PDF, 120 Ko"),
        ("mémoire final.DOCX", 10, "Word, 1 Ko"),
        ("a.b.zip", 3_500_000, "ZIP, 3,3 Mo"),
        ("sans", 2048, "fichier, 2 Ko"),
    ],
)
def test_a_file_is_told_by_its_format_and_size(name, size, told):
    assert file_told(SimpleNamespace(name=name, size=size)).replace("\N{NO-BREAK SPACE}", " ") == told


def test_a_file_that_has_gone_is_told_by_its_format_alone():
    class Gone:
        name = "cv.pdf"

        @property
        def size(self):
            raise FileNotFoundError

    assert file_told(Gone()) == "PDF"


def test_each_link_of_a_template_to_a_file_says_its_format():
    found = [
        (path.name, name, words)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for name, words in LINK.findall(path.read_text())
        if name in FILES
    ]

    assert len(found) >= 8
    assert [one for one in found if not (SAID.search(one[2]) or "file_told" in one[2])] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("on_demonstration")
def test_each_link_of_a_page_to_a_file_says_its_format():
    world = World()
    slug, consultation = world.published.slug, world.consultation.pk
    paper = Paper.objects.exclude(file="").latest("pk").pk
    answered = Consultation.objects.filter(answers__isnull=False).latest("pk").pk
    pages = {
        "anybody": ["/catalogue/", "/acheter/", f"/catalogue/{slug}/", f"/selection/?f={slug}"],
        "a lead": ["/mon-espace/cv/", f"/consultations/{consultation}/memoire/"],
        "an administrator": [
            "/admin/",
            "/admin/directory/coentrepreneur/",
            "/admin/directory/coentrepreneur/import/",
            f"/admin/directory/paper/{paper}/change/",
            f"/consultations/{answered}/",
        ],
    }

    seen = [
        link for who, paths in pages.items() for path in paths for link in links_to_files(world.browsers[who], path)
    ]

    assert len(seen) >= 12
    assert [link for link in seen if not SAID.search(link[2])] == []


def links_to_files(browser, path):
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200, path
    for link in html.fromstring(answer.content).iter("a"):
        address = link.get("href", "").partition("?")[0]
        if address.startswith("/") and resolve(address).view_name in FILES:
            yield path, address, link.text_content()
