from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """Search documents, former slugs, dates of content and the catalogue's version, kept by triggers."""

    dependencies = [("directory", "0001_initial")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
