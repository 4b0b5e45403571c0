"""Phones and sites are kept in one way; what stands there already is read the same way, and nothing that isn't read is lost."""

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import migrations, models

import directory.models.files
import directory.models.phone
import directory.models.website
from directory.models.phone import read_phone
from directory.models.website import is_website, read_website

PHONES = [
    ("CoEntrepreneur", "phone"),
    ("ContactMessage", "phone"),
    ("Referent", "phone"),
    ("Reference", "contact_phone"),
]
WEBSITES = [("CoEntrepreneur", "website"), ("Consultation", "link")]
# What dates a fiche's last change.
NEWS = [("directory_coentrepreneur", "content_changed"), ("directory_reference", "content_follow_update")]
READERS = {"phone": read_phone, "website": read_website}


def read_again(apps, schema_editor):
    # A number that is written otherwise is no news of its fiche.
    for table, trigger in NEWS:
        schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    _read_phones(apps)
    _read_websites(apps)
    _read_proposals(apps)
    # What waits for the end of the transaction would keep the tables from being altered.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, trigger in NEWS:
        schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


def _read_phones(apps):
    for model, field in PHONES:
        rows = apps.get_model("directory", model).objects
        for pk, text in rows.exclude(**{field: ""}).values_list("pk", field):
            if (number := _as_read(read_phone, text)) != text:
                with pghistory.context(reason="Téléphones écrits d’une même manière"):
                    rows.filter(pk=pk).update(**{field: number})


def _read_websites(apps):
    for model, field in WEBSITES:
        rows = apps.get_model("directory", model).objects
        for pk, text in rows.exclude(is_website(field)).values_list("pk", field):
            address = _as_read(read_website, text)
            if address == text or len(address) > 200:  # noqa: PLR2004 what the column holds
                # The page can't link to it, and the database no longer holds it; the history does, and says so here.
                print(f"{model} {pk}, adresse qui n’est pas du web : « {text} »")  # noqa: T201
                reason, address = f"Adresse retirée, qui n’est pas du web : « {text} »", ""
            else:
                reason = "Adresse complétée"
            with pghistory.context(reason=reason):
                rows.filter(pk=pk).update(**{field: address})


def _read_proposals(apps):
    for proposal in apps.get_model("directory", "FicheProposal").objects.filter(state="submitted"):
        for said in (proposal.changes, proposal.before):
            said |= {name: _as_read(READERS[name], said[name]) for name in READERS if said.get(name)}
        proposal.save(update_fields=["changes", "before"])


def _as_read(read, text):
    try:
        return read(text)
    except ValidationError:
        return text


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0013_listing_request"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(read_again, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="coentrepreneur",
            name="phone",
            field=directory.models.phone.PhoneField(
                blank=True,
                help_text="Montré seulement avec l’accord de la personne.",
                max_length=30,
                verbose_name="téléphone",
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneur",
            name="photo",
            field=models.ImageField(
                blank=True,
                help_text="JPEG, PNG ou WebP, 15 Mo au plus. Montrée seulement avec l’accord écrit de la personne.",
                upload_to=directory.models.files.photo_path,
                validators=[directory.models.files.validate_photo],
                verbose_name="photo",
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneur",
            name="website",
            field=directory.models.website.WebsiteField(
                blank=True, help_text="Montré seulement avec l’accord de la personne.", verbose_name="site"
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneurevent",
            name="phone",
            field=directory.models.phone.PhoneField(
                blank=True,
                help_text="Montré seulement avec l’accord de la personne.",
                max_length=30,
                verbose_name="téléphone",
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneurevent",
            name="photo",
            field=models.ImageField(
                blank=True,
                help_text="JPEG, PNG ou WebP, 15 Mo au plus. Montrée seulement avec l’accord écrit de la personne.",
                upload_to=directory.models.files.photo_path,
                validators=[directory.models.files.validate_photo],
                verbose_name="photo",
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneurevent",
            name="website",
            field=directory.models.website.WebsiteField(
                blank=True, help_text="Montré seulement avec l’accord de la personne.", verbose_name="site"
            ),
        ),
        migrations.AlterField(
            model_name="consultation",
            name="link",
            field=directory.models.website.WebsiteField(blank=True, verbose_name="lien vers la consultation"),
        ),
        migrations.AlterField(
            model_name="contactmessage",
            name="phone",
            field=directory.models.phone.PhoneField(blank=True, max_length=30, verbose_name="téléphone"),
        ),
        migrations.AlterField(
            model_name="reference",
            name="contact_phone",
            field=directory.models.phone.PhoneField(blank=True, max_length=30, verbose_name="téléphone du contact"),
        ),
        migrations.AlterField(
            model_name="referent",
            name="phone",
            field=directory.models.phone.PhoneField(blank=True, max_length=30, verbose_name="téléphone"),
        ),
        migrations.AddConstraint(
            model_name="coentrepreneur",
            constraint=models.CheckConstraint(
                condition=models.Q(("website", ""), ("website__iregex", "^https?://"), _connector="OR"),
                name="co_entrepreneur_website_on_the_web",
                violation_error_message="L’adresse d’un site ressemble à : https://www.exemple.fr.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(("link", ""), ("link__iregex", "^https?://"), _connector="OR"),
                name="consultation_link_on_the_web",
            ),
        ),
    ]
