"""What each mail of an alert told stays as it was told."""

import django.db.models.deletion
from django.db import migrations, models

# What was last told is all that is known of the mails before; the last one's link goes on showing it.
KEEP_NEWS = """
INSERT INTO directory_alertnews (alert_id, told_on, told)
SELECT id, news_on, news FROM directory_alert WHERE news_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0048_sourcing_record")]

    operations = [
        migrations.CreateModel(
            name="AlertNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_on", models.DateField(verbose_name="envoyée le")),
                ("told", models.BinaryField(default=bytes, verbose_name="fiches")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="news",
                        to="directory.alert",
                        verbose_name="alerte",
                    ),
                ),
            ],
            options={
                "verbose_name": "envoi d’une alerte",
                "verbose_name_plural": "envois d’alertes",
                "ordering": ["told_on", "pk"],
                "constraints": [models.UniqueConstraint(fields=("alert", "told_on"), name="alert_news_once_a_day")],
            },
        ),
        migrations.RunSQL(KEEP_NEWS, migrations.RunSQL.noop),
        migrations.RemoveField("alert", "news"),
        migrations.RemoveField("alert", "news_on"),
    ]
