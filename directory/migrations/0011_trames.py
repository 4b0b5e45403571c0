"""The trames that the cooperative starts from (directory/data/trames/*.toml), and the text that presents it."""

import tomllib
from importlib import import_module
from pathlib import Path

from django.db import migrations

load_pages = import_module("directory.migrations.0005_pages").load
TRAMES = Path(__file__).resolve().parent.parent / "data" / "trames"


def load(apps, schema_editor):
    """Add the trames that are missing; one that is there already may have been edited, and stays as it is."""
    MemoTrame = apps.get_model("directory", "MemoTrame")
    TrameSection = apps.get_model("directory", "TrameSection")
    for path in sorted(TRAMES.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        sections = content.pop("sections")
        trame, created = MemoTrame.objects.get_or_create(name=content.pop("name"), defaults=content)
        if created:
            TrameSection.objects.bulk_create(
                TrameSection(trame=trame, position=position, **{name: text.strip() for name, text in section.items()})
                for position, section in enumerate(sections, 1)
            )


class Migration(migrations.Migration):
    dependencies = [("directory", "0010_kit_roles")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(load_pages, migrations.RunPython.noop),
    ]
