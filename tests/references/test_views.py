"""A co-entrepreneur's references, as they are read, left and deleted from their space."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import CpvCode, Participation, Reference
from tests.cast import PDF, awaiting, browser_of, text_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory
from tests.jobs import run_jobs
from tests.references.form import filled

pytestmark = pytest.mark.django_db
State = Reference.State
LIST = "/mon-espace/references/"


def url(name, reference):
    return reverse(f"references:{name}", args=[reference.pk])


# --- Who gets in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list", "add", "near_clients", "near_colleagues"])
def test_who_is_not_in_their_space_is_sent_to_ask_for_a_link(client, name):
    response = client.get(reverse(f"references:{name}"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("my_space:start"))


@pytest.mark.parametrize("name", ["detail", "edit", "delete", "leave", "attestation"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_someone_else_s_reference_does_not_exist(as_member, other_member, name, method):
    other = ReferenceFactory(co_entrepreneur=other_member, attestation=SimpleUploadedFile("a.pdf", PDF))

    response = getattr(as_member, method)(url(name, other))

    assert response.status_code in ({404, 405} if method == "post" else {404})
    assert Reference.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_who_takes_part_does_not_write_what_a_colleague_keeps(as_member, member, other_member, name):
    shared = ReferenceFactory(co_entrepreneur=other_member, subject="Diagnostic")
    Participation.objects.create(reference=shared, co_entrepreneur=member)

    assert as_member.post(url(name, shared), filled(subject="Pris")).status_code == 404
    assert Reference.objects.get().subject == "Diagnostic"


def test_a_key_beyond_any_does_not_exist(as_member):
    assert as_member.get(f"{LIST}{10**30}/").status_code == 404


# --- Reading -------------------------------------------------------------------------------------------------------


def test_the_list_says_where_each_stands_and_what_is_missing(as_member, member, other_member):
    ReferenceFactory(co_entrepreneur=member, subject="Ancienne", starts_on=date(2012, 1, 1), ends_on=date(2013, 1, 1))
    awaiting(co_entrepreneur=member, subject="En attente", publishable=False)
    shared = ReferenceFactory(co_entrepreneur=other_member, subject="Partagée")
    Participation.objects.create(reference=shared, co_entrepreneur=member, part="animatrice")

    page = text_of(as_member.get(LIST))

    for sentence in [
        "Plus de trois ans",
        "Publique",
        "À valider",
        "Réservée à vos réponses",
        "Tenue par Nora Haddad ; votre part : animatrice.",
        "il manque : le contexte, la mission, les livrables, les résultats, le lieu, un code CPV, le montant",
    ]:
        assert sentence in page
    assert url("edit", shared) not in page
    assert url("leave", shared) in page


def test_an_empty_list_says_how_to_begin(as_member):
    assert "commencez par la plus récente" in text_of(as_member.get(LIST))


def test_the_list_costs_the_same_whatever_its_length(as_member, member, django_assert_num_queries):
    for number in (1, 7):
        for reference in ReferenceFactory.create_batch(number, co_entrepreneur=member):
            reference.cpv_codes.set(CpvCode.objects.all()[:2])
        with django_assert_num_queries(4):
            as_member.get(LIST)


def test_the_form_costs_the_same_whoever_took_part(as_member, member):
    counts = []
    for number in (1, 6):
        reference = ReferenceFactory(co_entrepreneur=member)
        for one in CoEntrepreneurFactory.create_batch(number):
            Participation.objects.create(reference=reference, co_entrepreneur=one)
        with CaptureQueriesContext(connection) as queries:
            as_member.get(url("edit", reference))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_private_pages_are_kept_by_nobody(as_member):
    response = as_member.get(LIST)

    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


# --- Leaving and deleting ------------------------------------------------------------------------------------------


def test_who_takes_part_may_leave_and_the_keeper_is_told(member, other_member):
    reference = ReferenceFactory(co_entrepreneur=member)
    Participation.objects.create(reference=reference, co_entrepreneur=other_member)

    asked = browser_of(other_member).get(url("leave", reference))
    browser_of(other_member).post(url("leave", reference))

    assert "Vous retirer de cette référence ?" in text_of(asked)
    assert list(reference.participants.all()) == [member]
    assert Reference.objects.get().version == 2
    [mail] = run_jobs()
    assert mail.to == [member.email]
    assert "Nora Haddad" in mail.body


def test_the_keeper_may_not_leave(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member)

    assert as_member.post(url("leave", reference)).status_code == 404
    assert list(reference.participants.all()) == [member]


def test_deleting_says_whom_it_concerns_tells_them_and_erases_the_file(
    as_member, member, other_member, django_capture_on_commit_callbacks
):
    reference = ReferenceFactory(co_entrepreneur=member, attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=reference, co_entrepreneur=other_member)
    path = reference.attestation.path

    asked = text_of(as_member.get(url("delete", reference)))
    with django_capture_on_commit_callbacks(execute=True):
        as_member.post(url("delete", reference))

    assert "Nora Haddad" in asked
    assert not Reference.objects.exists()
    assert not Path(path).exists()
    assert [mail.to for mail in run_jobs()] == [[other_member.email]]
