"""The attestation of a reference: kept, shown to those it concerns, replaced, erased."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.forms import files
from directory.models import Participation, Reference
from tests import cast
from tests.cast import PDF, body_of, browser_of, content_of, photo, text_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory
from tests.references.form import filled, showing

pytestmark = pytest.mark.django_db
State = Reference.State
ADD = "/mon-espace/references/nouvelle/"


def url(name, reference):
    return reverse(f"references:{name}", args=[reference.pk])


@pytest.mark.parametrize("content", [b"MZ pas un PDF", b"%PDF-" + b"x" * (5 * 1024 * 1024)])
def test_what_is_not_an_attestation_is_refused(as_member, content):
    page = text_of(as_member.post(ADD, filled(attestation=SimpleUploadedFile("a.pdf", content))))

    assert "Ce fichier" in page
    assert not Reference.objects.exists()


def test_a_file_sent_with_a_form_to_correct_need_not_be_chosen_again(as_member):
    asked = as_member.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    ticket = asked.context["entry"].form["attestation_ticket"].value()

    as_member.post(ADD, filled(attestation_ticket=ticket))

    assert "« preuve.pdf » est gardé" in text_of(asked)
    assert content_of(Reference.objects.get().attestation) == PDF


def test_a_file_that_waits_is_found_by_its_owner_only(as_member, other_member):
    asked = as_member.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    ticket = asked.context["entry"].form["attestation_ticket"].value()

    browser_of(other_member).post(ADD, filled(attestation_ticket=ticket))
    as_member.post(ADD, filled(client_name="Lycée Jean-Moulin", attestation_ticket="faux"))

    assert [reference.attestation.name for reference in Reference.objects.all()] == ["", ""]


def test_an_attestation_is_replaced_then_removed_and_its_file_goes(
    as_member, member, django_capture_on_commit_callbacks
):
    reference = ReferenceFactory(co_entrepreneur=member, attestation=SimpleUploadedFile("a.pdf", PDF))
    first = reference.attestation.path

    with django_capture_on_commit_callbacks(execute=True):
        as_member.post(
            url("edit", reference),
            showing(reference, attestation=photo(kind="PNG")),
        )
    reference.refresh_from_db()
    second = reference.attestation.path
    with django_capture_on_commit_callbacks(execute=True):
        as_member.post(url("edit", reference), showing(reference) | {"attestation-clear": "on"})

    assert second.endswith(".png")
    assert not any(Path(path).exists() for path in (first, second))
    assert Reference.objects.get().attestation == ""


def test_an_attestation_is_read_by_who_is_concerned_and_by_nobody_else(member, other_member, client):
    follower = cast.referent()
    third = CoEntrepreneurFactory(referent=follower)
    reference = ReferenceFactory(co_entrepreneur=member, attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=reference, co_entrepreneur=third)
    address = url("attestation", reference)

    for reader in (browser_of(member), browser_of(third), browser_of(follower), browser_of(cast.administrator())):
        response = reader.get(address)
        assert body_of(response) == PDF
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
    for stranger in (browser_of(other_member), browser_of(cast.referent())):
        assert stranger.get(address).status_code == 404
    for nobody in (Client(), browser_of(cast.staff_without_role())):
        assert nobody.get(address).status_code == 302


def test_an_attestation_that_is_gone_from_the_disk_does_not_exist(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member, attestation="attestations/partie.pdf")

    assert as_member.get(url("attestation", reference)).status_code == 404


def test_files_whose_form_never_came_back_are_erased(as_member, member, monkeypatch):
    as_member.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    monkeypatch.setattr(files, "WAITING_TIME", timedelta(seconds=-1))

    files.forget_waiting_files()

    assert default_storage.listdir(files.WAITING_DIRECTORY)[1] == []


def test_no_file_goes_before_there_are_too_many(member):
    tickets = [files.keep(ContentFile(PDF, name=f"{rank}.pdf"), member=member) for rank in range(files.MOST_WAITING)]

    assert all(files.kept(ticket, member=member) for ticket in tickets)


def test_one_member_keeps_few_files_waiting_and_touches_nobody_else_s(as_member, member, other_member, monkeypatch):
    monkeypatch.setattr(files, "MOST_WAITING", 2)
    theirs = files.keep(ContentFile(PDF, name="nora.pdf"), member=other_member)

    tickets = [files.keep(ContentFile(PDF, name=f"{rank}.pdf"), member=member) for rank in range(3)]

    found = [files.kept(ticket, member=member) for ticket in tickets]
    assert [file and file.name for file in found] == [None, "1.pdf", "2.pdf"]
    assert files.kept(theirs, member=other_member).name == "nora.pdf"
