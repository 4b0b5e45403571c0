"""The declaration of accessibility says what the audit found: its first text is replaced, an edited one stays as it is."""

import hashlib
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "accessibilite.md"
# Of the body that nobody has edited, as it came.
FORMER = "a74f67996e6d04a5f7c37d2f05f1216c3d68295ade29c4089ebc20246527ee1a"


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="accessibilite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() == FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [("directory", "0044_privacy_page")]

    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]
