from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from directory.models import Insurance
from tests.admin.cast import admin_url, administrator, client_of, referent, staff_without_role
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db
LIST, ADD = admin_url("insurance_changelist"), admin_url("insurance_add")
PROOF = b"%PDF-1.7 attestation"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def own():
    return referent()


@pytest.fixture
def insurance(own):
    return Insurance.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(referent=own),
        kind="decennale",
        insurer="Assureur d’essai",
        proof=ContentFile(PROOF, name="a.pdf"),
    )


@pytest.fixture
def of_all():
    return Insurance.objects.create(insurer="Assureur de tous", proof=ContentFile(PROOF, name="a.pdf"))


def typed(**changed):
    return {"co_entrepreneur": "", "kind": "rc_pro", "insurer": "Nouvel assureur", "policy_number": ""} | changed


def status_of(browser, url):
    response = browser.get(url)
    if response.streaming:
        list(response.streaming_content)
    return response.status_code


def test_a_referent_keeps_those_of_their_own(own, insurance):
    browser = client_of(own)
    url = admin_url("insurance_change", insurance.pk)

    browser.post(url, typed(co_entrepreneur=insurance.co_entrepreneur_id, kind="decennale"))
    browser.post(ADD, typed(co_entrepreneur=insurance.co_entrepreneur_id))

    assert [one.insurer for one in Insurance.objects.all()] == ["Nouvel assureur", "Nouvel assureur"]
    assert Insurance.objects.get(pk=insurance.pk).proof


def test_a_referent_reads_the_cooperative_s_and_does_not_change_it(own, of_all):
    browser = client_of(own)
    url = admin_url("insurance_change", of_all.pk)

    assert "Assureur de tous" in browser.get(LIST).text
    assert browser.get(url).status_code == 200
    assert browser.post(url, typed()).status_code == 403
    assert browser.get(admin_url("insurance_delete", of_all.pk)).status_code == 403


def test_a_referent_insures_neither_everyone_nor_a_colleague_s(own):
    browser, other = client_of(own), CoEntrepreneurFactory()

    for member in ("", other.pk):
        assert browser.post(ADD, typed(co_entrepreneur=member)).status_code == 200

    assert not Insurance.objects.exists()


def test_an_administrator_insures_everyone():
    client_of(administrator()).post(ADD, typed(expires_on="2027-12-31"))

    assert Insurance.objects.get().co_entrepreneur is None


def test_another_referent_reads_nothing_of_it(insurance):
    browser = client_of(referent())

    assert "Assureur d’essai" not in browser.get(LIST).text
    assert "Assureur d’essai" not in browser.get(admin_url("insurance_change", insurance.pk), follow=True).text


def test_the_proof_comes_as_a_private_download_to_those_who_may_read_it(client, own, insurance, of_all):
    browsers = [client_of(person) for person in (own, administrator(), referent(), staff_without_role())]
    url, shared = (admin_url("insurance_proof", one.pk) for one in (insurance, of_all))

    response = browsers[0].get(url)

    assert b"".join(response.streaming_content) == PROOF
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert [status_of(browser, url) for browser in [*browsers, client]] == [200, 200, 404, 404, 302]
    assert [status_of(browser, shared) for browser in [*browsers, client]] == [200, 200, 200, 404, 302]


def test_without_a_proof_there_is_none_to_get(own, insurance):
    Insurance.objects.update(proof="")

    assert status_of(client_of(own), admin_url("insurance_proof", insurance.pk)) == 404


def test_a_proof_that_is_none_is_refused(own, insurance):
    response = client_of(own).post(
        ADD,
        typed(co_entrepreneur=insurance.co_entrepreneur_id, proof=SimpleUploadedFile("a.pdf", b"MZ")),
    )

    assert "n’est ni un PDF, ni une image" in response.text
    assert Insurance.objects.count() == 1


def test_a_proof_replaced_or_deleted_leaves_the_disk(insurance, django_capture_on_commit_callbacks):
    browser = client_of(administrator())
    first = Path(insurance.proof.path)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("insurance_change", insurance.pk), typed(proof=SimpleUploadedFile("b.pdf", PROOF)))
    second = Path(Insurance.objects.get().proof.path)
    replaced = [first.exists(), second.exists()]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(admin_url("insurance_delete", insurance.pk), {"post": "yes"})

    assert replaced == [False, True]
    assert not second.exists()
