from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """The words of a need and of the fiches, read alike; a headline that weighs as a name does."""

    dependencies = [("directory", "0027_cpv_apostrophes")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
