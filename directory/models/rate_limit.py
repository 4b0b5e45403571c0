from django.db import models


class RateLimit(models.Model):
    """How often one sender used one public form in one window of time; see `crealead.rate_limit`."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "compteur d’envois"
        verbose_name_plural = "compteurs d’envois"

    def __str__(self):
        return f"{self.count} jusqu’au {self.expires_at:%d/%m/%Y à %H h %M}"
