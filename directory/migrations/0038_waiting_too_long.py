import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0037_departures"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="ficheproposal",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="ficheproposal",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listingrequest",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listingrequest",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reference",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reference",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reference",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="ficheproposal",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AddField(
            model_name="ficheproposalevent",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AddField(
            model_name="listingrequest",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AddField(
            model_name="listingrequestevent",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AddField(
            model_name="reference",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AddField(
            model_name="reference",
            name="contact_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="contact prévenu le"),
        ),
        migrations.AddField(
            model_name="referenceevent",
            name="closing_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="clôture annoncée le"),
        ),
        migrations.AlterField(
            model_name="ficheproposal",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Proposée"),
                    ("accepted", "Acceptée"),
                    ("partly", "Acceptée en partie"),
                    ("refused", "Refusée"),
                    ("withdrawn", "Retirée"),
                    ("closed", "Close sans réponse"),
                ],
                default="submitted",
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="ficheproposalevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Proposée"),
                    ("accepted", "Acceptée"),
                    ("partly", "Acceptée en partie"),
                    ("refused", "Refusée"),
                    ("withdrawn", "Retirée"),
                    ("closed", "Close sans réponse"),
                ],
                default="submitted",
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="listingrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Soumise"),
                    ("changes_asked", "Compléments demandés"),
                    ("accepted", "Acceptée"),
                    ("refused", "Refusée"),
                    ("withdrawn", "Retirée"),
                    ("closed", "Close sans réponse"),
                ],
                default="submitted",
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="listingrequestevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Soumise"),
                    ("changes_asked", "Compléments demandés"),
                    ("accepted", "Acceptée"),
                    ("refused", "Refusée"),
                    ("withdrawn", "Retirée"),
                    ("closed", "Close sans réponse"),
                ],
                default="submitted",
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="reference",
            name="state",
            field=models.CharField(
                choices=[
                    ("to_validate", "À valider"),
                    ("changes_asked", "À compléter"),
                    ("validated", "Validée"),
                    ("closed", "Close sans suite"),
                ],
                db_default="to_validate",
                default="to_validate",
                max_length=20,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="referenceevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("to_validate", "À valider"),
                    ("changes_asked", "À compléter"),
                    ("validated", "Validée"),
                    ("closed", "Close sans suite"),
                ],
                db_default="to_validate",
                default="to_validate",
                max_length=20,
                verbose_name="état",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ficheproposal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_ficheproposalevent" ("accepted_fields", "before", "changes", "closing_told_at", "co_entrepreneur_id", "comment", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "state", "submitted_at", "word_to_referent") VALUES (NEW."accepted_fields", NEW."before", NEW."changes", NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."photo", NEW."state", NEW."submitted_at", NEW."word_to_referent"); RETURN NULL;',
                    hash="752814bc2524e265eb442663c86b84a50557c889",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6af58",
                    table="directory_ficheproposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ficheproposal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_ficheproposalevent" ("accepted_fields", "before", "changes", "closing_told_at", "co_entrepreneur_id", "comment", "decided_at", "decided_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "state", "submitted_at", "word_to_referent") VALUES (NEW."accepted_fields", NEW."before", NEW."changes", NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."decided_at", NEW."decided_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."photo", NEW."state", NEW."submitted_at", NEW."word_to_referent"); RETURN NULL;',
                    hash="9d16e588c029653d780b0e00993d89d421a0ae90",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d0e24",
                    table="directory_ficheproposal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listingrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_listingrequestevent" ("closing_told_at", "co_entrepreneur_id", "comment", "consent_text_version", "consents", "corrected_at", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photo", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "website", "word_to_referent") VALUES (NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."corrected_at", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."photo", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."website", NEW."word_to_referent"); RETURN NULL;',
                    hash="c60c7aa461d2be1b60250adbe44ef58670596b24",
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
                    func='INSERT INTO "directory_listingrequestevent" ("closing_told_at", "co_entrepreneur_id", "comment", "consent_text_version", "consents", "corrected_at", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photo", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "website", "word_to_referent") VALUES (NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."corrected_at", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."photo", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."website", NEW."word_to_referent"); RETURN NULL;',
                    hash="c3d0aa64cbd7d39841afdc886476da1cce51a769",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1d927",
                    table="directory_listingrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reference",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_referenceevent" ("amount", "amount_shown", "attestation", "client_id", "closing_told_at", "co_entrepreneur_id", "comment", "context", "decided_at", "decided_by_id", "deliverables", "ends_on", "id", "mission", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "publishable", "results", "role", "starts_on", "state", "subject", "submitted_at", "version") VALUES (NEW."amount", NEW."amount_shown", NEW."attestation", NEW."client_id", NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."context", NEW."decided_at", NEW."decided_by_id", NEW."deliverables", NEW."ends_on", NEW."id", NEW."mission", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."publishable", NEW."results", NEW."role", NEW."starts_on", NEW."state", NEW."subject", NEW."submitted_at", NEW."version"); RETURN NULL;',
                    hash="725a786d14c0c114ec5d6fc51dd1a2e95ee64e62",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b8cc4",
                    table="directory_reference",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reference",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."amount_shown" IS DISTINCT FROM (NEW."amount_shown") OR OLD."attestation" IS DISTINCT FROM (NEW."attestation") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."closing_told_at" IS DISTINCT FROM (NEW."closing_told_at") OR OLD."co_entrepreneur_id" IS DISTINCT FROM (NEW."co_entrepreneur_id") OR OLD."comment" IS DISTINCT FROM (NEW."comment") OR OLD."context" IS DISTINCT FROM (NEW."context") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."deliverables" IS DISTINCT FROM (NEW."deliverables") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."mission" IS DISTINCT FROM (NEW."mission") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."publishable" IS DISTINCT FROM (NEW."publishable") OR OLD."results" IS DISTINCT FROM (NEW."results") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "directory_referenceevent" ("amount", "amount_shown", "attestation", "client_id", "closing_told_at", "co_entrepreneur_id", "comment", "context", "decided_at", "decided_by_id", "deliverables", "ends_on", "id", "mission", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "publishable", "results", "role", "starts_on", "state", "subject", "submitted_at", "version") VALUES (NEW."amount", NEW."amount_shown", NEW."attestation", NEW."client_id", NEW."closing_told_at", NEW."co_entrepreneur_id", NEW."comment", NEW."context", NEW."decided_at", NEW."decided_by_id", NEW."deliverables", NEW."ends_on", NEW."id", NEW."mission", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."publishable", NEW."results", NEW."role", NEW."starts_on", NEW."state", NEW."subject", NEW."submitted_at", NEW."version"); RETURN NULL;',
                    hash="26bbcd782e0d439ba3b440f3837facf18daaaeef",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5d8c8",
                    table="directory_reference",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reference",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_referenceevent" ("amount", "amount_shown", "attestation", "client_id", "closing_told_at", "co_entrepreneur_id", "comment", "context", "decided_at", "decided_by_id", "deliverables", "ends_on", "id", "mission", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "publishable", "results", "role", "starts_on", "state", "subject", "submitted_at", "version") VALUES (OLD."amount", OLD."amount_shown", OLD."attestation", OLD."client_id", OLD."closing_told_at", OLD."co_entrepreneur_id", OLD."comment", OLD."context", OLD."decided_at", OLD."decided_by_id", OLD."deliverables", OLD."ends_on", OLD."id", OLD."mission", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."publishable", OLD."results", OLD."role", OLD."starts_on", OLD."state", OLD."subject", OLD."submitted_at", OLD."version"); RETURN NULL;',
                    hash="605983e12b51d7e3b8cc566d03724b96e4125411",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e67e8",
                    table="directory_reference",
                    when="AFTER",
                ),
            ),
        ),
    ]
