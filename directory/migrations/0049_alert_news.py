"""What each mail of an alert told stays as it was told; in which version each fiche last moved is kept for good."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

# What was last told is all that is known of the mails before; the last one's link goes on showing it.
KEEP_NEWS = """
INSERT INTO directory_alertnews (alert_id, told_on, told)
SELECT id, news_on, news FROM directory_alert WHERE news_on IS NOT NULL;
"""

# Of each fiche, the last of its changes.
LAST_CHANGES = """
DELETE FROM directory_cataloguechange AS earlier USING directory_cataloguechange AS later
WHERE later.co_entrepreneur_id = earlier.co_entrepreneur_id AND later.version > earlier.version;
"""

# As in 0002, but that no change is forgotten.
RAISE = """
CREATE OR REPLACE FUNCTION directory_version_raise() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    this_transaction text := pg_current_xact_id()::text;
    raised text := current_setting('directory.version_raised', true);
    raised_to bigint;
BEGIN
    IF split_part(raised, ' ', 1) = this_transaction THEN
        RETURN split_part(raised, ' ', 2);
    END IF;
    INSERT INTO directory_catalogueversion AS version (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = version.number + 1
    RETURNING number INTO raised_to;
    PERFORM set_config('directory.version_raised', this_transaction || ' ' || raised_to, true);
    RETURN raised_to;
END $$;
"""

# As in 0007, but that a change takes the place of the one before.
CHANGED = """
CREATE OR REPLACE FUNCTION directory_document_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_cataloguechange (version, co_entrepreneur_id)
    VALUES (directory_version_raise(), coalesce(NEW.co_entrepreneur_id, OLD.co_entrepreneur_id))
    ON CONFLICT (co_entrepreneur_id) DO UPDATE SET version = excluded.version;
    -- Here writers come one at a time, the version being theirs: none waits for another's new word.
    INSERT INTO directory_searchword (word) SELECT unnest(NEW.words) EXCEPT SELECT unnest(OLD.words)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""

BEFORE = import_module("directory.migrations.0007_search_speed").WORDS_SQL


class Migration(migrations.Migration):
    dependencies = [("directory", "0048_sourcing_record")]

    operations = [
        migrations.CreateModel(
            name="AlertNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_on", models.DateField(verbose_name="envoyée le")),
                ("told", models.BinaryField(default=bytes, verbose_name="fiches")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="news",
                        to="directory.alert",
                        verbose_name="alerte",
                    ),
                ),
            ],
            options={
                "verbose_name": "envoi d’une alerte",
                "verbose_name_plural": "envois d’alertes",
                "ordering": ["told_on", "pk"],
                "constraints": [models.UniqueConstraint(fields=("alert", "told_on"), name="alert_news_once_a_day")],
            },
        ),
        migrations.RunSQL(KEEP_NEWS, migrations.RunSQL.noop),
        migrations.RemoveField("alert", "news"),
        migrations.RemoveField("alert", "news_on"),
        migrations.AddField(
            "alert",
            "told_version",
            models.BigIntegerField(blank=True, null=True, verbose_name="version du catalogue alors"),
        ),
        migrations.RunSQL(LAST_CHANGES, migrations.RunSQL.noop),
        migrations.RemoveConstraint("cataloguechange", "catalogue_change_once"),
        migrations.AddConstraint(
            "cataloguechange",
            models.UniqueConstraint(fields=["co_entrepreneur_id"], name="catalogue_change_of_a_fiche"),
        ),
        migrations.AddIndex("cataloguechange", models.Index(fields=["version"], name="catalogue_change_version")),
        migrations.RunSQL(RAISE + CHANGED, BEFORE),
    ]
