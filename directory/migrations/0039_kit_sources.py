"""What of whom is in a kit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0038_waiting_too_long"),
    ]

    operations = [
        migrations.AddField(
            model_name="kit",
            name="sources",
            field=models.JSONField(
                default=dict,
                editable=False,
                help_text="Empreintes de ce qui y est de chacun.",
                verbose_name="sources",
            ),
        ),
        migrations.AlterField(
            model_name="kit",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "En attente"),
                    ("running", "En cours"),
                    ("done", "Prêt"),
                    ("failed", "Échec"),
                    ("dropped", "Retiré"),
                ],
                default="queued",
                max_length=10,
                verbose_name="état",
            ),
        ),
    ]
