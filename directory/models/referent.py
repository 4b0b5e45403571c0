from django.conf import settings
from django.db import models

from .author import email_of
from .phone import PhoneField


class ReferentQuerySet(models.QuerySet):
    def active(self):
        """Those one may turn to: their account is open, and they can be mailed."""
        return self.filter(user__is_active=True, user__email__contains="@")


class Referent(models.Model):
    """The member of the support team who follows co-entrepreneurs, and decides on their listing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referent", verbose_name="compte"
    )
    name = models.CharField("nom", max_length=120, help_text="Prénom et nom, tels que les co-entrepreneurs les lisent.")
    phone = PhoneField("téléphone", blank=True)

    objects = ReferentQuerySet.as_manager()

    class Meta:
        verbose_name = "référent"
        verbose_name_plural = "référents"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    @property
    def email(self):
        """Where they are written to; empty once their account is inactive."""
        return email_of(self.user)

    @property
    def is_reachable(self):
        """Whether they may be written to, or called."""
        return bool(self.email or self.phone)

    def deputies(self):
        """Those who stand in for them today, and can be mailed; nobody once the account is closed."""
        if not self.user.is_active:
            return Referent.objects.none()
        stand_ins = self.stand_ins.current().values("stand_in")
        return Referent.objects.active().filter(pk__in=stand_ins).select_related("user")
