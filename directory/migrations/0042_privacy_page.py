"""The page on privacy says what changed since: its text is replaced, an edited one stays as it is."""

import hashlib
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the body that nobody has edited, as it came.
FORMER = "ff1c9baf5cff29ef7cd66f5a79b1420eda3d04cf5d5f62abb1b82a1231e373ad"


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() == FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [("directory", "0041_remembered")]

    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]
