"""What a form lacks is told in a sentence of its own: beside ten fields, « Ce champ est obligatoire » names nothing."""

import importlib
import pkgutil

import pytest
from django import forms

import directory
from tests.factories import CoEntrepreneurFactory

LEFT_OUT = ("directory.migrations", "directory.benchmark", "directory.admin")


def _subclasses(kind):
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _our_forms():
    for module in pkgutil.walk_packages(directory.__path__, "directory."):
        if not module.name.startswith(LEFT_OUT):
            importlib.import_module(module.name)
    ours = {form for form in _subclasses(forms.BaseForm) if form.__module__.startswith("directory.")}
    return sorted(
        (form for form in ours if not form.__module__.startswith(LEFT_OUT)),
        key=lambda form: (form.__module__, form.__name__),
    )


@pytest.mark.parametrize("form", _our_forms(), ids=lambda form: form.__name__)
def test_each_required_field_names_what_is_missing(form):
    usual = forms.Field().error_messages["required"]

    unnamed = [
        name for name, field in form.base_fields.items() if field.required and field.error_messages["required"] == usual
    ]

    assert unnamed == []


@pytest.mark.django_db
def test_a_message_without_words_is_answered_field_by_field(client):
    page = client.post(f"{CoEntrepreneurFactory(listed=True).get_absolute_url()}contact/", {"name": ""})

    for sentence in ("Écrivez votre nom.", "Pour quel organisme", "Écrivez l’adresse où", "Dites ce dont"):
        assert sentence in page.text
    assert "Ce champ est obligatoire" not in page.text
