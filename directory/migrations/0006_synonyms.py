"""The acronyms and the two names of trades that buyers type from the first day (directory/data/synonyms.csv)."""

import csv
from pathlib import Path

from django.db import migrations

SYNONYMS = Path(__file__).resolve().parent.parent / "data" / "synonyms.csv"


def load(apps, schema_editor):
    """Add what is missing; what is there already may have been edited, and stays as it is."""
    Synonym = apps.get_model("directory", "Synonym")
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            Synonym.objects.get_or_create(
                words=row["words"], meaning=row["meaning"], defaults={"both_ways": row["both_ways"] == "1"}
            )


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_pages")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
