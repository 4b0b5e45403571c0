import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.db import models

# What the page « Acheter en pratique » fills in by itself, each where its text has the name alone on a line, as
# « [[seuils]] ».
BUYING_BLOCKS = ("qui signe", "Chorus Pro", "pièces", "seuils", "procédures formalisées", "contact")
BLOCK = re.compile(r"^[ \t]*\[\[(.*?)\]\][ \t\r]*$", re.MULTILINE)


class Page(models.Model):
    """A text of the site that the cooperative edits in the admin, in Markdown."""

    class Slug(models.TextChoices):
        LISTING = "referencement", "Se faire référencer (l’article)"
        LEGAL = "mentions-legales", "Mentions légales"
        PRIVACY = "confidentialite", "Confidentialité"
        ACCESSIBILITY = "accessibilite", "Déclaration d’accessibilité"
        BUYING = "acheter", "Acheter en pratique"
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

    def clean(self):
        """Refuse a text from which what the page fills in by itself has gone, or where it stands twice."""
        if self.slug != self.Slug.BUYING:
            return
        written = Counter(BLOCK.findall(self.body))
        problems = [f"« [[{name}]] » n’y est plus" for name in BUYING_BLOCKS if not written[name]]
        problems += [f"« [[{name}]] » y est {count} fois" for name, count in written.items() if count > 1]
        problems += [f"« [[{name}]] » n’est pas connu" for name in written if name not in BUYING_BLOCKS]
        if problems:
            raise ValidationError({"body": f"Chacun doit être là une fois, seul sur sa ligne : {', '.join(problems)}."})
