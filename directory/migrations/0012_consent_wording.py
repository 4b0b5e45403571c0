from django.db import migrations, models

# The sentence about the photo names the CV too: what is accepted from now on is accepted in these words.
VERSION = "2026-11-2"


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_trames")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name=name,
            field=models.CharField(default=VERSION, max_length=20, verbose_name="version du texte"),
        )
        for name, models_of_it in {
            "text_version": ["consent", "consentevent"],
            "consent_text_version": ["referencingrequest", "referencingrequestevent"],
        }.items()
        for model in models_of_it
    ]
