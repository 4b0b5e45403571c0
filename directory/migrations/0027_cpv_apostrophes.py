from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace


def typeset(apps, _schema_editor):
    """Labels as they are printed, whatever file they came from; searches take both apostrophes for one."""
    codes = apps.get_model("directory", "CpvCode").objects.filter(label__contains="'")
    codes.update(label=Replace(F("label"), Value("'"), Value("’")))


class Migration(migrations.Migration):
    dependencies = [("directory", "0026_fiche_files")]

    operations = [migrations.RunPython(typeset, migrations.RunPython.noop)]
