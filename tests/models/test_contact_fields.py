"""Phones and sites: read in one way wherever they come in, and kept so."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone

from directory.forms.phone import PhoneField
from directory.models import CoEntrepreneur, ContactMessage, FicheProposal
from directory.models.website import read_website
from directory.templatetags.phones import tel
from tests.factories import CoEntrepreneurFactory, ConsultationFactory, ReferenceFactory, ReferentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (CoEntrepreneurFactory, "phone"),
        (ReferentFactory, "phone"),
        (ReferenceFactory, "contact_phone"),
        (lambda: ContactMessage(co_entrepreneur=CoEntrepreneurFactory()), "phone"),
    ],
)
def test_each_phone_is_read_by_one_field(make, field):
    row = make()

    setattr(row, field, "+33 (0)4 67 12 34 56")
    row.clean_fields(exclude={f.name for f in row._meta.fields} - {field})
    assert getattr(row, field) == "04 67 12 34 56"

    for wrong in (".........", "1234567", "abc"):
        setattr(row, field, wrong)
        with pytest.raises(ValidationError, match="dix chiffres"):
            row.clean_fields(exclude={f.name for f in row._meta.fields} - {field})


@pytest.mark.parametrize(
    ("shown", "address"),
    [("04 67 12 34 56", "tel:+33467123456"), ("+32 2 512 34 56", "tel:+3225123456"), ("3615 code", "tel:3615")],
)
def test_a_number_is_linked_in_e164(shown, address):
    assert tel(shown) == address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("www.exemple.fr", "https://www.exemple.fr"),
        ("exemple.fr/équipe", "https://exemple.fr/équipe"),
        ("//exemple.fr", "https://exemple.fr"),
        ("exemple.fr:8080", "https://exemple.fr:8080"),
        (" http://exemple.fr ", "http://exemple.fr"),
        ("HTTPS://exemple.fr", "HTTPS://exemple.fr"),
    ],
)
def test_a_site_is_completed(typed, kept):
    assert read_website(typed) == kept


@pytest.mark.parametrize("clean", [PhoneField().clean, lambda typed: CoEntrepreneur.phone.field.clean(typed, None)])
def test_a_phone_that_is_too_long_once_written_out_is_refused_in_a_sentence(clean):
    with pytest.raises(ValidationError, match="sans numéro de poste"):
        clean("+41860123456789#1234567")


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "ftp://exemple.fr", "mailto:a@exemple.fr", "data:text/html,x", "pas un site", "https://"],
)
def test_what_is_not_of_the_web_is_refused_by_the_model_too(typed):
    with pytest.raises(ValidationError, match=r"https://www\.exemple\.fr"):
        read_website(typed)


@pytest.mark.parametrize(("make", "field"), [(CoEntrepreneurFactory, "website"), (ConsultationFactory, "link")])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://exemple.fr", "www.exemple.fr"])
def test_the_database_holds_addresses_of_the_web_alone(make, field, address):
    with pytest.raises(IntegrityError, match="on_the_web"):
        make(**{field: address})


def test_what_stood_there_is_read_again_and_nothing_is_lost(capsys):
    kept = CoEntrepreneurFactory(phone="3615 code", website="http://exemple.fr")
    written = CoEntrepreneurFactory(listed=True, phone="+33 (0)4.67.12.34.56")
    reference = ReferenceFactory(co_entrepreneur=written, contact_phone="0467123456")
    proposal = FicheProposal.objects.create(
        co_entrepreneur=written, changes={"phone": "0612345678", "website": "www.exemple.fr"}, before={"phone": "x"}
    )
    long_ago = timezone.now() - timedelta(days=400)
    with connection.schema_editor() as editor:
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("ALTER TABLE directory_coentrepreneur DROP CONSTRAINT co_entrepreneur_website_on_the_web")
        CoEntrepreneur.objects.filter(pk=written.pk).update(website="www.exemple.fr")
        stranger = CoEntrepreneurFactory(website="ftp://exemple.fr")
        CoEntrepreneur.objects.filter(pk=written.pk).update(content_updated_at=long_ago)
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        import_module("directory.migrations.0017_files").read_again(apps, editor)

    for row in (kept, written, reference, proposal, stranger):
        row.refresh_from_db()
    assert (kept.phone, kept.website) == ("3615 code", "http://exemple.fr")
    assert (written.phone, written.website) == ("04 67 12 34 56", "https://www.exemple.fr")
    assert written.content_updated_at == long_ago
    assert reference.contact_phone == "04 67 12 34 56"
    assert proposal.changes == {"phone": "06 12 34 56 78", "website": "https://www.exemple.fr"}
    assert proposal.before == {"phone": "x"}
    assert stranger.website == ""
    assert "ftp://exemple.fr" in stranger.events.order_by("-pgh_id").first().pgh_context.metadata["reason"]
    assert "ftp://exemple.fr" in capsys.readouterr().out


def test_addresses_that_stood_there_are_read_again_and_none_is_lost(capsys):
    referent = ReferentFactory(user__email="claire\u200b@exemple.fr")
    fiche = CoEntrepreneurFactory(email="\ufefflucie@exemple.fr", referent=referent)
    first, second = CoEntrepreneurFactory(email="zoe@exemple.fr"), CoEntrepreneurFactory(email="Zoe@exemple\u200b.fr")
    hopeless = CoEntrepreneurFactory(email="x@\ue000.fr")
    reference = ReferenceFactory(co_entrepreneur=CoEntrepreneurFactory(listed=True), contact_email="a@exemple.fr\u202c")
    long_ago = timezone.now() - timedelta(days=400)
    CoEntrepreneur.objects.filter(pk=reference.co_entrepreneur.pk).update(content_updated_at=long_ago)
    with connection.schema_editor() as editor:
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        import_module("directory.migrations.0022_messages").read_again(apps, editor)

    for row in (referent.user, fiche, first, second, hopeless, reference, reference.co_entrepreneur):
        row.refresh_from_db()
    assert (referent.email, fiche.email, reference.contact_email) == (
        "claire@exemple.fr",
        "lucie@exemple.fr",
        "a@exemple.fr",
    )
    assert (first.email, second.email, hopeless.email) == ("zoe@exemple.fr", "Zoe@exemple\u200b.fr", "x@\ue000.fr")
    assert reference.co_entrepreneur.content_updated_at == long_ago
    told = capsys.readouterr().out
    assert f"CoEntrepreneur {first.pk}, à réunir" in told
    assert f"CoEntrepreneur {hopeless.pk} : aucun courriel" in told
