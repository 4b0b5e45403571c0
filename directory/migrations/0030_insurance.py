from pathlib import Path

import directory.models.files
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Insurances that buyers read of, the trades that need one, and what a message says of place, time and budget."""

    dependencies = [
        ("directory", "0029_visibility"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="InsuranceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rc_pro", "Responsabilité civile professionnelle"),
                            ("decennale", "Garantie décennale"),
                            ("autre", "Autre assurance"),
                        ],
                        default="rc_pro",
                        max_length=20,
                        verbose_name="garantie",
                    ),
                ),
                ("insurer", models.CharField(max_length=120, verbose_name="assureur")),
                (
                    "policy_number",
                    models.CharField(
                        blank=True,
                        help_text="Privé : jamais montré dans le catalogue.",
                        max_length=60,
                        verbose_name="numéro de contrat",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        blank=True,
                        help_text="Avant ce jour, elle n’est pas montrée.",
                        null=True,
                        verbose_name="valable depuis le",
                    ),
                ),
                (
                    "expires_on",
                    models.DateField(
                        blank=True,
                        help_text="Sans cette date, elle n’est pas montrée ; passé ce jour, elle ne l’est plus.",
                        null=True,
                        verbose_name="valable jusqu’au",
                    ),
                ),
                (
                    "proof",
                    models.FileField(
                        blank=True,
                        help_text="PDF, JPEG ou PNG, 5 Mo au plus. Jamais publiée ; sans elle, l’assurance n’est pas montrée.",
                        upload_to=directory.models.files.proof_path,
                        validators=[directory.models.files.validate_proof],
                        verbose_name="attestation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="budget",
            field=models.CharField(
                blank=True,
                choices=[
                    ("5000", "moins de 5 000 € HT"),
                    ("15000", "de 5 000 à 15 000 € HT"),
                    ("40000", "de 15 000 à 40 000 € HT"),
                    ("90000", "de 40 000 à 90 000 € HT"),
                    ("plus", "plus de 90 000 € HT"),
                ],
                db_default="",
                max_length=10,
                verbose_name="budget",
            ),
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="place",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="lieu"),
        ),
        migrations.AddField(
            model_name="contactmessage",
            name="timing",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="quand"),
        ),
        migrations.AddField(
            model_name="insurance",
            name="starts_on",
            field=models.DateField(
                blank=True,
                help_text="Avant ce jour, elle n’est pas montrée.",
                null=True,
                verbose_name="valable depuis le",
            ),
        ),
        migrations.AddField(
            model_name="skill",
            name="is_building_trade",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Les acheteurs y demandent une garantie décennale : la fiche le dit.",
                verbose_name="métier du bâtiment",
            ),
        ),
        migrations.AlterField(
            model_name="insurance",
            name="co_entrepreneur",
            field=models.ForeignKey(
                blank=True,
                help_text="Vide : toute la coopérative est couverte.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="insurances",
                to="directory.coentrepreneur",
                verbose_name="co-entrepreneur",
            ),
        ),
        migrations.AlterField(
            model_name="insurance",
            name="expires_on",
            field=models.DateField(
                blank=True,
                help_text="Sans cette date, elle n’est pas montrée ; passé ce jour, elle ne l’est plus.",
                null=True,
                verbose_name="valable jusqu’au",
            ),
        ),
        migrations.AlterField(
            model_name="insurance",
            name="policy_number",
            field=models.CharField(
                blank=True,
                help_text="Privé : jamais montré dans le catalogue.",
                max_length=60,
                verbose_name="numéro de contrat",
            ),
        ),
        migrations.AlterField(
            model_name="insurance",
            name="proof",
            field=models.FileField(
                blank=True,
                help_text="PDF, JPEG ou PNG, 5 Mo au plus. Jamais publiée ; sans elle, l’assurance n’est pas montrée.",
                upload_to=directory.models.files.proof_path,
                validators=[directory.models.files.validate_proof],
                verbose_name="attestation",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurance",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_insuranceevent" ("co_entrepreneur_id", "expires_on", "id", "insurer", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_number", "proof", "starts_on") VALUES (NEW."co_entrepreneur_id", NEW."expires_on", NEW."id", NEW."insurer", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_number", NEW."proof", NEW."starts_on"); RETURN NULL;',
                    hash="3cbd43e273c26c83555a7945c095f4b6928f6416",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_259ca",
                    table="directory_insurance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurance",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_insuranceevent" ("co_entrepreneur_id", "expires_on", "id", "insurer", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_number", "proof", "starts_on") VALUES (NEW."co_entrepreneur_id", NEW."expires_on", NEW."id", NEW."insurer", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_number", NEW."proof", NEW."starts_on"); RETURN NULL;',
                    hash="503786f6383ddf215b61d619f0c1931e1c4d72a6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_75528",
                    table="directory_insurance",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurance",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_insuranceevent" ("co_entrepreneur_id", "expires_on", "id", "insurer", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_number", "proof", "starts_on") VALUES (OLD."co_entrepreneur_id", OLD."expires_on", OLD."id", OLD."insurer", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."policy_number", OLD."proof", OLD."starts_on"); RETURN NULL;',
                    hash="2d027e376e2aa76b1372fb173a756085b0684b15",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_91ed4",
                    table="directory_insurance",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="insurance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("expires_on__isnull", True),
                    ("expires_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="insurance_ends_after_it_starts",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddField(
            model_name="insuranceevent",
            name="co_entrepreneur",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Vide : toute la coopérative est couverte.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="directory.coentrepreneur",
                verbose_name="co-entrepreneur",
            ),
        ),
        migrations.AddField(
            model_name="insuranceevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="insuranceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="directory.insurance",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")),
    ]
