import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .files import PAPER_LIMITS, BareFileField, paper_path, validate_paper


class PaperQuerySet(models.QuerySet):
    def valid_on(self, day):
        """Those that say the truth on that day, their first and their last among them."""
        return self.filter(starts_on__lte=day, expires_on__gte=day)

    def public(self):
        """Those that anyone may download, as long as they are valid."""
        return self.filter(is_public=True)

    def ending(self, *, by):
        """Those whose last day comes by that day, and that no other of their kind outlasts, soonest first."""
        longer = Paper.objects.filter(
            kind=OuterRef("kind"), title=OuterRef("title"), expires_on__gt=OuterRef("expires_on")
        )
        return self.filter(expires_on__lte=by).exclude(Exists(longer)).order_by("expires_on", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Paper(models.Model):
    """A paper of the cooperative that buyers ask for: downloaded by anyone, or sent to who asks; never past its day."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "Extrait Kbis"
        TAX = "tax", "Attestation de régularité fiscale"
        SOCIAL = "social", "Attestation de vigilance (cotisations sociales)"
        INSURANCE = "insurance", "Attestation d’assurance"
        BANK = "bank", "Coordonnées bancaires (RIB)"
        OTHER = "other", "Autre pièce"

    kind = models.CharField("pièce", max_length=20, choices=Kind)
    title = models.CharField(
        "intitulé", max_length=120, blank=True, help_text="Pour une autre pièce, ou pour dire laquelle : « décennale »."
    )
    starts_on = models.DateField("valable à partir du")
    expires_on = models.DateField(
        "valable jusqu’au",
        help_text="Son dernier jour, celui-là compris. Une pièce sans terme se relit une fois l’an : donnez-lui un an.",
    )
    is_public = models.BooleanField(
        "à télécharger par tous",
        default=False,
        help_text="Sans la case, la page dit « à demander » et ne montre rien : c’est l’usage pour un RIB.",
    )
    file = BareFileField("fichier", upload_to=paper_path, validators=[validate_paper], help_text=PAPER_LIMITS)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce administrative"
        verbose_name_plural = "pièces administratives"
        ordering = ["kind", "title", "-expires_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("starts_on")),
                name="paper_expires_after_start",
                violation_error_message="Le dernier jour ne peut pas précéder le premier.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(title=""),
                name="paper_other_has_title",
                violation_error_message="Donnez un intitulé à cette autre pièce.",
            ),
        ]

    def __str__(self):
        return f"{self.name} – {self.expires_on:%d/%m/%Y}"

    @property
    def name(self):
        """What it is, as buyers read it: « Attestation d’assurance : décennale », or its title alone."""
        if self.kind == self.Kind.OTHER:
            return self.title
        kind = self.get_kind_display()
        return f"{kind}\N{NO-BREAK SPACE}: {self.title}" if self.title else kind

    @property
    def is_valid(self):
        return self.starts_on <= timezone.localdate() <= self.expires_on

    @property
    def is_over(self):
        return self.expires_on < timezone.localdate()
