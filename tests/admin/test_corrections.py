"""A form of the back office that is sent with errors: they are summed up first, there the focus goes, and the title says so."""

import re
from http import HTTPStatus
from io import BytesIO

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import RequestFactory

from tests.cast import admin_url, browser_of, typed_in_admin
from tests.cast import administrator as new_administrator
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, UserFactory

pytestmark = pytest.mark.django_db

SUMMARY = re.compile(r'<div class="resume-erreurs" role="alert" tabindex="-1" autofocus>.*?</div>', re.DOTALL)
# What has Django focus the first field of the page.
TAKES_FOCUS = re.compile(r"change_form[^>]*data-model-name")
IMPORTS = ["coentrepreneur_import", "contractsuggestion_import"]


def summary_of(response):
    """The summary of a page that has one, whose links lead somewhere, and whose title says that there are errors."""
    page = response.text
    assert re.search(r"<title>\s*Erreur\N{NO-BREAK SPACE}:", page)
    [summary] = SUMMARY.findall(page)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert [target for target in targets if f'id="{target}"' not in page] == []
    assert page.index("autofocus") > page.index("resume-erreurs")
    return summary


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_what_an_empty_form_lacks_is_summed_up(model):
    person = new_administrator()
    browser, url = browser_of(person), f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"
    request = RequestFactory().get(url)
    request.user = person
    if not admin.site._registry[model].has_add_permission(request):
        # Where nothing is typed in, the page isn't there either.
        assert browser.get(url).status_code == HTTPStatus.FORBIDDEN
        return
    page = browser.get(url)
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    data = {f"{formset.prefix}-{name}": "0" for formset in formsets for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

    response = browser.post(url, data)

    summary = summary_of(response)
    errors = response.context["adminform"].form.errors
    assert errors.keys() >= {name for name, field in page.context["adminform"].form.fields.items() if field.required}
    for name in errors:
        field = response.context["adminform"].form[name]
        assert f'href="#{field.id_for_label or field.auto_id}"' in summary
    assert "Ce champ est obligatoire" not in response.text
    assert "Corrigez" not in response.text
    assert not TAKES_FOCUS.search(response.text)
    assert TAKES_FOCUS.search(page.text)


def test_what_hangs_from_a_fiche_is_summed_up_with_it(administrator):
    fiche = CoEntrepreneurFactory()
    ReferenceFactory(co_entrepreneur=fiche)
    browser, url = browser_of(administrator), admin_url("coentrepreneur_change", fiche.pk)
    data = typed_in_admin(browser.get(url), last_name="")
    [prefix] = {name.rpartition("-0-")[0] for name in data if name.endswith("-0-subject")}

    summary = summary_of(browser.post(url, data | {f"{prefix}-0-subject": ""}))

    assert "2 points sont à corriger" in summary
    assert 'href="#id_last_name"' in summary
    assert f'href="#id_{prefix}-0-subject"' in summary
    assert "Remplissez «\N{NO-BREAK SPACE}Nom\N{NO-BREAK SPACE}»." in summary


def test_a_box_ticked_for_no_reason_is_asked_why(as_administrator):
    data = {"action": "tick_box", ACTION_CHECKBOX_NAME: [CoEntrepreneurFactory().pk], "confirmed": "1"}

    summary = summary_of(as_administrator.post(admin_url("coentrepreneur_changelist"), data))

    assert "Dites pourquoi la case change." in summary


@pytest.mark.parametrize("page", IMPORTS)
def test_an_import_without_a_file_is_asked_for_one(as_administrator, page):
    assert "Choisissez un fichier" in summary_of(as_administrator.post(admin_url(page), {}))


def test_an_import_that_cannot_be_has_the_focus_and_the_title(as_administrator):
    file = BytesIO(b"email;nom;depart\nx@example.org;;hier\n")
    file.name = "fiches.csv"

    page = as_administrator.post(admin_url("coentrepreneur_import"), {"file": file}).text

    assert re.search(r"<title>\s*Erreur\N{NO-BREAK SPACE}:", page)
    assert '<h2 id="import-errors" tabindex="-1" autofocus' in page


def test_the_preview_of_an_import_has_the_focus(as_administrator):
    file = BytesIO(b"email;prenom;nom\nneuve@example.org;Nour;Haddad\n")
    file.name = "fiches.csv"

    page = as_administrator.post(admin_url("coentrepreneur_import"), {"file": file}).text

    assert '<h2 id="import-preview" tabindex="-1" autofocus' in page
    assert "Erreur" not in page


def test_passwords_are_summed_up_too(administrator):
    browser = browser_of(administrator)

    for url in ("/admin/password_change/", f"/admin/auth/user/{UserFactory().pk}/password/"):
        assert 'href="#id_' in summary_of(browser.post(url, {"set-password": "1"}))
