from django.db import models
from django.db.models import F, Q
from django.template.defaultfilters import floatformat
from django.utils import timezone


class SectionKind(models.TextChoices):
    """What a section of a technical memo is about; some are prefilled with what the cooperative knows."""

    PREAMBLE = "preamble", "Préambule et contact"
    UNDERSTANDING = "understanding", "Compréhension du besoin"
    WHO_WE_ARE = "who_we_are", "Qui nous sommes"
    TEAM = "team", "L’équipe et les CV"
    METHOD = "method", "Méthode"
    SCHEDULE = "schedule", "Calendrier"
    MEANS = "means", "Moyens"
    QUALITY = "quality", "Qualité, suivi et livrables"
    ENVIRONMENT = "environment", "Environnement"
    SOCIAL = "social", "Responsabilité sociale"
    DATA_PROTECTION = "data_protection", "Protection des données"
    REFERENCES = "references", "Références"
    ANNEXES = "annexes", "Annexes"
    OTHER = "other", "Autre"


def mark(score, out_of):
    """A mark as it is read, « 12,5 sur 20 »; empty when there is none."""
    return "" if score is None else f"{floatformat(score)} sur {floatformat(out_of)}"


class MemoTrame(models.Model):
    """The skeleton of a technical memo for a type of service, as administrators and référents keep it."""

    name = models.CharField("nom", max_length=120, unique=True)
    service = models.CharField(
        "type de prestation", max_length=120, help_text="« Formation », « Étude et conseil », « Communication »…"
    )
    introduction = models.TextField(
        "à qui s’en sert", max_length=1000, blank=True, help_text="Quand la choisir, et ce qu’il faut lire d’abord."
    )
    is_offered = models.BooleanField("proposée", default=True, help_text="Décochée, elle ne se choisit plus.")

    class Meta:
        verbose_name = "trame de mémoire"
        verbose_name_plural = "trames de mémoires"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class TrameSection(models.Model):
    """A section of a trame, in its order: what guides its author, and the text that they start from."""

    trame = models.ForeignKey(MemoTrame, on_delete=models.CASCADE, related_name="sections", verbose_name="trame")
    position = models.PositiveSmallIntegerField("rang", default=0)
    kind = models.CharField("rubrique", max_length=20, choices=SectionKind, default=SectionKind.OTHER)
    title = models.CharField("titre", max_length=150)
    guidance = models.TextField(
        "conseil", max_length=2000, blank=True, help_text="Lu à l’écran par qui écrit ; jamais dans le mémoire."
    )
    body = models.TextField(
        "texte de départ",
        max_length=10_000,
        blank=True,
        help_text="Ce qui reste à écrire se met entre doubles crochets : [[vos disponibilités]].",
    )

    class Meta:
        verbose_name = "section"
        verbose_name_plural = "sections"
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class MemoPart(models.Model):
    """A section of the memo of one consultation, as its team writes it; how it scored, once known."""

    consultation = models.ForeignKey(
        "Consultation", on_delete=models.CASCADE, related_name="memo_parts", verbose_name="consultation"
    )
    position = models.PositiveSmallIntegerField("rang", default=0)
    kind = models.CharField("rubrique", max_length=20, choices=SectionKind, default=SectionKind.OTHER)
    title = models.CharField("titre", max_length=150)
    guidance = models.TextField("conseil", max_length=2000, blank=True)
    body = models.TextField("texte", max_length=20_000, blank=True)
    criterion = models.CharField(
        "critère d’attribution", max_length=150, blank=True, help_text="Le sous-critère auquel cette section répond."
    )
    score = models.DecimalField("note", max_digits=6, decimal_places=2, null=True, blank=True)
    score_out_of = models.DecimalField("sur", max_digits=6, decimal_places=2, null=True, blank=True)
    updated_at = models.DateTimeField("écrite le", default=timezone.now)
    updated_by = models.CharField("écrite par", max_length=200, blank=True)
    # Whether someone wrote in its text: what only came from a trame, or is filled in by itself, teaches nobody.
    is_written = models.BooleanField("écrite par l’équipe", default=False, db_default=False, editable=False)
    # What a form gives back, to tell that another saved since.
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "section du mémoire"
        verbose_name_plural = "sections du mémoire"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=F("score_out_of")),
                name="memo_part_score_within_bounds",
                violation_error_message="La note dépasse son maximum.",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def mark(self):
        return mark(self.score, self.score_out_of)

    @property
    def kind_unsaid(self):
        """Its kind, when its title doesn't say it already."""
        kind = self.get_kind_display()
        return "" if kind == self.title else kind
