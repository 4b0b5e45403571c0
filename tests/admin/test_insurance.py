from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from directory.models import Insurance
from tests import cast
from tests.cast import PDF, admin_url, body_of, browser_of, status_of
from tests.factories import CoEntrepreneurFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
LIST, ADD = admin_url("insurance_changelist"), admin_url("insurance_add")
PROOF = PDF


@pytest.fixture
def insurance(referent):
    return Insurance.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(referent=referent),
        kind="decennale",
        insurer="Assureur d’essai",
        proof=ContentFile(PROOF, name="a.pdf"),
    )


@pytest.fixture
def of_all():
    return Insurance.objects.create(insurer="Assureur de tous", proof=ContentFile(PROOF, name="a.pdf"))


def typed(**changed):
    return {"co_entrepreneur": "", "kind": "rc_pro", "insurer": "Nouvel assureur", "policy_number": ""} | changed


def test_a_referent_keeps_those_of_their_own(referent, insurance):
    browser = browser_of(referent)
    url = admin_url("insurance_change", insurance.pk)

    browser.post(url, typed(co_entrepreneur=insurance.co_entrepreneur_id, kind="decennale"))
    browser.post(ADD, typed(co_entrepreneur=insurance.co_entrepreneur_id))

    assert [one.insurer for one in Insurance.objects.all()] == ["Nouvel assureur", "Nouvel assureur"]
    assert Insurance.objects.get(pk=insurance.pk).proof


def test_a_referent_reads_the_cooperative_s_and_does_not_change_it(referent, of_all):
    browser = browser_of(referent)
    url = admin_url("insurance_change", of_all.pk)

    assert "Assureur de tous" in browser.get(LIST).text
    assert browser.get(url).status_code == 200
    assert browser.post(url, typed()).status_code == 403
    assert browser.get(admin_url("insurance_delete", of_all.pk)).status_code == 403


def test_a_referent_insures_neither_everyone_nor_a_colleague_s(referent):
    browser, other = browser_of(referent), CoEntrepreneurFactory()

    for member in ("", other.pk):
        assert browser.post(ADD, typed(co_entrepreneur=member)).status_code == 200

    assert not Insurance.objects.exists()


def test_an_administrator_insures_everyone():
    browser_of(cast.administrator()).post(ADD, typed(expires_on="2027-12-31"))

    assert Insurance.objects.get().co_entrepreneur is None


def test_another_referent_reads_nothing_of_it(insurance):
    browser = browser_of(cast.referent())

    assert "Assureur d’essai" not in browser.get(LIST).text
    assert "Assureur d’essai" not in browser.get(admin_url("insurance_change", insurance.pk), follow=True).text


def test_the_proof_comes_as_a_private_download_to_those_who_may_read_it(client, referent, insurance, of_all):
    browsers = [
        browser_of(person) for person in (referent, cast.administrator(), cast.referent(), cast.staff_without_role())
    ]
    url, shared = (admin_url("insurance_proof", one.pk) for one in (insurance, of_all))

    response = browsers[0].get(url)

    assert body_of(response) == PROOF
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert [status_of(browser.get(url)) for browser in [*browsers, client]] == [200, 200, 404, 404, 302]
    assert [status_of(browser.get(shared)) for browser in [*browsers, client]] == [200, 200, 200, 404, 302]


def test_without_a_proof_there_is_none_to_get(referent, insurance):
    Insurance.objects.update(proof="")

    assert status_of(browser_of(referent).get(admin_url("insurance_proof", insurance.pk))) == 404


def test_a_proof_that_is_none_is_refused(referent, insurance):
    response = browser_of(referent).post(
        ADD,
        typed(co_entrepreneur=insurance.co_entrepreneur_id, proof=SimpleUploadedFile("a.pdf", b"MZ")),
    )

    assert "n’est ni un PDF, ni une image" in response.text
    assert Insurance.objects.count() == 1


def test_a_proof_replaced_or_deleted_leaves_the_disk(insurance, django_capture_on_commit_callbacks):
    browser = browser_of(cast.administrator())
    first = Path(insurance.proof.path)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("insurance_change", insurance.pk), typed(proof=SimpleUploadedFile("b.pdf", PROOF)))
    second = Path(Insurance.objects.get().proof.path)
    replaced = [first.exists(), second.exists()]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("insurance_delete", insurance.pk), {"post": "yes"})

    assert replaced == [False, True]
    assert not second.exists()


def test_the_list_says_which_are_told_to_buyers(referent, insurance):
    browser = browser_of(referent)
    shown = [browser.get(LIST).text.count("icon-yes")]
    Insurance.objects.update(expires_on="2100-01-01")

    shown.append(browser.get(LIST).text.count("icon-yes"))

    # In force, then told too.
    assert shown == [1, 2]


def test_one_that_ends_before_it_starts_is_refused(referent, insurance):
    dates = {"starts_on": "2027-01-01", "expires_on": "2026-12-31"}

    response = browser_of(referent).post(ADD, typed(co_entrepreneur=insurance.co_entrepreneur_id, **dates))

    assert "La fin doit venir après le début." in response.text
    assert Insurance.objects.count() == 1
