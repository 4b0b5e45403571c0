"""The page on privacy says its figures from the map: its first text is replaced, an edited one stays as it is."""

import hashlib
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the bodies that nobody has edited, as they came.
FORMER = {
    "cebe4d56ff13d182cca9aec6db31008b20d2f57d728619def193f01381619a96",
    "6430025f9b0f06ffd3083d39ff74c3f41773e2be6ec8cae04719f751b93bd5fe",
    "1b135230e0eb55624cb91278436a5fa82e37ab7fb207e69905b9474858bf2d75",
    "b4e0cdff7d7e598315c493f656d1b66932f6326baded2141f7fd42b1f5875cca",
}


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() in FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [("directory", "0032_photo_on_cards")]

    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]
