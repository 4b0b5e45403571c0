import hashlib
from datetime import timedelta

from django.db import models
from django.utils import timezone

from .co_entrepreneur import CoEntrepreneur

# Without a visit for so long, one comes in by a new link.
LIFETIME = timedelta(days=30)


class MemberSessionQuerySet(models.QuerySet):
    def recent(self):
        """Those still good: visited within the last 30 days. Who left reads their data there, and nothing else."""
        return self.filter(last_seen_at__gt=timezone.now() - LIFETIME)

    def open(self):
        """Those of people who haven't left: their space is theirs to write in."""
        return self.recent().filter(co_entrepreneur__in=CoEntrepreneur.objects.present())

    def holding(self, key):
        """The session that this key, which only its browser knows, opens."""
        return self.filter(key_hash=MemberSession.hash_of(key))


class MemberSession(models.Model):
    """A browser in which a co-entrepreneur is in their space; deleting the row closes it at once, wherever it is."""

    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.CASCADE, related_name="member_sessions", verbose_name="co-entrepreneur"
    )
    key_hash = models.CharField("empreinte de la clé", max_length=64, unique=True)
    started_at = models.DateTimeField("ouverte le", default=timezone.now)
    last_seen_at = models.DateTimeField("dernière visite", default=timezone.now)

    objects = MemberSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session de membre"
        verbose_name_plural = "sessions de membres"
        ordering = ["-last_seen_at", "pk"]

    def __str__(self):
        return f"session du {self.started_at:%d/%m/%Y à %H h %M}"

    @staticmethod
    def hash_of(key):
        return hashlib.sha256(key.encode()).hexdigest()
