from itertools import pairwise

from django.db import migrations, models
from django.utils import timezone


def band_of_amount(apps, schema_editor):
    """The exact amounts that were typed become bands between the thresholds of today."""
    today = timezone.localdate()
    started = apps.get_model("directory", "Threshold").objects.filter(starts_on__lte=today)
    latest = started.order_by("kind", "-starts_on").distinct("kind")
    edges = sorted({row.amount for row in latest if row.ends_on is None or row.ends_on >= today})
    records = apps.get_model("directory", "SourcingRecord").objects.exclude(amount=None)
    for least, below in pairwise([0, *edges, None]):
        if least or below:
            of_band = records.filter(amount__gte=least, **({"amount__lt": below} if below else {}))
            of_band.update(amount_from=least, amount_below=below)


class Migration(migrations.Migration):
    dependencies = [("directory", "0050_closed_record_masking")]

    operations = [
        migrations.AddField(
            model_name="sourcingrecord",
            name="amount_from",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="montant estimé, en euros HT, à partir de"
            ),
        ),
        migrations.AddField(
            model_name="sourcingrecord",
            name="amount_below",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="montant estimé, en euros HT, moins de"
            ),
        ),
        migrations.RunPython(band_of_amount, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="sourcingrecord", name="sourcing_record_amount_sensible"),
        migrations.RemoveField(model_name="sourcingrecord", name="amount"),
        migrations.RemoveField(model_name="sourcingrecord", name="client"),
        migrations.AddConstraint(
            model_name="sourcingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_below", None),
                    models.Q(("amount_from__isnull", False), ("amount_from__lt", models.F("amount_below"))),
                    _connector="OR",
                ),
                name="sourcing_record_amount_is_a_band",
            ),
        ),
    ]
