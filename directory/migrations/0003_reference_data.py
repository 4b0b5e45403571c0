"""What every installation starts from: territories, domains and skills, CPV codes, labels (directory/data/*.csv)."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def _rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(apps, schema_editor):
    """Add what is missing; what is there already may have been edited, and stays as it is."""
    Region = apps.get_model("directory", "Region")
    Department = apps.get_model("directory", "Department")
    Domain = apps.get_model("directory", "Domain")
    Skill = apps.get_model("directory", "Skill")
    CpvCode = apps.get_model("directory", "CpvCode")
    Label = apps.get_model("directory", "Label")

    for row in _rows("regions"):
        Region.objects.get_or_create(code=row["code"], defaults={"name": row["name"]})
    for row in _rows("departments"):
        Department.objects.get_or_create(code=row["code"], defaults={"name": row["name"], "region_id": row["region"]})
    domains = {}
    for position, row in enumerate(_rows("domains"), start=1):
        domains[row["slug"]], _ = Domain.objects.get_or_create(
            slug=row["slug"],
            defaults={"name": row["name"], "description": row["description"], "position": position},
        )
    for row in _rows("skills"):
        Skill.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "domain": domains[row["domain"]],
                "name": row["name"],
                "synonyms": row["synonyms"].split("|") if row["synonyms"] else [],
            },
        )
    for row in _rows("cpv"):
        CpvCode.objects.get_or_create(code=row["code"], defaults={"label": row["label"]})
    for row in _rows("labels"):
        Label.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"], "description": row["description"]})


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_triggers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
