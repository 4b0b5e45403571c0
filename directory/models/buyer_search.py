from datetime import timedelta

from django.db import models
from django.utils import timezone

# Then `purge_personal_data` erases it, as it does what found nothing.
KEPT = timedelta(days=180)


class BuyerSearch(models.Model):
    """A search that was made on a day, and how often its first page was made anew: no person, no address, no hour.

    `query` is its query string as the catalogue writes it, without page nor order.
    """

    LONGEST = 600

    query = models.CharField("recherche", max_length=LONGEST)
    day = models.DateField("jour", default=timezone.localdate)
    count = models.PositiveIntegerField("fois", default=1)

    class Meta:
        verbose_name = "recherche d’acheteur"
        verbose_name_plural = "recherches d’acheteurs"
        constraints = [models.UniqueConstraint(fields=["day", "query"], name="buyer_search_once_a_day")]

    def __str__(self):
        return self.query


class FirstPage(models.Model):
    """The first and the last day on which a first page of results that was counted showed a fiche."""

    co_entrepreneur = models.OneToOneField(
        "CoEntrepreneur", on_delete=models.CASCADE, primary_key=True, related_name="first_page"
    )
    first_on = models.DateField("première fois", default=timezone.localdate)
    last_on = models.DateField("dernière fois", default=timezone.localdate)

    class Meta:
        verbose_name = "première page"
        verbose_name_plural = "premières pages"

    def __str__(self):
        return f"{self.co_entrepreneur_id}, {self.last_on}"
