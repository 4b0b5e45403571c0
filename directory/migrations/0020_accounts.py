from pathlib import Path

from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    """No account and no référent without an address."""

    dependencies = [
        ("directory", "0019_tenders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            """
            DROP TRIGGER referent_made_with_address ON directory_referent;
            DROP TRIGGER account_keeps_address ON auth_user;
            DROP TRIGGER account_made_with_address ON auth_user;
            DROP FUNCTION referent_has_address, account_has_address;
            """,
        )
    ]
