"""One rule on every form: all is compulsory, but what says that it may stay empty."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django import forms

import directory

ROOM = Path(directory.__file__).parent
TEMPLATES = ROOM.parent / "templates"
# Choices read no row here: what is rendered is a field, not what may be chosen.
pytestmark = pytest.mark.django_db


def form_classes():
    """Every form of the site, the back office's left to itself."""
    for path in sorted(ROOM.rglob("*forms*/*.py")) + sorted(ROOM.rglob("*forms.py")):
        if "admin" in path.parts or path.name == "__init__.py":
            continue
        module = import_module(".".join(path.relative_to(ROOM.parent).with_suffix("").parts))
        for kind in vars(module).values():
            is_form = isinstance(kind, type) and issubclass(kind, forms.BaseForm) and kind.__module__ == module.__name__
            if is_form and kind.base_fields:
                yield kind


@pytest.mark.parametrize("kind", list(form_classes()), ids=lambda kind: kind.__name__)
def test_each_field_says_whether_it_may_stay_empty_and_is_described_by_what_is_there(kind):
    form = type("AnyForm", (forms.Form,), dict(kind.base_fields))({})
    form.is_valid()

    for field in form.visible_fields():
        html = field.as_field_group()
        described = {key for keys in re.findall(r'aria-describedby="([^"]*)"', html) for key in keys.split()}
        assert ("facultatif" in html) == (not field.field.required), field.name
        assert described <= set(re.findall(r'\bid="([^"]*)"', html)), field.name


def test_every_form_to_fill_in_says_the_rule_on_top():
    silent = []
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        for form in re.finditer(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            filled = re.search(r"as_field_group|_message_fields|_client\.html|_line\.html", form[0])
            # Once for all the forms of a page.
            if filled and "_partials/required.html" not in text[: form.start() + filled.start()]:
                silent.append(path.relative_to(TEMPLATES).as_posix())

    assert [name for name in silent if not name.startswith("admin/")] == []


def test_what_blocks_is_never_said_to_be_optional():
    from directory.forms.clients import ClientForm
    from directory.listing.forms import RequestForm

    for form in (RequestForm({}), ClientForm({"client_name": "Commune sans pareille"})):
        form.is_valid()
        for name in form.errors:
            assert "(facultatif)" not in form[name].as_field_group(), name
