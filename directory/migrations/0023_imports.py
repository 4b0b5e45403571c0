import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import directory.models.files


def keep_the_first_amount(apps, _schema_editor):
    """Contracts that came before were read without their modifications: their amount is the first one."""
    apps.get_model("directory", "ContractSuggestion").objects.update(first_amount=models.F("amount"))


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0022_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contractsuggestion",
            name="lot",
            field=models.PositiveSmallIntegerField(
                "lot",
                db_default=1,
                default=1,
                help_text="Son rang parmi les marchés de cet acheteur qui ont cet identifiant.",
            ),
        ),
        migrations.AddField(
            model_name="contractsuggestion",
            name="first_amount",
            field=models.DecimalField(
                "montant initial HT (€)",
                blank=True,
                decimal_places=2,
                help_text="Avant les modifications du marché.",
                max_digits=14,
                null=True,
            ),
        ),
        migrations.RemoveConstraint(model_name="contractsuggestion", name="contract_suggestion_unique"),
        migrations.AddConstraint(
            model_name="contractsuggestion",
            constraint=models.UniqueConstraint(
                fields=("buyer_siret", "contract_id", "lot"), name="contract_suggestion_unique"
            ),
        ),
        migrations.CreateModel(
            name="ContractFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField("nom", max_length=200)),
                (
                    "file",
                    models.FileField("fichier", blank=True, upload_to=directory.models.files.contract_file_path),
                ),
                ("size", models.PositiveBigIntegerField("octets")),
                ("read_bytes", models.PositiveBigIntegerField("octets lus", default=0)),
                (
                    "state",
                    models.CharField(
                        "état",
                        choices=[
                            ("queued", "En attente"),
                            ("running", "En cours de lecture"),
                            ("read", "Lu"),
                            ("failed", "Illisible"),
                            ("imported", "Importé"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("problem", models.TextField("pourquoi il est illisible", blank=True)),
                (
                    "reading",
                    models.JSONField(
                        "ce qu’il contient",
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("sent_at", models.DateTimeField("envoyé le", default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="envoyé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "fichier de marchés (DECP)",
                "verbose_name_plural": "fichiers de marchés (DECP)",
                "ordering": ["-sent_at", "-pk"],
            },
        ),
        migrations.RunPython(keep_the_first_amount, migrations.RunPython.noop),
    ]
