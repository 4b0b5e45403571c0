from datetime import timedelta

from django.db import models
from django.utils import timezone

from .address import AddressedQuerySet
from .email import EmailField

LIFETIME = timedelta(minutes=30)
# A used or expired link is worth nothing; a day leaves time to answer « it didn't work ».
KEPT = timedelta(days=1)


class AccessLinkQuerySet(AddressedQuerySet):
    def usable(self):
        """Neither used nor too old."""
        return self.filter(used_at__isnull=True, created_at__gt=timezone.now() - LIFETIME)

    def use_up(self, pk):
        """Use a link up, once whoever clicks at the same time.

        Returns:
            str: the address that it proves, or None when it was used already or is too old.
        """
        used = self.usable().filter(pk=pk).update(used_at=timezone.now())
        return self.get(pk=pk).email if used else None


class AccessLink(models.Model):
    """A link mailed to prove an address: it serves once, within 30 minutes. The mail carries its signed key."""

    email = EmailField("adresse")
    created_at = models.DateTimeField("envoyé le", default=timezone.now)
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien d’accès"
        verbose_name_plural = "liens d’accès"
        ordering = ["-created_at", "pk"]

    def __str__(self):
        return f"lien du {self.created_at:%d/%m/%Y à %H h %M}"
