from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

CPV_PATTERN = r"^[0-9]{8}$"
# The division of construction work.
WORKS = "45"


class Domain(models.Model):
    """One of a dozen families of skills."""

    slug = models.SlugField("adresse", max_length=60)
    name = models.CharField("nom", max_length=80, unique=True)
    description = models.CharField("en une phrase", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "domaine"
        verbose_name_plural = "domaines"
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(Lower("slug"), name="domain_slug_unique")]

    def __str__(self):
        return self.name


class Skill(models.Model):
    """What one can do: a skill of the catalogue, in one domain."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="skills", verbose_name="domaine")
    slug = models.SlugField("adresse", max_length=80)
    name = models.CharField("nom", max_length=100, unique=True)
    synonyms = ArrayField(
        models.CharField(max_length=80),
        verbose_name="synonymes",
        default=list,
        blank=True,
        help_text="Les autres mots par lesquels un acheteur cherche cette compétence, séparés par des virgules.",
    )
    is_building_trade = models.BooleanField(
        "métier du bâtiment",
        default=False,
        db_default=False,
        help_text="Les acheteurs y demandent une garantie décennale : la fiche le dit.",
    )

    class Meta:
        verbose_name = "compétence"
        verbose_name_plural = "compétences"
        ordering = ["domain__position", "name", "pk"]
        constraints = [models.UniqueConstraint(Lower("slug"), name="skill_slug_unique")]

    def __str__(self):
        return self.name


class CpvCode(models.Model):
    """A code of the Common Procurement Vocabulary (Regulation (EC) 213/2008), without its check digit."""

    code = models.CharField(
        "code",
        max_length=8,
        primary_key=True,
        validators=[RegexValidator(CPV_PATTERN, "Un code CPV compte 8 chiffres, sans la clé.")],
    )
    label = models.CharField("libellé", max_length=300)

    class Meta:
        verbose_name = "code CPV"
        verbose_name_plural = "codes CPV"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=CPV_PATTERN), name="cpv_code_has_eight_digits")
        ]

    def __str__(self):
        return f"{self.code} {self.label}"
