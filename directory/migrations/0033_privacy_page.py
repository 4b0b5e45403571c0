"""The page on privacy says its figures from the map: its first text is replaced, an edited one stays as it is."""

import hashlib
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the body that nobody has edited.
FORMER = "cebe4d56ff13d182cca9aec6db31008b20d2f57d728619def193f01381619a96"


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() == FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [("directory", "0032_photo_on_cards")]

    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]
