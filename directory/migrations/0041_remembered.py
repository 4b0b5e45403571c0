"""An erasure or a withdrawal is remembered."""

import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0040_fiche_export"),
    ]

    operations = [
        migrations.CreateModel(
            name="Remembered",
            fields=[
                ("key", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "effacement ou retrait retenu",
                "verbose_name_plural": "effacements ou retraits retenus",
                "ordering": ["at", "key"],
            },
        ),
    ]
