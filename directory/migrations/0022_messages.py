"""Addresses are kept without the signs that nobody sees, and why a mail fails is kept beside its job.

The addresses that stand there are read again, and none is lost; the mails that failed already are told.
"""

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import migrations, models
from django.db.models.functions import Lower

import directory.models.email
from crealead.addresses import validate_address, visible

ADDRESSES = [
    ("directory", "CoEntrepreneur", "email"),
    ("directory", "ListingRequest", "email"),
    ("directory", "ContactMessage", "email"),
    ("directory", "Reference", "contact_email"),
    ("auth", "User", "email"),
]
# In which two rows may not have one address: the same person came twice, which only someone can settle.
ONE_EACH = {"CoEntrepreneur", "ListingRequest", "User"}


def read_again(apps, schema_editor):
    # The address of a reference's contact is no news of the fiche.
    schema_editor.execute("ALTER TABLE directory_reference DISABLE TRIGGER content_follow_update")
    for app, model, field in ADDRESSES:
        rows = apps.get_model(app, model).objects
        for pk, address in rows.exclude(**{field: ""}).values_list("pk", field):
            _read(rows, model, field, pk, address)
    # What waits for the end of the transaction would keep the tables from being altered.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")
    schema_editor.execute("ALTER TABLE directory_reference ENABLE TRIGGER content_follow_update")


def _read(rows, model, field, pk, address):
    seen = visible(address)
    twin = rows.alias(address=Lower(field)).filter(address=seen.lower()).exclude(pk=pk)
    if seen != address and model in ONE_EACH and twin.exists():
        print(f"{model} {pk} : {address!a} est aussi l’adresse de {model} {twin.first().pk}, à réunir.")  # noqa: T201
    elif seen != address:
        with pghistory.context(reason="Adresse sans signes invisibles"):
            rows.filter(pk=pk).update(**{field: seen})
    try:
        validate_address(seen)
    except ValidationError:
        print(f"{model} {pk} : aucun courriel ne peut partir à {address!a}, à corriger.")  # noqa: T201


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0021_asking"),
        ("procrastinate", "0041_post_retry_failed_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(read_again, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="accesslink",
            name="email",
            field=directory.models.email.EmailField(max_length=254, verbose_name="adresse"),
        ),
        migrations.AlterField(
            model_name="coentrepreneur",
            name="email",
            field=directory.models.email.EmailField(
                help_text="Privée : jamais montrée au public.", max_length=254, verbose_name="adresse électronique"
            ),
        ),
        migrations.AlterField(
            model_name="coentrepreneurevent",
            name="email",
            field=directory.models.email.EmailField(
                help_text="Privée : jamais montrée au public.", max_length=254, verbose_name="adresse électronique"
            ),
        ),
        migrations.AlterField(
            model_name="contactmessage",
            name="email",
            field=directory.models.email.EmailField(max_length=254, verbose_name="adresse de réponse"),
        ),
        migrations.AlterField(
            model_name="listingrequest",
            name="email",
            field=directory.models.email.EmailField(max_length=254, verbose_name="adresse électronique"),
        ),
        migrations.AlterField(
            model_name="listingrequestevent",
            name="email",
            field=directory.models.email.EmailField(max_length=254, verbose_name="adresse électronique"),
        ),
        migrations.AlterField(
            model_name="reference",
            name="contact_email",
            field=directory.models.email.EmailField(blank=True, max_length=254, verbose_name="adresse du contact"),
        ),
        migrations.CreateModel(
            name="FailedMail",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="failure",
                        serialize=False,
                        to="procrastinate.procrastinatejob",
                        verbose_name="tâche",
                    ),
                ),
                ("failed_at", models.DateTimeField(verbose_name="en échec depuis")),
                ("tried_at", models.DateTimeField(verbose_name="dernier essai")),
                ("reason", models.CharField(max_length=300, verbose_name="raison")),
            ],
            options={
                "verbose_name": "courriel en échec",
                "verbose_name_plural": "courriels en échec",
                "ordering": ["-failed_at", "pk"],
            },
        ),
        migrations.RunSQL(
            """
            ALTER TABLE directory_failedmail ADD CONSTRAINT failed_mail_goes_with_its_job
                FOREIGN KEY (job_id) REFERENCES procrastinate_jobs (id) ON DELETE CASCADE;
            INSERT INTO directory_failedmail (job_id, failed_at, tried_at, reason)
                SELECT job.id, min(event.at), max(event.at), 'La raison n’a pas été gardée : voyez le journal.'
                FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
                WHERE job.task_name IN ('send_mail', 'crealead.mail.send_mail') AND job.status = 'failed'
                GROUP BY job.id;
            """,
            migrations.RunSQL.noop,
        ),
    ]
