import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """What those who left were told of the end of their data."""

    dependencies = [
        ("directory", "0036_consents_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left_on", models.DateField(verbose_name="parti le")),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="prévenu le")),
                ("warned_at", models.DateTimeField(blank=True, null=True, verbose_name="prévenu de la fin le")),
                (
                    "co_entrepreneur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="departures",
                        to="directory.coentrepreneur",
                        verbose_name="co-entrepreneur",
                    ),
                ),
            ],
            options={
                "verbose_name": "départ",
                "verbose_name_plural": "départs",
                "ordering": ["-left_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("co_entrepreneur", "left_on"), name="departure_told_once")
                ],
            },
        ),
    ]
