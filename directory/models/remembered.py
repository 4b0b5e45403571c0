import uuid

from django.db import models
from django.utils import timezone


class Remembered(models.Model):
    """That this database has had an erasure or a withdrawal that is kept outside it, by the key of its line.

    One restored from an older copy hasn't: what is to be played again is what it lacks.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    # What waits to be written in the file, in fingerprints; empty once it is there.
    line = models.TextField(default="", db_default="", blank=True)

    class Meta:
        verbose_name = "effacement ou retrait retenu"
        verbose_name_plural = "effacements ou retraits retenus"
        ordering = ["at", "key"]

    def __str__(self):
        return str(self.key)
