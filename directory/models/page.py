from django.db import models


class Page(models.Model):
    """A text of the site that the cooperative edits in the admin, in Markdown."""

    class Slug(models.TextChoices):
        LISTING = "referencement", "Se faire référencer (l’article)"
        LEGAL = "mentions-legales", "Mentions légales"
        PRIVACY = "confidentialite", "Confidentialité"
        ACCESSIBILITY = "accessibilite", "Déclaration d’accessibilité"
        COOPERATIVE = "cooperative", "Présentation de la coopérative (document des réponses)"

    slug = models.CharField("page", max_length=40, choices=Slug, unique=True)
    title = models.CharField("titre", max_length=120)
    body = models.TextField(
        "texte", help_text="En Markdown : ## pour un titre, - pour une liste, [texte](adresse) pour un lien. Sans HTML."
    )
    updated_at = models.DateTimeField("mis à jour le", auto_now=True)

    class Meta:
        verbose_name = "page"
        verbose_name_plural = "pages"
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title
