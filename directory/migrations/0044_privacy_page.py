"""The page on privacy was read beside the code again: its text is replaced, an edited one stays as it is."""

import hashlib
from pathlib import Path

from django.db import migrations

TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "confidentialite.md"
# Of the bodies that nobody has edited, as they came since 0033: one of them may have been changed without a migration.
FORMER = {
    "bda1728237b7c2c199303f8e6914aef932aac6dc47df12bd7ac7e45624d67630",
    "2754083cb2e5be1498dda6fa496633f2ccdfe4b41473a935f7b44e81300d5dfe",
    "de6506aaa37a3dd9082c4a34a1911c9f917530e8a152112d05d0586dcac3498b",
    "ff80ffc8ef39c5b6a8320d426287cbd14709ba0e179fe20c71f203aaeb649a64",
    "81f4c531a49d0e3af782b6b145c45efcca16147e8ba0f0560eccd2c9cadb7e3d",
    "be3d508ac18a8277aa731888d15a7aa181fcb077befa40d4cd952c67ee162434",
    "406e08f2cf538d39e1815db4279eb0e2f4269abde400eb11f4a616211666fefd",
    "1d9beef59a056dcf57acd74a54708438bdb693611861706de1949f4c30cda653",
    "49d2257317cbade134182c5dcdfe4420285ac2545e44ebad384e35673559c3f0",
    "ff1c9baf5cff29ef7cd66f5a79b1420eda3d04cf5d5f62abb1b82a1231e373ad",
    "8efb7e8c8ddabc99569dee040d227212cd953068c44a1a70cd582c92936d52e2",
    "c842a61a7042c19c88fb6090015386f324d7b6dbdd866f8b0d48764d5bb5e6d2",
    "e5defd072bf7f74f5790f9a7bcf4fcf19c063675142436d1dbf629eab79da0b9",
    "8dd3e953284709ccad1000b8e6a784cda7fa6aa68c19962f7001dd8699037138",
}


def replace(apps, schema_editor):
    Page = apps.get_model("directory", "Page")
    page = Page.objects.filter(slug="confidentialite").first()
    if page and hashlib.sha256(page.body.encode()).hexdigest() in FORMER:
        title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
        page.title, page.body = title.removeprefix("# "), body.strip()
        page.save()


class Migration(migrations.Migration):
    dependencies = [("directory", "0043_alert")]

    operations = [migrations.RunPython(replace, migrations.RunPython.noop)]
