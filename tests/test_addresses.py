"""Every form, wherever it is, asks for an address in the same way, and every row keeps it so."""

from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory

import crealead
import directory
from crealead import addresses
from directory.models.email import EmailField
from tests.cast import administrator

OURS = ("crealead", "directory")


def subclasses(kind):
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def forms_of_the_site():
    for package in (crealead, directory):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.rpartition(".")[2].startswith(("wsgi", "settings")) and "migrations" not in module.name:
                import_module(module.name)
    return {form for form in subclasses(forms.BaseForm) if form.__module__.startswith(OURS)}


def forms_of_the_back_office(request):
    for model_admin in admin.site._registry.values():
        yield model_admin.get_form(request)
        yield model_admin.get_form(request, change=True)
        for inline in model_admin.get_inline_instances(request):
            yield inline.get_formset(request).form


@pytest.mark.django_db
def test_every_form_asks_for_an_address_in_one_way():
    request = RequestFactory().get("/admin/")
    request.user = administrator()
    asked = {
        (form.__qualname__, name): field
        for form in {*forms_of_the_site(), *forms_of_the_back_office(request)}
        for name, field in form.base_fields.items()
        if isinstance(field, forms.EmailField)
    }

    assert {("ContactForm", "email"), ("AddressForm", "email")} <= set(asked)
    assert [where for where, field in asked.items() if not isinstance(field, addresses.EmailField)] == []


def test_every_row_keeps_an_address_in_one_way():
    fields = [
        field
        for model in apps.get_models()
        if model.__module__.startswith(OURS)
        for field in model._meta.fields
        if isinstance(field, models.EmailField)
    ]

    assert len(fields) >= 5
    assert [str(field) for field in fields if not isinstance(field, EmailField)] == []
