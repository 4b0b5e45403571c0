"""The first texts of the pages that the cooperative edits (directory/data/pages/*.md: the title, then the body)."""

from pathlib import Path

from django.db import migrations

TEXTS = Path(__file__).resolve().parent.parent / "data" / "pages"


def load(apps, schema_editor):
    """Add the pages that are missing; one that is there already may have been edited, and stays as it is."""
    Page = apps.get_model("directory", "Page")
    for path in sorted(TEXTS.glob("*.md")):
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        Page.objects.get_or_create(slug=path.stem, defaults={"title": title.removeprefix("# "), "body": body.strip()})


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_roles")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
