from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class SentFile(models.Model):
    """A file that someone sent to be imported: how far it is read, then what it would bring, until it is confirmed."""

    class State(models.TextChoices):
        QUEUED = "queued", "En attente"
        RUNNING = "running", "En cours de lecture"
        READ = "read", "Lu"
        FAILED = "failed", "Illisible"
        IMPORTED = "imported", "Importé"

    # How long what a file holds waits to be confirmed, and what became of it to be seen.
    WAITING_TIME = timedelta(days=2)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="envoyé par"
    )
    name = models.CharField("nom", max_length=200)
    state = models.CharField("état", max_length=10, choices=State, default=State.QUEUED)
    problem = models.TextField("pourquoi il est illisible", blank=True)
    sent_at = models.DateTimeField("envoyé le", default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-sent_at", "-pk"]

    def __str__(self):
        return self.name

    @staticmethod
    def printable(name):
        """The name of a file as it is kept and shown."""
        return "".join(sign for sign in name if sign.isprintable())[:200]

    @property
    def is_under_way(self):
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def is_unreadable(self):
        return self.state == self.State.FAILED

    @property
    def is_imported(self):
        return self.state == self.State.IMPORTED
