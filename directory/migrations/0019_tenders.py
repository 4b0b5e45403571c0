import django.db.models.deletion
from django.db import migrations, models


def tell_what_was_written(apps, _schema_editor):
    """Whatever someone saved that isn't a trame's own text, or added without a trame, was written by its team."""
    parts, sections = apps.get_model("directory", "MemoPart"), apps.get_model("directory", "TrameSection")
    own_texts = sections.objects.values("body")
    parts.objects.exclude(updated_by="").exclude(body__in=own_texts).update(is_written=True)
    parts.objects.filter(updated_by="", guidance="", version__gt=1).exclude(body__in=own_texts).update(is_written=True)


class Migration(migrations.Migration):
    dependencies = [("directory", "0017_files")]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="opened_with",
            field=models.UUIDField("formulaire", null=True, blank=True, unique=True, editable=False),
        ),
        migrations.AddField(
            model_name="memopart",
            name="is_written",
            field=models.BooleanField("écrite par l’équipe", default=False, db_default=False, editable=False),
        ),
        migrations.AddField(
            model_name="consultation",
            name="won_reference",
            field=models.ForeignKey(
                "directory.reference",
                on_delete=django.db.models.deletion.SET_NULL,
                null=True,
                blank=True,
                related_name="+",
                editable=False,
                verbose_name="référence qui en est née",
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="message",
            field=models.TextField("message", max_length=1000, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="teammember",
            name="answer_by",
            field=models.DateField("réponse souhaitée le", null=True, blank=True),
        ),
        migrations.AddField(
            model_name="teammember",
            name="reminded_days",
            field=models.PositiveSmallIntegerField("rappel, en jours", null=True, blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="teammember",
            name="reminded_of",
            field=models.DateTimeField("échéance rappelée", null=True, blank=True, editable=False),
        ),
        migrations.RunPython(tell_what_was_written, migrations.RunPython.noop),
    ]
