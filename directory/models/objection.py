from django.db import models
from django.utils import timezone


class ObjectionQuerySet(models.QuerySet):
    def standing(self):
        """Those that the person hasn't taken back."""
        return self.filter(lifted_at__isnull=True)


class Objection(models.Model):
    """That somebody objected, kept as the keyed fingerprint of one of their marks: it outlives all else of them."""

    class Kind(models.TextChoices):
        CATALOGUE = "catalogue", "s’est retirée du catalogue"
        PROCESSING = "traitement", "s’est opposée à ce que des données sur elle soient gardées ici"

    class Mark(models.TextChoices):
        EMAIL = "email", "adresse électronique"
        PHONE = "phone", "téléphone"
        NAME = "name", "nom"

    kind = models.CharField("opposition", max_length=20, choices=Kind)
    mark = models.CharField("marque", max_length=10, choices=Mark)
    fingerprint = models.CharField("empreinte", max_length=64, db_index=True)
    on = models.DateField("jour", default=timezone.localdate)
    lifted_at = models.DateTimeField("levée le", null=True, blank=True, help_text="Par la personne elle-même.")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "opposition"
        verbose_name_plural = "oppositions"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "fingerprint"], condition=models.Q(lifted_at__isnull=True), name="objection_once"
            )
        ]

    def __str__(self):
        return f"opposition du {self.on:%d/%m/%Y}"
