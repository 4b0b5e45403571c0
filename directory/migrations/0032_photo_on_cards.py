from django.db import migrations, models

# The sentence about the photo names the lists of the catalogue too: what is accepted from now on is so in these words.
VERSION = "2026-11-3"


class Migration(migrations.Migration):
    dependencies = [("directory", "0031_buying")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name=name,
            field=models.CharField(default=VERSION, max_length=20, verbose_name="version du texte"),
        )
        for name, models_of_it in {
            "text_version": ["consent", "consentevent"],
            "consent_text_version": ["listingrequest", "listingrequestevent"],
        }.items()
        for model in models_of_it
    ]
