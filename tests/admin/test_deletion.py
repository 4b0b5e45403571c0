"""What a deletion takes with it is told in French, of every model."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests.cast import administrator, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]

# Of each model: enough for one with something that hangs from it to be among them.
ROWS = 3


def lines_of(nested):
    for line in nested:
        if isinstance(line, list):
            yield from lines_of(line)
        else:
            yield re.sub("<[^>]*>", "", line)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_what_goes_with_a_row_is_told_in_french(model):
    model_admin, request = admin.site._registry[model], RequestFactory().get("/admin/")
    request.user = administrator()
    rows = model._default_manager.order_by("pk")[:ROWS]

    deleted, counts, _, protected = model_admin.get_deleted_objects(rows, request)

    lines = [*lines_of(deleted), *lines_of(protected)]
    assert [line for line in lines if " object (" in line] == []
    named = [line.partition(":")[0] for line in lines] + [str(plural) for plural in counts]
    assert [name for name in named if "_" in name or re.search(r"[a-z][A-Z]", name) or "elation" in name] == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_the_page_of_a_deletion_names_no_class(model):
    """Of those that administrators may delete."""
    browser, row = browser_of(administrator()), model._default_manager.order_by("pk").first()
    address = row and reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[row.pk])
    if row is None:
        return

    response = browser.get(address)

    assert response.status_code in {200, 302, 403}
    assert " object (" not in response.text
