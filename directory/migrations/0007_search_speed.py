"""Text searches that stay quick after many saves, saves that write only new words, orders that can be walked."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# A search reads the pending list of its index from end to end: at PostgreSQL's own limit, 4 MB, for 60 ms.
PENDING_KB = 256

INDEXES = {"search_document_gin": "document", "search_title_gin": "title"}

WORDS_SQL = """
CREATE OR REPLACE FUNCTION directory_document_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_cataloguechange (version, co_entrepreneur_id)
    VALUES (directory_version_raise(), coalesce(NEW.co_entrepreneur_id, OLD.co_entrepreneur_id))
    ON CONFLICT DO NOTHING;
    -- Here writers come one at a time, the version being theirs: none waits for another's new word.
    INSERT INTO directory_searchword (word) SELECT unnest(NEW.words) EXCEPT SELECT unnest(OLD.words)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_synonyms")]

    operations = [
        migrations.RunSQL(WORDS_SQL, migrations.RunSQL.noop),
        *(
            # In place: made again, the index of a large catalogue would keep its writers waiting.
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    migrations.RunSQL(
                        f"ALTER INDEX {name} SET (gin_pending_list_limit = {PENDING_KB})",
                        f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
                    )
                ],
                state_operations=[
                    migrations.RemoveIndex("searchdocument", name),
                    migrations.AddIndex(
                        "searchdocument", GinIndex(fields=[column], name=name, gin_pending_list_limit=PENDING_KB)
                    ),
                ],
            )
            for name, column in INDEXES.items()
        ),
        migrations.AddIndex("searchdocument", models.Index(fields=["sort_name"], name="search_sort_name")),
        migrations.AddIndex(
            "coentrepreneur",
            models.Index(fields=["-content_updated_at"], condition=models.Q(client_public=True), name="latest_updated"),
        ),
    ]
