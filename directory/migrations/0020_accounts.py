from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

GROUP = "Référents"
# Which rows are theirs is told by directory/rights.py.
PERMISSIONS = {"standin": ["view", "add", "change", "delete"]}


def extend_group(apps, schema_editor):
    # Permissions are otherwise made once all migrations are done.
    config = apps.get_app_config("directory")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    codenames = [f"{action}_{model}" for model, actions in PERMISSIONS.items() for action in actions]
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="directory", codename__in=codenames
    )
    group.permissions.add(*permissions)


class Migration(migrations.Migration):
    """No account and no référent without an address; who stands in for whom."""

    dependencies = [
        ("directory", "0019_tenders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            """
            DROP TRIGGER referent_made_with_address ON directory_referent;
            DROP TRIGGER account_keeps_address ON auth_user;
            DROP TRIGGER account_made_with_address ON auth_user;
            DROP FUNCTION referent_has_address, account_has_address;
            """,
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(help_text="Ce jour compris.", verbose_name="au")),
                (
                    "referent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to="directory.referent",
                        verbose_name="référent absent",
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in_for",
                        to="directory.referent",
                        verbose_name="remplacé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "remplacement",
                "verbose_name_plural": "remplacements",
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="stand_in_ends_after_it_starts",
                        violation_error_message="Un remplacement finit le jour où il commence, ou après.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("referent", models.F("stand_in")), _negated=True),
                        name="stand_in_is_somebody_else",
                        violation_error_message="Choisissez quelqu’un d’autre que la personne absente.",
                    ),
                ],
            },
        ),
        migrations.RunPython(extend_group, migrations.RunPython.noop),
    ]
