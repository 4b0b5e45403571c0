"""One message of a buyer to several; référents read what came to those they follow; the page on privacy says it."""

import hashlib
from pathlib import Path

import directory.models.email
import django.db.models.deletion
import django.utils.timezone
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the body that nobody has edited, as it came.
FORMER = "8dd3e953284709ccad1000b8e6a784cda7fa6aa68c19962f7001dd8699037138"


def extend_group(apps, schema_editor):
    # Permissions are otherwise made once all migrations are done.
    config = apps.get_app_config("directory")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Référents")
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.add(*permissions.filter(content_type__app_label="directory", codename="view_grouprecipient"))


def replace(apps, schema_editor):
    page = apps.get_model("directory", "Page").objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() == FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0046_remembered_line"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("organisation", models.CharField(max_length=200, verbose_name="organisme")),
                ("email", directory.models.email.EmailField(max_length=254, verbose_name="adresse de réponse")),
                ("subject", models.CharField(max_length=120, verbose_name="objet")),
                ("message", models.TextField(max_length=5000, verbose_name="message")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="lieu")),
                ("answer_by", models.DateField(verbose_name="réponse attendue le")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="écrit le")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="envoyé le")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="clos le")),
                ("summed_up_at", models.DateTimeField(blank=True, null=True, verbose_name="bilan envoyé le")),
                (
                    "consultation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directory.consultation",
                        verbose_name="consultation",
                    ),
                ),
            ],
            options={
                "verbose_name": "message à plusieurs",
                "verbose_name_plural": "messages à plusieurs",
                "ordering": ["-created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="GroupRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="écrit le")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="lu le")),
                ("reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="rappelé le")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("interested", "Intéressé"),
                            ("declined", "Pas pour moi"),
                            ("knows", "Connaît quelqu’un"),
                        ],
                        max_length=10,
                        verbose_name="réponse",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("busy", "Pas disponible à ce moment"),
                            ("trade", "Ce n’est pas mon métier"),
                            ("place", "Trop loin de ma zone"),
                            ("size", "Trop grand ou trop petit pour moi"),
                            ("other", "Autre raison"),
                        ],
                        max_length=10,
                        verbose_name="raison",
                    ),
                ),
                ("word", models.TextField(blank=True, max_length=500, verbose_name="mot")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="répondu le")),
                (
                    "co_entrepreneur",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="group_recipients",
                        to="directory.coentrepreneur",
                        verbose_name="co-entrepreneur",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="directory.groupmessage",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "message reçu avec d’autres",
                "verbose_name_plural": "messages reçus avec d’autres",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="groupmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", False),
                    models.Q(("closed_at", None), ("summed_up_at", None)),
                    _connector="OR",
                ),
                name="group_message_confirmed_before_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouprecipient",
            constraint=models.UniqueConstraint(fields=("message", "co_entrepreneur"), name="group_recipient_once"),
        ),
        migrations.AddConstraint(
            model_name="grouprecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer", ""),
                    models.Q(("answered_at__isnull", False), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="group_answer_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="grouprecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="group_decline_has_reason",
            ),
        ),
        migrations.RunPython(extend_group, migrations.RunPython.noop),
        migrations.RunPython(replace, migrations.RunPython.noop),
    ]
