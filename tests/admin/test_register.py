"""The register of processing, as administrators download it."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from directory.doors.confirmation import CONFIRMED_FOR
from directory.privacy import terms
from directory.privacy.map import ENTRIES, PLACES
from tests.cast import browser_of

pytestmark = pytest.mark.django_db

PASSWORD = "une-phrase-de-passe-longue"


def downloaded(browser):
    response = browser.get(reverse("admin:register"))
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    return openpyxl.load_workbook(BytesIO(response.content))


def test_it_holds_all_the_map_in_cells_of_their_kind(as_administrator):
    book = downloaded(as_administrator)
    data = [dict(zip([cell.value for cell in book["Données"][1]], row, strict=True)) for row in book["Données"].values][
        1:
    ]

    assert {row["Table ou lieu"] for row in data} == {entry.model for entry in ENTRIES} | {
        place.where for place in PLACES
    }
    message = next(row for row in data if row["Table ou lieu"] == "directory.ContactMessage")
    assert message["Jours"] == terms.MESSAGE.length.days
    assert message["Texte libre"] is False
    assert message["Colonnes"] == "name, organisation, email, phone"
    assert isinstance(dict(book["Responsable"].values)["Registre écrit le"], date)
    assert {row[0] for row in book["Traitements"].values} - {"Traitement"} == {
        entry.purpose.title for entry in (*ENTRIES, *PLACES)
    }
    assert all(isinstance(row[1], int | float | None) for row in list(book["Durées"].values)[1:])


def test_the_password_is_asked_first(as_administrator, monkeypatch):
    later = timezone.now() + CONFIRMED_FOR + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    response = as_administrator.get(reverse("admin:register"))

    assert "Confirmer que c’est vous" in response.text


@pytest.mark.parametrize("who", ["referent", "staff_without_role"])
def test_it_is_for_administrators(request, who):
    browser = browser_of(request.getfixturevalue(who))

    assert browser.get(reverse("admin:register")).status_code == 403
    assert browser.post(reverse("admin:register"), {"confirmation-password": PASSWORD}).status_code == 403
    assert "registre des traitements" not in browser.get(reverse("admin:index")).text


def test_the_board_leads_there(as_administrator):
    assert reverse("admin:register") in as_administrator.get(reverse("admin:index")).text
