"""The documents that the catalogue searches follow their sources, whatever path writes."""

import random

import pytest
from django.db import connection

from directory.models import (
    CatalogueVersion,
    Certification,
    CoEntrepreneur,
    CpvCode,
    Department,
    Label,
    PublicClient,
    Reference,
    SearchDocument,
    Skill,
)
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db

COLUMNS = (
    "co_entrepreneur_id, document, title, domains, skills, departments, nationwide, cpv_codes, client_types, "
    "references_count, sort_name, departed_on, words"
)


def differences():
    """The rows that the documents hold and their source doesn't, or the other way round."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"(SELECT {COLUMNS} FROM directory_searchdocument EXCEPT SELECT {COLUMNS} FROM directory_searchsource)"
            f" UNION ALL "
            f"(SELECT {COLUMNS} FROM directory_searchsource EXCEPT SELECT {COLUMNS} FROM directory_searchdocument)"
        )
        return cursor.fetchall()


def words(fiche):
    return SearchDocument.objects.get(pk=fiche.pk).document


def test_ticking_writes_the_document_and_unticking_erases_it():
    fiche = CoEntrepreneurFactory()

    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=True, listed_since="2026-01-01")
    ticked = SearchDocument.objects.filter(pk=fiche.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_coentrepreneur SET client_public = false")

    assert ticked
    assert not SearchDocument.objects.exists()


def test_a_renamed_skill_and_a_new_synonym_reach_the_document():
    skill = SkillFactory(name="Prise de notes visuelle")
    fiche = CoEntrepreneurFactory(listed=True, skills=[skill])

    Skill.objects.filter(pk=skill.pk).update(name="Sketchnoting", synonyms=["scribing"])

    assert "'sketchnoting'" in words(fiche)
    assert "'scribing'" in words(fiche)
    assert "'visuel'" not in words(fiche)


def test_a_publishable_reference_counts_and_a_private_one_does_not():
    fiche = CoEntrepreneurFactory(listed=True)
    ReferenceFactory(co_entrepreneur=fiche, subject="Schéma cyclable", publishable=True)
    ReferenceFactory(co_entrepreneur=fiche, subject="Secret défendu", publishable=False)

    assert SearchDocument.objects.get(pk=fiche.pk).references_count == 1
    assert "'cyclabl'" in words(fiche)
    assert "'secret'" not in words(fiche)


def test_private_data_stay_out_of_the_document():
    fiche = CoEntrepreneurFactory(
        listed=True, email="prive@secret.example", phone="06 39 98 12 34", contract_stage="cesa"
    )

    assert not any(word in words(fiche) for word in ["priv", "secret", "0639", "'06'", "cesa"])


def test_random_edits_leave_the_documents_equal_to_their_source():
    draw = random.Random(2026)
    skills = list(Skill.objects.all()[:8])
    codes = list(CpvCode.objects.all()[:8])
    departments = list(Department.objects.all()[:8])
    label = Label.objects.first()
    fiches = CoEntrepreneurFactory.create_batch(6, listed=True)
    clients = PublicClientFactory.create_batch(3)
    edits = [
        lambda f: CoEntrepreneur.objects.filter(pk=f.pk).update(client_public=draw.random() < 0.6),
        lambda f: CoEntrepreneur.objects.filter(pk=f.pk).update(headline=f"Accroche {draw.random()}"),
        lambda f: CoEntrepreneur.objects.filter(pk=f.pk).update(nationwide=draw.random() < 0.5),
        lambda f: f.skills.set(draw.sample(skills, 3)),
        lambda f: f.cpv_codes.set(draw.sample(codes, 2)),
        lambda f: f.departments.set(draw.sample(departments, 2)),
        lambda f: ReferenceFactory(co_entrepreneur=f, client=draw.choice(clients), publishable=draw.random() < 0.7),
        lambda f: Reference.objects.filter(co_entrepreneur=f).update(publishable=draw.random() < 0.5),
        lambda f: Reference.objects.filter(co_entrepreneur=f).delete(),
        lambda _: Skill.objects.filter(pk=draw.choice(skills).pk).update(synonyms=[f"mot{draw.randint(1, 9)}"]),
        lambda _: PublicClient.objects.filter(pk=draw.choice(clients).pk).update(type=draw.choice(["region", "etat"])),
        lambda _: CpvCode.objects.filter(pk=draw.choice(codes).pk).update(label=f"Services {draw.random()}"),
        lambda _: Skill.objects.filter(pk=draw.choice(skills).pk).update(domain=draw.choice(skills).domain),
        lambda f: Certification.objects.get_or_create(
            co_entrepreneur=f, label=label, defaults={"proof": "proofs/x.pdf"}
        ),
        lambda _: Label.objects.filter(pk=label.pk).update(name=f"Label {draw.random()}"),
    ]

    for _ in range(200):
        draw.choice(edits)(draw.choice(fiches))

    assert SearchDocument.objects.exists()
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_version_rises_once_per_transaction_that_changes_the_catalogue():
    def version():
        return CatalogueVersion.objects.get().number

    fiche = CoEntrepreneurFactory(listed=True)
    start = version()
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(trade_name="Accentuée")
    renamed = version()
    CoEntrepreneurFactory()

    assert renamed == start + 1
    assert version() == renamed
