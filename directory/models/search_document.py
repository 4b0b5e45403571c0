from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchDocument(models.Model):
    """What the catalogue searches: one row per ticked fiche, written by triggers only (migration 0002).

    `document` holds words by weight: name A, headline and skills B, offer and presentation C, the rest D. `title` holds
    those of A and B alone, `words` all of them as they are spelt. The arrays are what facets filter and count on;
    `cpv_codes` holds the declared codes and their ancestors.
    """

    co_entrepreneur = models.OneToOneField(
        "CoEntrepreneur", on_delete=models.CASCADE, primary_key=True, related_name="search_document"
    )
    document = SearchVectorField()
    title = SearchVectorField()
    domains = ArrayField(models.BigIntegerField())
    skills = ArrayField(models.BigIntegerField())
    departments = ArrayField(models.CharField(max_length=3))
    nationwide = models.BooleanField()
    cpv_codes = ArrayField(models.CharField(max_length=8))
    client_types = ArrayField(models.CharField(max_length=30))
    references_count = models.PositiveIntegerField()
    sort_name = models.TextField()
    words = ArrayField(models.TextField(), default=list)
    departed_on = models.DateField(null=True)

    class Meta:
        verbose_name = "document de recherche"
        verbose_name_plural = "documents de recherche"
        # What waits to be sorted into the index is read by each search: past this, whoever saves sorts it in.
        indexes = [
            GinIndex(fields=["document"], name="search_document_gin", gin_pending_list_limit=256),
            GinIndex(fields=["title"], name="search_title_gin", gin_pending_list_limit=256),
            models.Index(fields=["sort_name"], name="search_sort_name"),
        ]

    def __str__(self):
        return self.sort_name


class SearchWord(models.Model):
    """A word that the catalogue has held, without accents or capitals: what a misspelt one is compared with."""

    word = models.TextField(primary_key=True)

    class Meta:
        verbose_name = "mot du catalogue"
        verbose_name_plural = "mots du catalogue"

    def __str__(self):
        return self.word


class CatalogueVersion(models.Model):
    """One row, raised at the end of each transaction that changed what the catalogue shows.

    `words_number` is the number when domains, skills, codes, places or labels last changed. `epoch` is drawn when the
    row is: a number of another database, or of before a flush, is not taken for this one's.
    """

    number = models.BigIntegerField(default=1)
    words_number = models.BigIntegerField(db_default=0)
    epoch = models.UUIDField(db_default=RandomUUID())

    class Meta:
        verbose_name = "version du catalogue"
        verbose_name_plural = "version du catalogue"

    def __str__(self):
        return str(self.number)


class CatalogueChange(models.Model):
    """In which version a fiche last moved, for those that ever were ticked: what an index must read anew."""

    version = models.BigIntegerField()
    co_entrepreneur_id = models.BigIntegerField()

    class Meta:
        verbose_name = "changement du catalogue"
        verbose_name_plural = "changements du catalogue"
        constraints = [models.UniqueConstraint(fields=["co_entrepreneur_id"], name="catalogue_change_of_a_fiche")]
        indexes = [models.Index(fields=["version"], name="catalogue_change_version")]

    def __str__(self):
        return f"{self.version} : {self.co_entrepreneur_id}"
