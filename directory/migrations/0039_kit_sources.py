"""What of whom is in a kit; and the page on privacy says what is new, unless somebody edited it."""

import hashlib
from pathlib import Path

from django.db import migrations, models

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the text of before, as nobody edited it.
FORMER = "de6506aaa37a3dd9082c4a34a1911c9f917530e8a152112d05d0586dcac3498b"


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() == FORMER:
        page.body = TEXT.read_text(encoding="utf-8").partition("\n")[2].strip()
        page.save()


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
        migrations.RunPython(replace, migrations.RunPython.noop),
    ]
