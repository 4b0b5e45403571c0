"""A field whose text must have a form shows one before anything is typed (RGAA 11.10)."""

import pytest
from django import forms

from crealead import addresses, phones
from directory.forms.phone import PhoneField
from directory.forms.website import WebsiteField
from directory.models import CoEntrepreneur, ListingRequest, Reference
from directory.models import website as websites


@pytest.mark.parametrize(
    ("field", "example"),
    [
        (addresses.EmailField, addresses.EXAMPLE),
        (PhoneField, phones.EXAMPLE),
        (WebsiteField, websites.EXAMPLE),
    ],
)
def test_a_field_says_how_one_looks_after_its_own_words(field, example):
    assert (
        field(help_text="Montré à personne.").help_text
        == f"Montré à personne. Par exemple\N{NO-BREAK SPACE}: {example}."
    )
    assert field().help_text == f"Par exemple\N{NO-BREAK SPACE}: {example}."


@pytest.mark.parametrize(
    ("model", "column", "example"),
    [
        (CoEntrepreneur, "email", addresses.EXAMPLE),
        (ListingRequest, "phone", phones.EXAMPLE),
        (Reference, "contact_email", addresses.EXAMPLE),
        (Reference, "contact_phone", phones.EXAMPLE),
        (CoEntrepreneur, "website", websites.EXAMPLE),
    ],
)
def test_the_form_of_a_row_does_too(model, column, example):
    form = forms.modelform_factory(model, fields=[column])()

    assert form.fields[column].help_text.endswith(f"Par exemple\N{NO-BREAK SPACE}: {example}.")
