from datetime import date
from pathlib import Path

import directory.models.files
import directory.models.website
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

GROUP = "Référents"
TEXT = Path(__file__).resolve().parent.parent / "data" / "pages" / "acheter.md"
DECREES = {
    2019: ("Décret n° 2019-1344 du 12 décembre 2019", ""),
    2025: ("Décret n° 2025-1386 du 29 décembre 2025", "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000053202067"),
}
NOTICE = ("annexe n° 2 du code de la commande publique", "")
# Kind, first day, last day known, amount, article, source.
THRESHOLDS = [
    ("services", date(2020, 1, 1), None, 40_000, "R2122-8", DECREES[2019]),
    ("services", date(2026, 4, 1), None, 60_000, "R2122-8", DECREES[2025]),
    ("works", date(2026, 1, 1), None, 100_000, "R2122-8", DECREES[2025]),
    ("formal_state", date(2026, 1, 1), date(2027, 12, 31), 140_000, "L2124-1", NOTICE),
    ("formal_others", date(2026, 1, 1), date(2027, 12, 31), 216_000, "L2124-1", NOTICE),
]


def write_thresholds(apps, schema_editor):
    Threshold = apps.get_model("directory", "Threshold")
    for kind, starts_on, ends_on, amount, article, (source, source_url) in THRESHOLDS:
        Threshold.objects.create(
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            amount=amount,
            article=article,
            source=source,
            source_url=source_url,
        )


def write_page(apps, schema_editor):
    """Its first text, where migration 0005 ran before it was written."""
    title, _, body = TEXT.read_text(encoding="utf-8").partition("\n")
    apps.get_model("directory", "Page").objects.get_or_create(
        slug=TEXT.stem, defaults={"title": title.removeprefix("# "), "body": body.strip()}
    )


def extend_group(apps, schema_editor):
    """Référents read the papers, to send them to who asks."""
    # Permissions are otherwise made once all migrations are done.
    config = apps.get_app_config("directory")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    permissions = apps.get_model("auth", "Permission").objects
    group.permissions.add(*permissions.filter(content_type__app_label="directory", codename="view_paper"))


class Migration(migrations.Migration):
    """The papers that buyers ask for, the thresholds of the law, and the page that tells both."""

    dependencies = [
        ("directory", "0030_insurance"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registration", "Extrait Kbis"),
                            ("tax", "Attestation de régularité fiscale"),
                            ("social", "Attestation de vigilance (cotisations sociales)"),
                            ("insurance", "Attestation d’assurance"),
                            ("bank", "Coordonnées bancaires (RIB)"),
                            ("other", "Autre pièce"),
                        ],
                        max_length=20,
                        verbose_name="pièce",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="Pour une autre pièce, ou pour dire laquelle\xa0: «\xa0décennale\xa0».",
                        max_length=120,
                        verbose_name="intitulé",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="valable à partir du")),
                (
                    "expires_on",
                    models.DateField(
                        help_text="Son dernier jour, celui-là compris. Une pièce sans terme se relit une fois l’an\xa0: donnez-lui un an.",
                        verbose_name="valable jusqu’au",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        default=False,
                        help_text="Sans la case, la page dit «\xa0à demander\xa0» et ne montre rien\xa0: c’est l’usage pour un RIB.",
                        verbose_name="à télécharger par tous",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        help_text="PDF, 5 Mo au plus.",
                        upload_to=directory.models.files.paper_path,
                        validators=[directory.models.files.validate_paper],
                        verbose_name="fichier",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("services", "Fournitures et services, sans publicité ni mise en concurrence"),
                            ("works", "Travaux, sans publicité ni mise en concurrence"),
                            (
                                "formal_state",
                                "Procédure formalisée, fournitures et services\xa0: autorités publiques centrales",
                            ),
                            (
                                "formal_others",
                                "Procédure formalisée, fournitures et services\xa0: autres pouvoirs adjudicateurs",
                            ),
                        ],
                        max_length=20,
                        verbose_name="seuil",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="en vigueur à partir du")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Vide\xa0: jusqu’au suivant. Passé ce jour, la page ne dit rien de ce seuil tant que le suivant manque.",
                        null=True,
                        verbose_name="connu jusqu’au",
                    ),
                ),
                (
                    "amount",
                    models.IntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1000, "Il faut 1\xa0000 € au moins."),
                            django.core.validators.MaxValueValidator(100000000, "Il faut 100\xa0000\xa0000 € au plus."),
                        ],
                        verbose_name="montant, en euros hors taxes",
                    ),
                ),
                (
                    "article",
                    models.CharField(
                        help_text="Du code de la commande publique\xa0: R2122-8, par exemple.",
                        max_length=60,
                        verbose_name="article",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="texte qui le fixe")),
                ("source_url", directory.models.website.WebsiteField(blank=True, verbose_name="adresse de ce texte")),
            ],
            options={
                "verbose_name": "seuil",
                "verbose_name_plural": "seuils",
                "ordering": ["kind", "-starts_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ThresholdEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("services", "Fournitures et services, sans publicité ni mise en concurrence"),
                            ("works", "Travaux, sans publicité ni mise en concurrence"),
                            (
                                "formal_state",
                                "Procédure formalisée, fournitures et services\xa0: autorités publiques centrales",
                            ),
                            (
                                "formal_others",
                                "Procédure formalisée, fournitures et services\xa0: autres pouvoirs adjudicateurs",
                            ),
                        ],
                        max_length=20,
                        verbose_name="seuil",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="en vigueur à partir du")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Vide\xa0: jusqu’au suivant. Passé ce jour, la page ne dit rien de ce seuil tant que le suivant manque.",
                        null=True,
                        verbose_name="connu jusqu’au",
                    ),
                ),
                (
                    "amount",
                    models.IntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1000, "Il faut 1\xa0000 € au moins."),
                            django.core.validators.MaxValueValidator(100000000, "Il faut 100\xa0000\xa0000 € au plus."),
                        ],
                        verbose_name="montant, en euros hors taxes",
                    ),
                ),
                (
                    "article",
                    models.CharField(
                        help_text="Du code de la commande publique\xa0: R2122-8, par exemple.",
                        max_length=60,
                        verbose_name="article",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="texte qui le fixe")),
                ("source_url", directory.models.website.WebsiteField(blank=True, verbose_name="adresse de ce texte")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AlterField(
            model_name="page",
            name="slug",
            field=models.CharField(
                choices=[
                    ("referencement", "Se faire référencer (l’article)"),
                    ("mentions-legales", "Mentions légales"),
                    ("confidentialite", "Confidentialité"),
                    ("accessibilite", "Déclaration d’accessibilité"),
                    ("acheter", "Acheter en pratique"),
                    ("cooperative", "Présentation de la coopérative (document des réponses)"),
                ],
                max_length=40,
                unique=True,
                verbose_name="page",
            ),
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("registration", "Extrait Kbis"),
                            ("tax", "Attestation de régularité fiscale"),
                            ("social", "Attestation de vigilance (cotisations sociales)"),
                            ("insurance", "Attestation d’assurance"),
                            ("bank", "Coordonnées bancaires (RIB)"),
                            ("other", "Autre pièce"),
                        ],
                        max_length=20,
                        verbose_name="pièce",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="Pour une autre pièce, ou pour dire laquelle\xa0: «\xa0décennale\xa0».",
                        max_length=120,
                        verbose_name="intitulé",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="valable à partir du")),
                (
                    "expires_on",
                    models.DateField(
                        help_text="Son dernier jour, celui-là compris. Une pièce sans terme se relit une fois l’an\xa0: donnez-lui un an.",
                        verbose_name="valable jusqu’au",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        default=False,
                        help_text="Sans la case, la page dit «\xa0à demander\xa0» et ne montre rien\xa0: c’est l’usage pour un RIB.",
                        verbose_name="à télécharger par tous",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        help_text="PDF, 5 Mo au plus.",
                        upload_to=directory.models.files.paper_path,
                        validators=[directory.models.files.validate_paper],
                        verbose_name="fichier",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce administrative",
                "verbose_name_plural": "pièces administratives",
                "ordering": ["kind", "title", "-expires_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_on__gte", models.F("starts_on"))),
                        name="paper_expires_after_start",
                        violation_error_message="Le dernier jour ne peut pas précéder le premier.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "other"), _negated=True),
                            models.Q(("title", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="paper_other_has_title",
                        violation_error_message="Donnez un intitulé à cette autre pièce.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paper",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_paperevent" ("expires_on", "file", "id", "is_public", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title") VALUES (NEW."expires_on", NEW."file", NEW."id", NEW."is_public", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."title"); RETURN NULL;',
                    hash="af3ba887827b6f6d4d7eb2338f7b1d855ff29407",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b3205",
                    table="directory_paper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paper",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_paperevent" ("expires_on", "file", "id", "is_public", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title") VALUES (NEW."expires_on", NEW."file", NEW."id", NEW."is_public", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."title"); RETURN NULL;',
                    hash="39dbe25e952669e282dca87c864d54b449982aea",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_aedb6",
                    table="directory_paper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paper",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_paperevent" ("expires_on", "file", "id", "is_public", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title") VALUES (OLD."expires_on", OLD."file", OLD."id", OLD."is_public", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."title"); RETURN NULL;',
                    hash="1fd8e6672070f5c6324846071e2d8e48ea081236",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_35a7d",
                    table="directory_paper",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="paperevent",
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
            model_name="paperevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="directory.paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(
                fields=("kind", "starts_on"),
                name="threshold_once_a_day",
                violation_error_message="Ce seuil a déjà un montant à partir de ce jour\xa0: corrigez-le plutôt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__range", (1000, 100000000))), name="threshold_amount_sensible"
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_url", ""), ("source_url__iregex", "^https?://"), _connector="OR"),
                name="threshold_source_on_the_web",
                violation_error_message="L’adresse d’un site ressemble à\xa0: https://www.exemple.fr.",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="threshold_ends_after_start",
                violation_error_message="Le dernier jour ne peut pas précéder le premier.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="threshold",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_thresholdevent" ("amount", "article", "ends_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "source_url", "starts_on") VALUES (NEW."amount", NEW."article", NEW."ends_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."source_url", NEW."starts_on"); RETURN NULL;',
                    hash="898227c1b077d23f7cd36c28e2e0f7d6cb737692",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_092c8",
                    table="directory_threshold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="threshold",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "directory_thresholdevent" ("amount", "article", "ends_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "source_url", "starts_on") VALUES (NEW."amount", NEW."article", NEW."ends_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."source_url", NEW."starts_on"); RETURN NULL;',
                    hash="aee251683930e9b910deaf6d78c1966a3a939dac",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fcb27",
                    table="directory_threshold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="threshold",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_thresholdevent" ("amount", "article", "ends_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "source_url", "starts_on") VALUES (OLD."amount", OLD."article", OLD."ends_on", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."source_url", OLD."starts_on"); RETURN NULL;',
                    hash="68b400710336aacaf3bd0828a00a99c92df7cdf2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3c412",
                    table="directory_threshold",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="thresholdevent",
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
            model_name="thresholdevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="directory.threshold",
            ),
        ),
        migrations.RunPython(write_thresholds, migrations.RunPython.noop),
        migrations.RunPython(write_page, migrations.RunPython.noop),
        migrations.RunPython(extend_group, migrations.RunPython.noop),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            "DROP FUNCTION directory_page_changed() CASCADE;",
        ),
    ]
