from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from directory.models import Paper, Threshold
from tests import cast
from tests.cast import PDF, admin_url, body_of, browser_of, content_of, pdf, status_of, text_of
from tests.factories import PaperFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
LIST, ADD = admin_url("paper_changelist"), admin_url("paper_add")


def typed(**changed):
    return {"kind": "registration", "title": "", "starts_on": "01/03/2026", "expires_on": "30/05/2026"} | changed


def test_an_administrator_keeps_them_and_the_history_says_so(administrator):
    browser = browser_of(administrator)

    browser.post(ADD, typed(file=pdf(), is_public="on"))
    paper = Paper.objects.get()
    browser.post(admin_url("paper_change", paper.pk), typed(expires_on="31/05/2026", is_public="on"))

    assert paper.file.name.startswith("papers/")
    assert "document" not in paper.file.name
    events = apps.get_model("directory", "PaperEvent").objects.order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update"]
    assert events[1].pgh_context.metadata["user"] == administrator.pk


def test_a_referent_reads_them_to_send_them_and_changes_nothing(referent, client):
    paper = PaperFactory(kind=Paper.Kind.BANK, is_public=False)
    browser = browser_of(referent)
    change, file = admin_url("paper_change", paper.pk), admin_url("paper_file", paper.pk)

    assert "Coordonnées bancaires" in browser.get(LIST).text
    assert body_of(browser.get(file)) == content_of(paper.file)
    assert browser.post(change, typed()).status_code == 403
    assert [browser.get(url).status_code for url in (ADD, admin_url("paper_delete", paper.pk))] == [403, 403]
    assert status_of(browser_of(cast.staff_without_role()).get(file)) == 404
    assert status_of(client.get(file)) == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"file": pdf(content=b"MZ")}, "Ce fichier n’est pas un PDF."),
        ({"file": pdf(content=b"\x89PNG\r\n\x1a\n")}, "Ce fichier n’est pas un PDF."),
        ({"file": pdf(content=PDF + b" " * 5 * 1024 * 1024)}, "Ce fichier dépasse 5 Mo."),
        ({}, "Fichier"),
        ({"file": pdf(), "expires_on": "28/02/2026"}, "Le dernier jour ne peut pas précéder le premier."),
        ({"file": pdf(), "expires_on": ""}, "valable jusqu’au"),
        ({"file": pdf(), "kind": "other"}, "Donnez un intitulé à cette autre pièce."),
    ],
)
def test_what_is_no_paper_is_refused(administrator, changed, said):
    page = browser_of(administrator).post(ADD, typed(**changed))

    assert page.status_code == 200
    assert said.casefold() in text_of(page).casefold()
    assert not Paper.objects.exists()


def test_a_file_replaced_or_deleted_leaves_the_disk(administrator, django_capture_on_commit_callbacks):
    browser, paper = browser_of(administrator), PaperFactory()
    first = Path(paper.file.path)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("paper_change", paper.pk), typed(file=pdf()))
    second = Path(Paper.objects.get().file.path)
    replaced = [first.exists(), second.exists()]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("paper_delete", paper.pk), {"post": "yes"})

    assert replaced == [False, True]
    assert not second.exists()


def renewals(person):
    return [(what, over) for what, _, _, over in browser_of(person).get("/admin/").context["board"]["renewals"]]


def test_administrators_are_reminded_before_the_end_of_what_nothing_follows(administrator, referent):
    # Told beside papers, from some day of 2027 on.
    Threshold.objects.all().delete()
    PaperFactory(left=60)
    PaperFactory(kind=Paper.Kind.BANK, left=61)
    PaperFactory(kind=Paper.Kind.TAX, left=-3)
    PaperFactory(kind=Paper.Kind.SOCIAL, left=-3)
    PaperFactory(kind=Paper.Kind.SOCIAL, left=200)

    assert renewals(administrator) == [("Attestation de régularité fiscale", True), ("Extrait Kbis", False)]
    assert renewals(referent) == []
    page = text_of(browser_of(administrator).get("/admin/"))
    assert f"plus montré depuis le {timezone.localdate() - timedelta(days=3):%d/%m/%Y}" in page
