"""The page on privacy says the lengths and the tables of the map, whatever the cooperative writes around them."""

import hashlib
import importlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from lxml import html

from crealead.words import lasting
from directory.models import Page, alert, departure
from directory.privacy import page, terms
from directory.privacy.map import COOKIES, ENTRIES, STORED
from tests.cast import text_of

pytestmark = pytest.mark.django_db

PRIVACY = (Path(settings.BASE_DIR) / "directory/data/pages/confidentialite.md").read_text(encoding="utf-8")


def test_every_mark_of_the_first_text_is_filled():
    assert "[[" in PRIVACY
    assert "[[" not in page.filled(PRIVACY)


@pytest.mark.parametrize(
    "words",
    [
        f"{lasting(terms.MESSAGE.length)}, puis effacement",
        f"**Combien de temps** : {lasting(terms.REQUEST.length)} après la fin de la demande",
        f"**Combien de temps** : {lasting(terms.SEARCH.length)} après la dernière fois",
        f"ou {lasting(alert.LASTS)} si vous ne la gardez pas",
        f"au moins {lasting(departure.NOTICE)} avant la fin",
        f"ou de {lasting(timedelta(days=settings.UNDECIDED_STRANGER_DAYS))} si aucune fiche",
        f"gardée {lasting(terms.BACKUP.length)}",
        f"{lasting(terms.MEMBER_SESSION.length)} sans visite",
    ],
)
def test_the_page_on_privacy_says_the_figures_of_the_code(words):
    assert words in page.filled(PRIVACY).replace("\N{NO-BREAK SPACE}", " ")


def test_the_table_tells_each_thing_that_is_kept(client):
    text = text_of(client.get("/confidentialite/"))

    for entry in ENTRIES:
        assert (
            entry.what in text or entry.what.capitalize() in text or f"{entry.what[0].upper()}{entry.what[1:]}" in text
        )
        assert str(entry.term) in text
        assert entry.purpose.title in text
    for kept in (*COOKIES, *STORED):
        assert f"<code>{kept.name}</code>" in text


def test_a_long_page_begins_with_its_parts_and_names_its_tables(client):
    page = html.fromstring(client.get("/confidentialite/").text).find(".//main")

    parts = [(link.get("href"), link.text) for link in page.xpath(".//nav//a")]
    assert parts == [(f"#{title.get('id')}", title.text) for title in page.iter("h2")]
    tables = list(page.iter("table"))
    names = [page.get_element_by_id(table.get("aria-labelledby")).text for table in tables]
    assert len(set(names)) == len(tables) >= len(parts)
    assert {cell.get("scope") for cell in page.iter("th")} == {"col"}
    inside = [link.get("href") for link in page.xpath(".//a[starts-with(@href, '#')]")]
    assert len(inside) > len(parts) + len(tables) - 2
    for address in inside:
        page.get_element_by_id(address[1:])
    assert not html.fromstring(client.get("/mentions-legales/").text).xpath(".//main//nav")


def test_a_text_without_its_marks_has_the_table_at_its_end(client):
    Page.objects.filter(slug="confidentialite").update(body="Nos mots. [[autre chose]] [[durée des messages]]")

    text = text_of(client.get("/confidentialite/"))

    assert "Nos mots. [[autre chose]] un an" in text
    assert text.index("Nos mots") < text.index("Les messages des acheteurs")


def test_marks_are_of_the_page_on_privacy_alone(client):
    Page.objects.filter(slug="accessibilite").update(body="[[durée des messages]]")

    assert "[[durée des messages]]" in client.get("/accessibilite/").text


@pytest.mark.parametrize("is_edited", [False, True])
@pytest.mark.parametrize("name", ["0033_privacy_page", "0044_privacy_page"])
def test_the_first_text_is_replaced_unless_it_was_edited(name, is_edited, monkeypatch):
    migration = importlib.import_module(f"directory.migrations.{name}")
    former = "Le texte d’avant"
    monkeypatch.setattr(migration, "FORMER", {hashlib.sha256(former.encode()).hexdigest()})
    Page.objects.filter(slug="confidentialite").update(body=f"{former}, corrigé" if is_edited else former)

    migration.replace(apps, None)

    body = Page.objects.get(slug="confidentialite").body
    assert (body == f"{former}, corrigé") == is_edited
    assert (PRIVACY.partition("\n")[2].strip() == body) != is_edited
