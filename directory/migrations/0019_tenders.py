from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0013_listing_request")]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="opened_with",
            field=models.UUIDField(null=True, blank=True, unique=True, editable=False),
        ),
    ]
