"""What is remembered waits in the database until it is written in its file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0045_accessibility_page")]

    operations = [
        migrations.AddField(
            model_name="remembered",
            name="line",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
