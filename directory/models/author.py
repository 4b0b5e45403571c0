from django.conf import settings
from django.db import models
from django.db.models import Q


def name_of(user):
    """The name that colleagues know an account by; `user.referent` should have been fetched with it."""
    referent = getattr(user, "referent", None)
    return referent.name if referent else user.get_full_name() or user.get_username()


def email_of(user):
    """The address where an account is written to; empty once it is inactive, since it acts for nobody any more."""
    return user.email if user.is_active else ""


class Authored(models.Model):
    """Mixin of what is done either by a co-entrepreneur, in their space, or by a référent or an administrator."""

    author_member = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par (membre)"
    )
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="par (équipe)",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(author_member__isnull=False, author_user__isnull=True)
                | Q(author_member__isnull=True, author_user__isnull=False),
                name="%(class)s_has_one_author",
            )
        ]

    @property
    def author_name(self):
        """Who did it, as it is read. Reads `author_member`, or `author_user` and its référent."""
        return self.author_member.name if self.author_member else name_of(self.author_user)
