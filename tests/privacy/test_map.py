"""The map names every column of every table, and nothing that isn't there."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import connection, models

from directory.privacy import page, terms
from directory.privacy.files import columns_of_files
from directory.privacy.map import COOKIES, ENTRIES, MAP, PLACES, STORED, entry_of
from directory.privacy.vocabulary import By, Eraser, Sought
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

# What Django itself keeps: which migrations ran.
OF_DJANGO = {"django_migrations"}


def tables():
    """Every model of every application that has columns of its own, those that Django or pghistory made included."""
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def columns_of(model):
    return [field.name for field in model._meta.local_concrete_fields]


def compared(model):
    """What the map lacks of a model, and what it has too much."""
    try:
        names = entry_of(model).names
    except KeyError:
        return {"missing": columns_of(model), "gone": []}
    columns = columns_of(model)
    return {
        "missing": [name for name in columns if name not in names],
        "gone": [name for name in names if name not in columns],
    }


@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.label)
def test_every_column_is_named(model):
    assert compared(model) == {"missing": [], "gone": []}, (
        f"{model._meta.label} : say in directory/privacy/map what these columns hold (docs/privacy.md)"
    )


def test_every_entry_is_a_table():
    assert {entry.model for entry in MAP} == {model._meta.label for model in tables()}
    assert [model for model, times in Counter(entry.model for entry in MAP).items() if times > 1] == []


def test_a_column_is_named_once():
    twice = {entry.model: [name for name, times in Counter(entry.names).items() if times > 1] for entry in MAP}

    assert {model: names for model, names in twice.items() if names} == {}


def test_a_new_column_is_found_out():
    class Meta:
        app_label = "directory"
        apps = type(apps)()

    model = type("FormerSlug", (models.Model,), {"Meta": Meta, "__module__": __name__, "nickname": models.TextField()})

    assert compared(model) == {"missing": ["nickname"], "gone": ["slug", "co_entrepreneur"]}


@pytest.mark.django_db
def test_every_table_of_the_database_is_a_model():
    views = {"pghistory_events"}

    assert (
        set(connection.introspection.table_names()) - OF_DJANGO == {model._meta.db_table for model in tables()} - views
    )


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.model)
def test_an_entry_says_what_erases_it(entry):
    assert bool(entry.purge) == (entry.eraser is Eraser.PURGE)
    assert bool(entry.goes_with) == (entry.eraser is Eraser.PARENT)
    if entry.goes_with:
        parent = apps.get_model(entry.goes_with)
        assert any(field.related_model is parent for field in entry.table._meta.local_concrete_fields)
        assert entry_of(parent).term == entry.term or entry.term == terms.FICHE
    if entry.history_of:
        assert entry.history_of in {described.model for described in MAP}


def test_each_line_of_the_purge_has_words_of_its_own():
    sooner = [part.purge.line for entry in ENTRIES for part in entry.sooner]
    words = [entry.purge.line for entry in (*ENTRIES, *PLACES) if entry.purge] + sooner

    assert len(set(words)) == len(words)


@pytest.mark.django_db
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.model)
def test_each_row_is_found_by_the_marks_of_its_person(entry):
    sought = Sought(fiches=(1,), accounts=(1,), emails=("a@b.fr",), phones=("04 67 12 34 56",), names=("Lucie Astruc",))
    try:
        assert not entry.rows_of(sought).exists() or entry.model == "auth.User"
    except FieldError as error:
        pytest.fail(str(error))


@pytest.mark.django_db
def test_rows_are_those_of_the_person_and_no_other():
    lucie, nora = CoEntrepreneurFactory(first_name="Lucie", last_name="Astruc"), CoEntrepreneurFactory()
    reference = ReferenceFactory(co_entrepreneur=nora, contact_name="Éric Besse", contact_email="Eric@example.org")
    fiches, references = (entry_of(type(row)) for row in (lucie, reference))

    assert list(fiches.rows_of(Sought(names=("lucie astruc",)))) == [lucie]
    assert list(fiches.rows_of(Sought(fiches=(nora.pk,)))) == [nora]
    assert list(references.rows_of(Sought(emails=("eric@EXAMPLE.org",)))) == [reference]
    assert list(references.rows_of(Sought(names=("eric besse",)))) == [reference]
    assert list(references.rows_of(Sought(fiches=(nora.pk,)))) == [reference]
    assert list(references.rows_of(Sought(fiches=(lucie.pk,)))) == []
    assert list(references.rows_of(Sought())) == []
    assert {By.FICHE, By.EMAIL, By.NAME} <= {tie.by for tie in references.ties}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [model for model in tables() if columns_of_files(model)], ids=lambda model: model._meta.label
)
def test_files_of_every_column_are_swept_when_nothing_names_them(model):
    if not model._meta.label.endswith("Event"):
        source = " ".join(Path(settings.BASE_DIR, "directory/models/files.py").read_text(encoding="utf-8").split())
        folders = set(re.findall(r'return f"([a-z-]+)/', source))
        assert folders == set(PLACES[0].folders)
        for name in columns_of_files(model):
            assert model._meta.get_field(name).upload_to.__module__ == "directory.models.files"


def test_cookies_are_those_that_the_site_sets():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(settings.BASE_DIR, "directory").rglob("*.py"))

    assert source.count(".set_cookie(") == 1, "name a new cookie in directory/privacy/map/site.py"
    assert {cookie.name for cookie in COOKIES} == {"csrftoken", "sessionid", "espace", "messages"}


def test_what_scripts_keep_in_the_browser_is_told():
    scripts = {
        path.name: path.read_text(encoding="utf-8") for path in Path(settings.BASE_DIR, "static/js").glob("*.js")
    }

    keeping = {
        name for name, script in scripts.items() if re.search(r"(local|session)Storage|indexedDB|\.cookie\b", script)
    }
    assert keeping == {"selection.js"}, "name what it keeps in directory/privacy/map/site.py"
    keys = re.findall(r'^const (?:KEY|MOVED) = "(.+?)"', scripts["selection.js"], re.MULTILINE)
    # The other is of htmx: tests/browser/ asks a browser.
    assert {row.name for row in STORED} == {*keys, "htmx-current-path-for-history"}
    assert set(re.findall(r"Storage\.setItem\((\S+),", scripts["selection.js"])) == {"KEY", "MOVED", "`${KEY}-essai`"}


def test_backups_are_kept_as_long_as_the_script_keeps_them():
    script = Path(settings.BASE_DIR, "docs/deployment/crealead-backup").read_text(encoding="utf-8")

    deleted, left = re.findall(r"-mmin \+(\d+)", script)
    # An hour before the end: the next night is a day later.
    assert timedelta(minutes=int(deleted)) == terms.BACKUP.length - timedelta(hours=1)
    assert timedelta(minutes=int(left)) == terms.BACKUP.length


def test_every_length_of_the_page_is_one_of_the_map():
    sooner = {part.term for entry in ENTRIES for part in entry.sooner}
    assert set(page.LENGTHS.values()) <= {entry.term for entry in (*ENTRIES, *PLACES)} | sooner
