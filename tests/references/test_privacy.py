"""What is private of a reference never reaches the public, by whatever way."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from directory.models import Consent, Participation, Reference
from tests import cast
from tests.cast import PDF, browser_of, text_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db

PRIVATE = {
    "contact_name": "Gontran Zwyk",
    "contact_role": "Secrétaire zwykienne",
    "contact_email": "gontran@zwyk.example",
    "contact_phone": "04 99 88 77 66",
}
TRACES = ["Gontran", "wyk", "0499887766", "04 99 88 77 66", "48213", "48 213", "attestations/"]


@pytest.fixture
def shared():
    """A published reference with all that it can hold, and the two fiches it shows on."""
    keeper, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    reference = ReferenceFactory(
        co_entrepreneur=keeper,
        subject="Schéma cyclable",
        context="Peu de vélos.",
        mission="Un diagnostic.",
        deliverables="Un atlas.",
        results="Adopté.",
        place="Lodève",
        starts_on=date(2025, 1, 1),
        amount="48213.00",
        attestation=SimpleUploadedFile("a.pdf", PDF),
        comment="Un mot du référent.",
        **PRIVATE,
    )
    Participation.objects.create(reference=reference, co_entrepreneur=other, part="cartographe")
    return reference


def traces_in(text):
    return [trace for trace in TRACES if trace in text]


def fiches(reference):
    return [one.get_absolute_url() for one in reference.participants.order_by("pk")]


def test_every_participant_s_fiche_shows_what_the_charter_gives(client, shared):
    pages = [text_of(client.get(address)) for address in fiches(shared)]

    for page in pages:
        for text in [
            "Schéma cyclable",
            shared.client.name,
            "depuis 2025",
            "moins de trois ans",
            "Titulaire, Lodève, de 40 000 à 90 000 € HT",
            "Peu de vélos.",
            "Un diagnostic.",
            "Un atlas.",
            "Adopté.",
        ]:
            assert text in page
    assert "cartographe" not in pages[0]
    assert "Part de Camille : cartographe" in pages[1]


def test_no_public_page_holds_what_is_private(client, shared):
    Consent.objects.create(co_entrepreneur=shared.co_entrepreneur, item=Consent.Item.PHONE, text_version="2026-11")
    addresses = [
        *fiches(shared),
        *(f"{address}carte.vcf" for address in fiches(shared)),
        *(f"{address}contact/" for address in fiches(shared)),
        "/",
        "/catalogue/",
        "/catalogue/?q=cyclable",
        "/sitemap.xml",
    ]

    for address in addresses:
        page = text_of(client.get(address))
        assert traces_in(page) == [], address
        assert "mot du référent" not in page
        assert "48213" not in page


def test_what_is_private_is_not_found_by_searching(client, shared):
    for words in ["Gontran", "zwyk", "zwykienne"]:
        assert 'data-total="0"' in text_of(client.get("/catalogue/", {"q": words}))


def test_the_search_tables_do_not_hold_it(shared):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # words are gathered at the end of a transaction
        for table in ("searchdocument", "searchword"):
            cursor.execute(f"SELECT row_to_json(one)::text FROM directory_{table} AS one")
            held = " ".join(row for (row,) in cursor.fetchall())
            assert "cyclabl" in held
            assert not any(word in held for word in ["gontran", "zwyk", "99887766", "48213"])


def test_exports_of_fiches_do_not_hold_it(shared):
    export = browser_of(cast.administrator()).get(reverse("admin:directory_coentrepreneur_export", args=["csv"]))

    assert traces_in(export.content.decode("utf-8-sig")) == []


def test_an_attestation_has_no_public_address(client, shared):
    for address in (f"/media/{shared.attestation.name}", f"/static/{shared.attestation.name}"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"publishable": False},
        {"state": Reference.State.TO_VALIDATE},
        {"state": Reference.State.CHANGES_ASKED, "comment": "À compléter."},
    ],
)
def test_what_is_not_agreed_or_not_validated_shows_nowhere(client, shared, changed):
    Reference.objects.filter(pk=shared.pk).update(**changed)

    for address in fiches(shared):
        assert "Schéma cyclable" not in text_of(client.get(address))


def test_a_hidden_amount_shows_no_band(client, shared):
    Reference.objects.filter(pk=shared.pk).update(amount_shown=Reference.AmountShown.HIDDEN)

    assert "90 000" not in text_of(client.get(fiches(shared)[0]))


def test_an_old_reference_does_not_claim_to_be_recent(client, shared):
    Reference.objects.filter(pk=shared.pk).update(starts_on=date(2010, 1, 1), ends_on=date(2011, 1, 1))

    assert "moins de trois ans" not in text_of(client.get(fiches(shared)[0]))


def test_what_is_long_is_folded_and_nothing_of_it_runs(client, shared):
    Reference.objects.filter(pk=shared.pk).update(mission="<script>alert(1)</script>", results="long " * 200)

    page = text_of(client.get(fiches(shared)[0]))

    assert "&lt;script&gt;alert(1)" in page
    assert page.index("<details") < page.index("long long")
