"""Whoever named the person, and wherever: every column of words of every table of the map is walked."""

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models, transaction

from directory.models import Page, PublicClient, Reference
from directory.privacy.erasure import erase
from directory.privacy.erasure.words import OTHERWISE, columns_of_words
from directory.privacy.map import ENTRIES
from directory.privacy.vocabulary import Eraser, Sought
from directory.privacy.wording import RETIRED, Wording
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

from .people import REASON, dump
from .test_everything import fill_what_goes, fill_what_stays

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]

NAME, ADDRESS = "Zoé Kwyx", "zoe@kwyx.example"
PERSON = Wording([NAME, ADDRESS])
# What the database keeps from being anything: versions of texts, numbers, keys, the criterion of a line about one fiche.
REFUSING = {
    "directory.Consent.text_version",
    "directory.ListingRequest.consent_text_version",
    "directory.PublicClient.siret",
    "directory.SetAside.query",
    "directory.SourcingRecord.key",
}


def told(field, text):
    if isinstance(field, models.JSONField):
        return {"mot": [text]}
    if isinstance(field, ArrayField):
        return [text]
    if isinstance(field, models.URLField):
        return "https://exemple.fr/?q=Zo%C3%A9+KWYX"
    return text


def name_them_everywhere():
    """Write the name in each column that takes it, of a row of each table.

    Returns:
        tuple: the columns where it stands; those that refused it.
    """
    written, refused = set(), set()
    for entry in ENTRIES:
        if entry.table in OTHERWISE or entry.eraser is Eraser.PROGRAM:
            continue
        row = entry.table._base_manager.order_by("pk").first()
        for name in columns_of_words(entry.table):
            field = entry.table._meta.get_field(name)
            text = "De Zoé Kwyx."
            if (getattr(field, "max_length", None) or 99) < len(text):
                continue
            try:
                with transaction.atomic():
                    entry.table._base_manager.filter(pk=row.pk).update(**{name: told(field, text)})
                written.add(f"{entry.model}.{name}")
            except DatabaseError:
                refused.add(f"{entry.model}.{name}")
    return written, refused


def naming():
    return {table: rows for table, texts in dump().items() if (rows := [text for text in texts if PERSON.names(text)])}


def test_the_words_of_others_lose_the_name_in_every_table(disk, by):
    fill_what_goes(fill_what_stays(), disk)
    written, refused = name_them_everywhere()
    rows = {entry.model: entry.table._base_manager.count() for entry in ENTRIES}
    before = naming()

    foretold = erase(Sought(emails=(ADDRESS,), names=(NAME,)), by=by, reason=REASON, dry_run=True)
    assert naming() == before
    report = erase(Sought(emails=(ADDRESS,), names=(NAME,)), by=by, reason=REASON)

    assert refused <= REFUSING
    assert len(written) > 100
    assert naming() == {}
    assert report == foretold
    assert report.masked >= len({column.rpartition(".")[0] for column in written})
    # Nothing of anybody else went.
    left = {entry.model: entry.table._base_manager.count() for entry in ENTRIES}
    assert {model: count for model, count in left.items() if count < rows[model]} == {}


def test_what_others_wrote_stays_but_for_the_name(by):
    fiche = CoEntrepreneurFactory(first_name="Zoé", last_name="Kwyx", email=ADDRESS)
    other = ReferenceFactory(mission=f"Avec ZOE KWYX ({ADDRESS}), deux jours.", subject="Rien de Zoé")
    other.participants.add(fiche)

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    other.refresh_from_db()
    assert other.mission == f"Avec {RETIRED} ({RETIRED}), deux jours."
    assert other.subject == "Rien de Zoé"


def test_two_clients_named_after_them_stay_two(by):
    clients = [PublicClientFactory(name=f"Mairie de {name}") for name in ("Zoé Kwyx", "Zoe KWYX")]
    for client in clients:
        ReferenceFactory(client=client)

    erase(Sought(names=(NAME,)), by=by, reason=REASON)

    assert len({client.name for client in PublicClient.objects.filter(pk__in=[client.pk for client in clients])}) == 2


def test_a_client_that_they_alone_had_goes(by):
    fiche = CoEntrepreneurFactory()
    alone, used = PublicClientFactory(), PublicClientFactory()
    ReferenceFactory(co_entrepreneur=fiche, client=alone)
    ReferenceFactory(co_entrepreneur=fiche, client=used)
    ReferenceFactory(client=used)

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert set(PublicClient.objects.filter(pk__in=[alone.pk, used.pk])) == {used}


def test_a_text_of_the_site_that_names_them_is_told_and_left(by):
    page = Page.objects.first()
    Page.objects.filter(pk=page.pk).update(body=f"Publié par {NAME}")

    report = erase(Sought(names=(NAME,)), by=by, reason=REASON)

    assert any("textes du site (1)" in sentence for sentence in report.kept)
    assert Page.objects.get(pk=page.pk).body == f"Publié par {NAME}"


def test_an_attestation_of_a_reference_that_stays_is_told(by):
    fiche, mate = CoEntrepreneurFactory(), CoEntrepreneurFactory()
    shared = ReferenceFactory(co_entrepreneur=fiche, attestation="attestations/a.pdf")
    shared.participants.add(mate)

    report = erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert any("1 attestation d’un client" in sentence for sentence in report.kept)
    assert Reference.objects.get(pk=shared.pk).attestation.name == "attestations/a.pdf"
