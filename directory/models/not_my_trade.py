from django.db import models
from django.utils import timezone


class NotMyTrade(models.Model):
    """What a co-entrepreneur said isn't their trade, when told that a search missed them for it: not proposed again."""

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="not_my_trade", verbose_name="co-entrepreneur"
    )
    kind = models.CharField("critère", max_length=20)
    key = models.CharField("valeur", max_length=200)
    words = models.CharField("en mots", max_length=300)
    said_at = models.DateTimeField("dit le", default=timezone.now)

    class Meta:
        verbose_name = "hors de mon métier"
        verbose_name_plural = "hors de mon métier"
        ordering = ["words", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["co_entrepreneur", "kind", "key"], name="not_my_trade_once"),
        ]

    def __str__(self):
        return self.words
