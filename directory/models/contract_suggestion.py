from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.template.defaultfilters import floatformat
from django.utils import timezone

from .decision import Decided, DecidedQuerySet
from .files import contract_file_path
from .reference import Reference
from .sent_file import SentFile


class ContractSuggestion(Decided):
    """A public contract that the State's open data (DECP) says the cooperative holds: whose it is, a person tells."""

    class State(models.TextChoices):
        AWAITING = "awaiting", "À attribuer"
        ATTRIBUTED = "attributed", "Attribuée"
        DISMISSED = "dismissed", "Écartée"

    AWAITING = State.AWAITING
    SINCE = "imported_at"
    OUTCOMES = {
        State.AWAITING: "Ce marché attend d’être attribué.",
        State.ATTRIBUTED: "Ce marché a été attribué {decided}.",
        State.DISMISSED: "Ce marché a été écarté {decided}.",
    }

    contract_id = models.CharField("identifiant du marché", max_length=60)
    lot = models.PositiveSmallIntegerField(
        "lot", default=1, db_default=1, help_text="Son rang parmi les marchés de cet acheteur qui ont cet identifiant."
    )
    buyer_siret = models.CharField("SIRET de l’acheteur", max_length=14)
    buyer_name = models.CharField("acheteur", max_length=200, blank=True)
    holder_siret = models.CharField("SIRET du titulaire", max_length=14)
    subject = models.CharField("objet", max_length=1000)
    cpv_code = models.CharField("code CPV", max_length=8, blank=True)
    procedure = models.CharField("procédure", max_length=100, blank=True)
    notified_on = models.DateField("notifié le")
    duration_months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    amount = models.DecimalField("montant HT (€)", max_digits=14, decimal_places=2, null=True, blank=True)
    first_amount = models.DecimalField(
        "montant initial HT (€)",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Avant les modifications du marché.",
    )
    place_code = models.CharField("lieu d’exécution (code)", max_length=20, blank=True)
    holders_count = models.PositiveSmallIntegerField("titulaires", default=1)
    source = models.CharField("fichier", max_length=200)
    imported_at = models.DateTimeField("importée le", default=timezone.now)

    state = models.CharField("état", max_length=20, choices=State, default=State.AWAITING)
    reference = models.ForeignKey(
        Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="référence"
    )

    objects = DecidedQuerySet.as_manager()

    class Meta:
        verbose_name = "marché suggéré (DECP)"
        verbose_name_plural = "marchés suggérés (DECP)"
        ordering = ["-notified_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["buyer_siret", "contract_id", "lot"], name="contract_suggestion_unique"),
            models.CheckConstraint(
                condition=Q(state="awaiting") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="contract_suggestion_has_author_and_date",
            ),
        ]

    def __str__(self):
        return self.subject

    @property
    def amount_told(self):
        """« 12 500 € », with what it was before it was modified; an empty string when it isn't known."""
        if self.amount is None:
            return ""
        amount = f"{floatformat(self.amount, '-2g')} €"
        if self.first_amount in {None, self.amount}:
            return amount
        return f"{amount}, après modification ({floatformat(self.first_amount, '-2g')} € à l’origine)"


class ContractFile(SentFile):
    """A file of open data."""

    file = models.FileField("fichier", upload_to=contract_file_path, blank=True)
    size = models.PositiveBigIntegerField("octets")
    read_bytes = models.PositiveBigIntegerField("octets lus", default=0)
    reading = models.JSONField("ce qu’il contient", default=dict, encoder=DjangoJSONEncoder)

    class Meta(SentFile.Meta):
        verbose_name = "fichier de marchés (DECP)"
        verbose_name_plural = "fichiers de marchés (DECP)"
