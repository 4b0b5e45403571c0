"""The page on privacy says the lengths and the tables of the map, whatever the cooperative writes around them."""

import hashlib
import importlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from crealead.words import lasting
from directory.models import Page
from directory.privacy import page, terms
from directory.privacy.map import COOKIES, ENTRIES
from tests.cast import text_of

pytestmark = pytest.mark.django_db

PRIVACY = (Path(settings.BASE_DIR) / "directory/data/pages/confidentialite.md").read_text(encoding="utf-8")


def test_every_mark_of_the_first_text_is_filled():
    assert "[[" in PRIVACY
    assert "[[" not in page.filled(PRIVACY)


@pytest.mark.parametrize(
    "words",
    [
        f"{lasting(terms.MESSAGE.length)}, puis effacement ; jamais plus de {lasting(terms.MOST)}.",
        f"**Combien de temps** : {lasting(terms.REQUEST.length)} après la fin de la demande",
        f"**Combien de temps** : {lasting(terms.SEARCH.length)}, puis effacement.",
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
    for cookie in COOKIES:
        assert f"<code>{cookie.name}</code>" in text


def test_a_text_without_its_marks_has_the_table_at_its_end(client):
    Page.objects.filter(slug="confidentialite").update(body="Nos mots. [[autre chose]] [[durée des messages]]")

    text = text_of(client.get("/confidentialite/"))

    assert "Nos mots. [[autre chose]] un an" in text
    assert text.index("Nos mots") < text.index("Les messages des acheteurs")


def test_marks_are_of_the_page_on_privacy_alone(client):
    Page.objects.filter(slug="accessibilite").update(body="[[durée des messages]]")

    assert "[[durée des messages]]" in client.get("/accessibilite/").text


@pytest.mark.parametrize("is_edited", [False, True])
def test_the_first_text_is_replaced_unless_it_was_edited(is_edited, monkeypatch):
    migration = importlib.import_module("directory.migrations.0033_privacy_page")
    former = "Le texte d’avant"
    monkeypatch.setattr(migration, "FORMER", {hashlib.sha256(former.encode()).hexdigest()})
    Page.objects.filter(slug="confidentialite").update(body=f"{former}, corrigé" if is_edited else former)

    migration.replace(apps, None)

    body = Page.objects.get(slug="confidentialite").body
    assert (body == f"{former}, corrigé") == is_edited
    assert (PRIVACY.partition("\n")[2].strip() == body) != is_edited
