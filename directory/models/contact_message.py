from datetime import timedelta

from django.db import models
from django.utils import timezone

from .email import EmailField
from .phone import PhoneField

# Then `purge_personal_data` erases it.
KEPT = timedelta(days=365)


class ContactMessage(models.Model):
    """What a public buyer wrote to a co-entrepreneur from their fiche; erased by `purge_personal_data`."""

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="contact_messages", verbose_name="co-entrepreneur"
    )
    name = models.CharField("nom", max_length=120)
    organisation = models.CharField("organisme", max_length=200)
    email = EmailField("adresse de réponse")
    phone = PhoneField("téléphone", blank=True)
    message = models.TextField("message", max_length=5000)
    created_at = models.DateTimeField("reçu le", default=timezone.now)

    class Meta:
        verbose_name = "message reçu"
        verbose_name_plural = "messages reçus"
        ordering = ["-created_at", "pk"]

    def __str__(self):
        return f"{self.organisation}, {self.created_at:%d/%m/%Y}"
