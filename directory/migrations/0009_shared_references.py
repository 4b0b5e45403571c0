from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """References shared by several co-entrepreneurs, and shown once validated."""

    dependencies = [("directory", "0008_tender_kit")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
