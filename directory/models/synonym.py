from django.db import models
from django.db.models import Q
from django.utils import timezone


class Synonym(models.Model):
    """Words that a search takes for others, as référents see buyers type them; at work at the next search."""

    words = models.CharField("mots tapés", max_length=80, help_text="Ce que les acheteurs tapent : « AMO ».")
    meaning = models.CharField(
        "sens", max_length=120, help_text="Ce que le catalogue dit : « assistance à maîtrise d’ouvrage »."
    )
    both_ways = models.BooleanField(
        "dans les deux sens", default=True, help_text="Chercher le sens trouve aussi les mots tapés."
    )

    class Meta:
        verbose_name = "synonyme"
        verbose_name_plural = "synonymes"
        ordering = ["words", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["words", "meaning"], name="synonym_unique"),
            models.CheckConstraint(
                condition=Q(words__regex=r"\w") & Q(meaning__regex=r"\w"),
                name="synonym_says_something",
                violation_error_message="Un synonyme contient au moins une lettre.",
            ),
        ]

    def __str__(self):
        return f"{self.words} {'↔' if self.both_ways else '→'} {self.meaning}"


class FruitlessSearch(models.Model):
    """Words that found nothing, and how often: no person, no address, no date of each search."""

    words = models.CharField("mots cherchés", max_length=200, unique=True)
    count = models.PositiveIntegerField("fois", default=1)
    last_on = models.DateField("dernière fois", default=timezone.localdate)

    class Meta:
        verbose_name = "recherche sans résultat"
        verbose_name_plural = "recherches sans résultat"
        ordering = ["-count", "-last_on", "pk"]

    def __str__(self):
        return self.words
