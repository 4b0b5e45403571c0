from datetime import date

import directory.models.files
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


FICHE = "J’accepte que ma photo soit montrée sur ma fiche publique."
PHONE = "J’accepte que mon numéro de téléphone professionnel soit montré sur ma fiche publique."
WEBSITE = "J’accepte que l’adresse de mon site soit montrée sur ma fiche publique."
PORTFOLIO = (
    "J’accepte que les images de mes réalisations soient montrées sur ma fiche publique, et sur mon CV celles que j’y "
    "choisis ; j’en ai les droits, et nul n’y est reconnaissable sans son accord."
)
BOTH = {"phone": PHONE, "website": WEBSITE}
# Version, the day of its words, and these.
TEXTS = [
    ("2026-11", date(2026, 11, 22), BOTH | {"photo": FICHE}),
    (
        "2026-11-2",
        date(2026, 11, 23),
        BOTH
        | {
            "photo": "J’accepte que ma photo soit montrée sur ma fiche publique et sur mon CV.",
            "portfolio": PORTFOLIO,
        },
    ),
    (
        "2026-11-3",
        date(2026, 11, 29),
        BOTH
        | {
            "photo": "J’accepte que ma photo soit montrée sur ma fiche publique, en petit dans les listes du "
            "catalogue, et sur mon CV.",
            "portfolio": PORTFOLIO,
        },
    ),
]
# What a consent names is kept: no row is written to words that aren't there.
NAMED = """
ALTER TABLE directory_consent ADD CONSTRAINT consent_of_known_words
    FOREIGN KEY (text_version) REFERENCES directory_consenttext (version);
ALTER TABLE directory_listingrequest ADD CONSTRAINT request_of_known_words
    FOREIGN KEY (consent_text_version) REFERENCES directory_consenttext (version);
"""


def keep_texts(apps, _schema_editor):
    """Write the words that were read so far; those of a version that nobody knows any more are told as lost."""
    text = apps.get_model("directory", "ConsentText")
    for version, since, words in TEXTS:
        text.objects.create(version=version, since=since, words=words)
    named = {
        *apps.get_model("directory", "Consent").objects.values_list("text_version", flat=True),
        *apps.get_model("directory", "ListingRequest").objects.values_list("consent_text_version", flat=True),
    }
    for version in sorted(named - {version for version, *_ in TEXTS}):
        text.objects.create(version=version, since=_day(version), words={})


def _day(version):
    """The day that a version is named after, or one before all others."""
    try:
        parts = [int(part) for part in version.split("-")]
        return date(*(parts + [1] * 3)[:3])
    except ValueError:
        return date(2000, 1, 1)


class Migration(migrations.Migration):
    """Consents are only added, with their author and their words; who left the catalogue is asked before coming back."""

    dependencies = [
        ("directory", "0035_rights_use"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=20, unique=True, verbose_name="version")),
                (
                    "since",
                    models.DateField(
                        help_text="Ce qui range les versions : leur nom ne se compare pas.", verbose_name="depuis le"
                    ),
                ),
                ("words", models.JSONField(help_text="Par élément de Consent.Item.", verbose_name="phrases")),
            ],
            options={
                "verbose_name": "texte des accords",
                "verbose_name_plural": "textes des accords",
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ListingAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="demandé le")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="motif")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="répondu le")),
                ("agrees", models.BooleanField(blank=True, null=True, verbose_name="est d’accord")),
            ],
            options={
                "verbose_name": "accord demandé pour le catalogue",
                "verbose_name_plural": "accords demandés pour le catalogue",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("catalogue", "s’est retirée du catalogue"),
                            ("traitement", "s’est opposée à ce que des données sur elle soient gardées ici"),
                        ],
                        max_length=20,
                        verbose_name="opposition",
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[("email", "adresse électronique"), ("phone", "téléphone"), ("name", "nom")],
                        max_length=10,
                        verbose_name="marque",
                    ),
                ),
                ("fingerprint", models.CharField(db_index=True, max_length=64, verbose_name="empreinte")),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="jour")),
                (
                    "lifted_at",
                    models.DateTimeField(
                        blank=True, help_text="Par la personne elle-même.", null=True, verbose_name="levée le"
                    ),
                ),
            ],
            options={
                "verbose_name": "opposition",
                "verbose_name_plural": "oppositions",
                "ordering": ["-on", "-pk"],
            },
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="consent",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Vide : la personne elle-même.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="enregistré par",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="scan",
            field=models.FileField(
                blank=True,
                help_text="PDF, JPEG ou PNG, 5 Mo au plus. Jamais publié.",
                upload_to=directory.models.files.consent_path,
                verbose_name="papier signé, numérisé",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="papier signé le"),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Vide : la personne elle-même, ou son départ.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="retrait noté par",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Vide : la personne elle-même.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="enregistré par",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="scan",
            field=models.FileField(
                blank=True,
                help_text="PDF, JPEG ou PNG, 5 Mo au plus. Jamais publié.",
                upload_to=directory.models.files.consent_path,
                verbose_name="papier signé, numérisé",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="signed_on",
            field=models.DateField(blank=True, null=True, verbose_name="papier signé le"),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Vide : la personne elle-même, ou son départ.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="retrait noté par",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="only_withdrawn",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF NEW IS DISTINCT FROM OLD AND (OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL\n            OR to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id' <> to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id')\n        THEN\n            RAISE EXCEPTION 'a consent is added, then withdrawn once: nothing else of it changes';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="ab178e37140141a24c9354d4ef13cd6436e111df",
                    operation="UPDATE",
                    pgid="pgtrigger_only_withdrawn_2a70c",
                    table="directory_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="erased_with_fiche",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n        IF EXISTS (SELECT FROM directory_coentrepreneur\n                   WHERE id = OLD.co_entrepreneur_id AND email NOT LIKE '%@erased.invalid') THEN\n            RAISE EXCEPTION 'a consent is erased with its fiche, or its person, alone';\n        END IF;\n        RETURN NULL;\n    ",
                    hash="404d299eaa303d7a072d7217178ae46a99fef5f7",
                    operation="DELETE",
                    pgid="pgtrigger_erased_with_fiche_1bd39",
                    table="directory_consent",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_consentevent" ("co_entrepreneur_id", "given_at", "given_by_id", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "signed_on", "text_version", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."co_entrepreneur_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."scan", NEW."signed_on", NEW."text_version", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                    hash="26e3530d2a7bc6974cc1ffdbb811e2b52d45afb8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c3fb9",
                    table="directory_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_consentevent" ("co_entrepreneur_id", "given_at", "given_by_id", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "signed_on", "text_version", "withdrawn_at", "withdrawn_by_id") VALUES (NEW."co_entrepreneur_id", NEW."given_at", NEW."given_by_id", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."scan", NEW."signed_on", NEW."text_version", NEW."withdrawn_at", NEW."withdrawn_by_id"); RETURN NULL;',
                    hash="25ad2c581824eac8662f00e5b89ed12d7281a2f0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0a3a2",
                    table="directory_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_consentevent" ("co_entrepreneur_id", "given_at", "given_by_id", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scan", "signed_on", "text_version", "withdrawn_at", "withdrawn_by_id") VALUES (OLD."co_entrepreneur_id", OLD."given_at", OLD."given_by_id", OLD."id", OLD."item", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."scan", OLD."signed_on", OLD."text_version", OLD."withdrawn_at", OLD."withdrawn_by_id"); RETURN NULL;',
                    hash="cf2f5621a777b93b05a22eaba174c2f7d0670dca",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ac60f",
                    table="directory_consent",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_by__isnull", True), ("scan", ""), ("signed_on__isnull", True)),
                    models.Q(
                        ("given_by__isnull", False), ("signed_on__isnull", False), models.Q(("scan", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="consent_by_the_person_or_on_paper",
                violation_error_message="Un accord noté par l’équipe va avec son papier signé.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consenttext",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bd26792a00011e886046d385549cd9db72dbf25e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_d3c58",
                    table="directory_consenttext",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="listingagreement",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="demandé par",
            ),
        ),
        migrations.AddField(
            model_name="listingagreement",
            name="co_entrepreneur",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="listing_agreements",
                to="directory.coentrepreneur",
                verbose_name="co-entrepreneur",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)), fields=("kind", "fingerprint"), name="objection_once"
            ),
        ),
        migrations.RunSQL(NAMED),
    ]
