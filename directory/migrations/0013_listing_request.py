import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FORMER, PRESENT = "referencingrequest", "listingrequest"
# What migration 0002 made, under the table's new name.
REFERENT_CHANGED = """
CREATE OR REPLACE FUNCTION directory_referent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_{table} SET referent_id = NEW.referent_id
    WHERE co_entrepreneur_id = NEW.id AND state IN ('submitted', 'changes_asked');
    RETURN NULL;
END $$;
"""


def rename_permissions(before, after):
    """Django renames what a model is called in its content types, and leaves its permissions as they were."""

    def rename(apps, schema_editor):
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="directory")
        for ending in ("", "event"):
            for permission in permissions.filter(codename__endswith=f"_{before}{ending}"):
                permission.codename = permission.codename.replace(before, after)
                permission.save(update_fields=["codename"])

    return rename


class Migration(migrations.Migration):
    """A request to be listed is called so; its rows, its history and who may read it stay."""

    dependencies = [
        ("directory", "0012_consent_wording"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name=FORMER, name="insert_insert"),
        pgtrigger.migrations.RemoveTrigger(model_name=FORMER, name="update_update"),
        migrations.RenameModel("ReferencingRequest", "ListingRequest"),
        migrations.RenameModel("ReferencingRequestEvent", "ListingRequestEvent"),
        migrations.RunSQL(REFERENT_CHANGED.format(table=PRESENT), reverse_sql=REFERENT_CHANGED.format(table=FORMER)),
        migrations.RunPython(rename_permissions(FORMER, PRESENT), rename_permissions(PRESENT, FORMER)),
        migrations.AlterField(
            model_name="contractsuggestion",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="décidée par",
            ),
        ),
        migrations.AlterField(
            model_name="listingrequest",
            name="co_entrepreneur",
            field=models.ForeignKey(
                blank=True,
                help_text="Vide tant qu’aucune fiche n’est rattachée.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="listing_requests",
                to="directory.coentrepreneur",
                verbose_name="co-entrepreneur",
            ),
        ),
        migrations.AlterField(
            model_name="listingrequest",
            name="referent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listing_requests",
                to="directory.referent",
                verbose_name="référent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listingrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_listingrequestevent" ("co_entrepreneur_id", "comment", "consent_text_version", "consents", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "word_to_referent") VALUES (NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."word_to_referent"); RETURN NULL;',
                    hash="fd4aff3c40cbd8cc0f48e4a234796086b519dd2b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_522ab",
                    table="directory_listingrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listingrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_listingrequestevent" ("co_entrepreneur_id", "comment", "consent_text_version", "consents", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "word_to_referent") VALUES (NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."word_to_referent"); RETURN NULL;',
                    hash="8491f7dc0f8ff0e6b2d3cfba6c8882dc3e899d69",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1d927",
                    table="directory_listingrequest",
                    when="AFTER",
                ),
            ),
        ),
    ]
