import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

import directory.models.files

ITEMS = [("phone", "Téléphone"), ("website", "Site"), ("photo", "Photo"), ("portfolio", "Réalisations")]

# A fiche is up to date since its images changed too, and its pages are kept no longer.
FOLLOW = """
CREATE TRIGGER content_follow_insert AFTER INSERT ON directory_portfolioimage REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION directory_content_follow('SELECT co_entrepreneur_id FROM changed');
CREATE TRIGGER content_follow_update AFTER UPDATE ON directory_portfolioimage REFERENCING OLD TABLE AS old_rows
    NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION directory_content_follow('SELECT co_entrepreneur_id FROM changed');
CREATE TRIGGER content_follow_delete AFTER DELETE ON directory_portfolioimage REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION directory_content_follow('SELECT co_entrepreneur_id FROM changed');
"""


def extend_group(apps, _schema_editor):
    """Référents correct what is said of an image, and take one away; adding is the person's."""
    # Permissions are otherwise made once all migrations are done.
    config = apps.get_app_config("directory")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Référents")
    codenames = [f"{action}_portfolioimage" for action in ("view", "change", "delete")]
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="directory", codename__in=codenames
    )
    group.permissions.add(*permissions)


class Migration(migrations.Migration):
    """The portfolio of a co-entrepreneur, and the consent to show it."""

    dependencies = [("directory", "0024_factor")]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="item",
            field=models.CharField(choices=ITEMS, max_length=20, verbose_name="élément"),
        ),
        migrations.AlterField(
            model_name="consentevent",
            name="item",
            field=models.CharField(choices=ITEMS, max_length=20, verbose_name="élément"),
        ),
        migrations.CreateModel(
            name="PortfolioImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "photo",
                    models.ImageField(
                        height_field="height",
                        help_text="JPEG, PNG ou WebP, 15 Mo au plus.",
                        upload_to=directory.models.files.portfolio_path,
                        validators=[directory.models.files.validate_photo],
                        verbose_name="image",
                        width_field="width",
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False, verbose_name="largeur")),
                ("height", models.PositiveIntegerField(editable=False, verbose_name="hauteur")),
                (
                    "alternative_text",
                    models.CharField(
                        help_text="Pour qui ne la voit pas : « Couverture du bulletin municipal de Lunas, été 2026 ».",
                        max_length=200,
                        verbose_name="ce que l’image montre",
                    ),
                ),
                (
                    "caption",
                    models.CharField(
                        blank=True,
                        help_text="Lue sous l’image : le client, l’année, votre part.",
                        max_length=140,
                        verbose_name="légende",
                    ),
                ),
                ("on_cv", models.BooleanField(default=False, verbose_name="la montrer aussi sur mon CV")),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="rang")),
                (
                    "co_entrepreneur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portfolio_images",
                        to="directory.coentrepreneur",
                        verbose_name="co-entrepreneur",
                    ),
                ),
            ],
            options={
                "verbose_name": "réalisation",
                "verbose_name_plural": "réalisations",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("alternative_text__regex", r"\S")),
                        name="portfolio_image_says_what_it_shows",
                        violation_error_message="Dites ce que l’image montre, pour qui ne la voit pas.",
                    )
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunPython(extend_group, migrations.RunPython.noop),
    ]
