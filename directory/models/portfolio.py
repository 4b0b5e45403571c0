from django.db import models

from .files import PHOTO_LIMITS, portfolio_path, validate_photo

# A gallery is looked at, not searched.
MOST_IMAGES = 8


class PortfolioImage(models.Model):
    """Work of a co-entrepreneur that can be seen: theirs to show, with their consent, in the order of `position`."""

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="portfolio_images", verbose_name="co-entrepreneur"
    )
    photo = models.ImageField(
        "image",
        upload_to=portfolio_path,
        validators=[validate_photo],
        width_field="width",
        height_field="height",
        help_text=PHOTO_LIMITS,
    )
    width = models.PositiveIntegerField("largeur", editable=False)
    height = models.PositiveIntegerField("hauteur", editable=False)
    alternative_text = models.CharField(
        "ce que l’image montre",
        max_length=200,
        help_text="Pour qui ne la voit pas : « Couverture du bulletin municipal de Lunas, été 2026 ».",
    )
    caption = models.CharField(
        "légende",
        max_length=140,
        blank=True,
        help_text="Lue sous l’image : le client, l’année, votre part.",
    )
    on_cv = models.BooleanField("la montrer aussi sur mon CV", default=False)
    position = models.PositiveSmallIntegerField("rang", default=0, editable=False)

    class Meta:
        verbose_name = "réalisation"
        verbose_name_plural = "réalisations"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alternative_text__regex=r"\S"),
                name="portfolio_image_says_what_it_shows",
                violation_error_message="Dites ce que l’image montre, pour qui ne la voit pas.",
            )
        ]

    def __str__(self):
        return self.caption or self.alternative_text
