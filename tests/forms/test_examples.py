"""A field that takes one format only shows it in its label, before anyone is refused for another."""

import pytest
from django import forms

from crealead.addresses import EmailField
from directory.forms.phone import PhoneField
from directory.forms.website import WebsiteField
from directory.listing.forms import RequestForm
from tests.factories import CoEntrepreneurFactory


class Asking(forms.Form):
    address = EmailField(label="Adresse")
    phone = PhoneField(label="Téléphone", required=False)
    site = WebsiteField(label="Site", required=False)
    word = forms.CharField(label="Un mot")


@pytest.mark.parametrize(
    ("name", "example"), [("address", "prenom.nom@"), ("phone", "06 12 34 56 78"), ("site", "www.")]
)
def test_the_label_holds_an_example_that_the_field_takes(name, example):
    field = Asking()[name]
    label, _ = field.as_field_group().replace("\N{NO-BREAK SPACE}", " ").split("</label>")

    assert f"(par exemple : {example}" in label
    typed = label.rpartition(": ")[2].partition(")")[0]
    assert field.field.clean(typed)


def test_another_field_shows_none():
    assert "par exemple" not in Asking()["word"].as_field_group()


@pytest.mark.django_db
def test_forms_of_models_show_it_too(client):
    page = client.get(f"{CoEntrepreneurFactory(listed=True).get_absolute_url()}contact/").text

    assert page.count("(par exemple") == 2
    assert "(par exemple" in RequestForm()["website"].as_field_group()
