import directory.models.email
import directory.models.files
import directory.models.phone
import directory.models.website
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def say_what_the_fiche_says(apps, schema_editor):
    """A request that is open asked for no phone nor site: accepting it mustn't empty those of its fiche."""
    requests = apps.get_model("directory", "ListingRequest").objects.filter(state__in=["submitted", "changes_asked"])
    for listing_request in requests.exclude(co_entrepreneur=None).select_related("co_entrepreneur"):
        fiche = listing_request.co_entrepreneur
        requests.filter(pk=listing_request.pk).update(phone=fiche.phone, website=fiche.website)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0020_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "email",
                    directory.models.email.EmailField(
                        help_text="En minuscules.", max_length=254, unique=True, verbose_name="adresse"
                    ),
                ),
                (
                    "typed",
                    models.JSONField(
                        default=dict, help_text="Champ du formulaire : liste des valeurs tapées.", verbose_name="saisie"
                    ),
                ),
                (
                    "photo",
                    models.ImageField(
                        blank=True,
                        upload_to=directory.models.files.photo_path,
                        validators=[directory.models.files.validate_photo],
                        verbose_name="photo",
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="enregistré le")),
            ],
            options={
                "verbose_name": "demande en préparation",
                "verbose_name_plural": "demandes en préparation",
                "ordering": ["-saved_at", "pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listingrequest",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listingrequest",
            name="update_update",
        ),
        migrations.AddField(
            model_name="listingrequest",
            name="corrected_at",
            field=models.DateTimeField(
                blank=True, help_text="Par son auteur, avant toute décision.", null=True, verbose_name="corrigée le"
            ),
        ),
        migrations.AddField(
            model_name="listingrequest",
            name="phone",
            field=directory.models.phone.PhoneField(blank=True, max_length=30, verbose_name="téléphone"),
        ),
        migrations.AddField(
            model_name="listingrequest",
            name="photo",
            field=models.ImageField(
                blank=True,
                help_text="Une nouvelle photo ; vide : la fiche garde la sienne.",
                upload_to=directory.models.files.photo_path,
                validators=[directory.models.files.validate_photo],
                verbose_name="photo",
            ),
        ),
        migrations.AddField(
            model_name="listingrequest",
            name="website",
            field=directory.models.website.WebsiteField(blank=True, verbose_name="site"),
        ),
        migrations.AddField(
            model_name="listingrequestevent",
            name="corrected_at",
            field=models.DateTimeField(
                blank=True, help_text="Par son auteur, avant toute décision.", null=True, verbose_name="corrigée le"
            ),
        ),
        migrations.AddField(
            model_name="listingrequestevent",
            name="phone",
            field=directory.models.phone.PhoneField(blank=True, max_length=30, verbose_name="téléphone"),
        ),
        migrations.AddField(
            model_name="listingrequestevent",
            name="photo",
            field=models.ImageField(
                blank=True,
                help_text="Une nouvelle photo ; vide : la fiche garde la sienne.",
                upload_to=directory.models.files.photo_path,
                validators=[directory.models.files.validate_photo],
                verbose_name="photo",
            ),
        ),
        migrations.AddField(
            model_name="listingrequestevent",
            name="website",
            field=directory.models.website.WebsiteField(blank=True, verbose_name="site"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listingrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "directory_listingrequestevent" ("co_entrepreneur_id", "comment", "consent_text_version", "consents", "corrected_at", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photo", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "website", "word_to_referent") VALUES (NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."corrected_at", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."photo", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."website", NEW."word_to_referent"); RETURN NULL;',
                    hash="9a5270c7ff7b46813a95045896add58809dfffbc",
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
                    func='INSERT INTO "directory_listingrequestevent" ("co_entrepreneur_id", "comment", "consent_text_version", "consents", "corrected_at", "decided_at", "decided_by_id", "email", "first_name", "headline", "id", "last_name", "nationwide", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "photo", "public_offer", "referent_id", "refusal_reason", "reminded_days", "served_clients", "state", "submitted_at", "trade_name", "website", "word_to_referent") VALUES (NEW."co_entrepreneur_id", NEW."comment", NEW."consent_text_version", NEW."consents", NEW."corrected_at", NEW."decided_at", NEW."decided_by_id", NEW."email", NEW."first_name", NEW."headline", NEW."id", NEW."last_name", NEW."nationwide", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."photo", NEW."public_offer", NEW."referent_id", NEW."refusal_reason", NEW."reminded_days", NEW."served_clients", NEW."state", NEW."submitted_at", NEW."trade_name", NEW."website", NEW."word_to_referent"); RETURN NULL;',
                    hash="2eed256c5419210c3fbe334e41c93d66ec35bf23",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1d927",
                    table="directory_listingrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="listingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("website", ""), ("website__iregex", "^https?://"), _connector="OR"),
                name="request_website_on_the_web",
                violation_error_message="L’adresse d’un site ressemble à : https://www.exemple.fr.",
            ),
        ),
        migrations.CreateModel(
            name="FicheNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sent_at",
                    models.DateTimeField(
                        blank=True, help_text="Vide : pas encore.", null=True, verbose_name="prévenue le"
                    ),
                ),
                (
                    "co_entrepreneur",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice",
                        to="directory.coentrepreneur",
                        verbose_name="co-entrepreneur",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prévenue par",
                    ),
                ),
            ],
            options={
                "verbose_name": "avis de création d’une fiche",
                "verbose_name_plural": "avis de création de fiches",
                "ordering": ["pk"],
            },
        ),
        migrations.RunPython(say_what_the_fiche_says, migrations.RunPython.noop),
    ]
