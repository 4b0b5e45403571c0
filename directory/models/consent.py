from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .author import name_of
from .files import PROOF_LIMITS, consent_path

# The words of today, which `ConsentText` keeps with those of before: whoever changes a sentence adds a version, by a
# migration, named after its day (« 2027-1-15 »).
CONSENT_TEXT_VERSION = "2026-11-3"
# Nobody can have read it before.
CONSENT_TEXT_SINCE = date(2026, 11, 29)

# Since then the sentence about the photo names the CV: an older consent shows it on the fiche alone.
PHOTO_ON_CV_SINCE = date(2026, 11, 23)
# Since then it names the lists of the catalogue: an older one shows initials there.
PHOTO_ON_CARDS_SINCE = date(2026, 11, 29)

CONSENT_TEXTS = {
    "phone": "J’accepte que mon numéro de téléphone professionnel soit montré sur ma fiche publique.",
    "website": "J’accepte que l’adresse de mon site soit montrée sur ma fiche publique.",
    "photo": "J’accepte que ma photo soit montrée sur ma fiche publique, en petit dans les listes du catalogue, "
    "et sur mon CV.",
    "portfolio": "J’accepte que les images de mes réalisations soient montrées sur ma fiche publique, et sur mon CV "
    "celles que j’y choisis ; j’en ai les droits, et nul n’y est reconnaissable sans son accord.",
}
# What a request to be listed asks for; the rest is given in one’s space.
ASKED_WITH_LISTING = ["phone", "website", "photo"]
# A consent may only be withdrawn, once; it goes with the fiche, or with its person, whose empty fiche may stay.
ONLY_WITHDRAWN = pgtrigger.Trigger(
    name="only_withdrawn",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF NEW IS DISTINCT FROM OLD AND (OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
            OR to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id' <> to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id')
        THEN
            RAISE EXCEPTION 'a consent is added, then withdrawn once: nothing else of it changes';
        END IF;
        RETURN NEW;
    """,
)
ERASED_WITH_FICHE = pgtrigger.Trigger(
    name="erased_with_fiche",
    when=pgtrigger.After,
    operation=pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    func="""
        IF EXISTS (SELECT FROM directory_coentrepreneur
                   WHERE id = OLD.co_entrepreneur_id AND email NOT LIKE '%@erased.invalid') THEN
            RAISE EXCEPTION 'a consent is erased with its fiche, or its person, alone';
        END IF;
        RETURN NULL;
    """,
)
NOT_KEPT = "Les mots de cette version n’ont pas été gardés."


class ConsentText(models.Model):
    """A version of the sentences that are agreed to; a trigger keeps it as it is."""

    version = models.CharField("version", max_length=20, unique=True)
    since = models.DateField("depuis le", help_text="Ce qui range les versions : leur nom ne se compare pas.")
    words = models.JSONField("phrases", help_text="Par élément de Consent.Item.")

    class Meta:
        verbose_name = "texte des accords"
        verbose_name_plural = "textes des accords"
        ordering = ["since", "pk"]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return self.version

    def sentence(self, item):
        """What was agreed to of an item, word for word."""
        return self.words.get(item, NOT_KEPT)


class ConsentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(withdrawn_at__isnull=True)

    def to_text_since(self, day):
        """Those given to the words of that day, or to later ones."""
        return self.filter(text_version__in=ConsentText.objects.filter(since__gte=day).values("version"))

    def of_photo_on_cv(self):
        """Those whose words let the photo stand on the CV."""
        return self.active().filter(item=Consent.Item.PHOTO).to_text_since(PHOTO_ON_CV_SINCE)

    def of_photo_on_cards(self):
        """Those whose words let the photo stand in the lists of the catalogue."""
        return self.active().filter(item=Consent.Item.PHOTO).to_text_since(PHOTO_ON_CARDS_SINCE)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Consent(models.Model):
    """What a co-entrepreneur accepts to show, item by item; revocable at any time.

    Given by the person, or on paper, which a référent records with its scan. A row is added, then marked withdrawn,
    once; a trigger refuses any other change, and its deletion as long as the fiche is there.
    """

    class Item(models.TextChoices):
        PHONE = "phone", "Téléphone"
        WEBSITE = "website", "Site"
        PHOTO = "photo", "Photo"
        PORTFOLIO = "portfolio", "Réalisations"

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="consents", verbose_name="co-entrepreneur"
    )
    item = models.CharField("élément", max_length=20, choices=Item)
    text_version = models.CharField("version du texte", max_length=20, default=CONSENT_TEXT_VERSION)
    given_at = models.DateTimeField("donné le", default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="enregistré par",
        help_text="Vide : la personne elle-même.",
    )
    signed_on = models.DateField("papier signé le", null=True, blank=True)
    scan = models.FileField(
        "papier signé, numérisé",
        upload_to=consent_path,
        blank=True,
        help_text=f"{PROOF_LIMITS} Jamais publié.",
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="retrait noté par",
        help_text="Vide : la personne elle-même, ou son départ.",
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "consentement"
        verbose_name_plural = "consentements"
        ordering = ["item", "-given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["co_entrepreneur", "item"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_active_per_item",
                violation_error_message="Ce consentement est déjà donné.",
            ),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True, signed_on__isnull=True, scan="")
                | (Q(given_by__isnull=False, signed_on__isnull=False) & ~Q(scan="")),
                name="consent_by_the_person_or_on_paper",
                violation_error_message="Un accord noté par l’équipe va avec son papier signé.",
            ),
        ]
        triggers = [ONLY_WITHDRAWN, ERASED_WITH_FICHE]

    def __str__(self):
        return f"{self.get_item_display()} – {self.co_entrepreneur}"

    @property
    def author_name(self):
        """Who gave it, as it is read. Reads `given_by` and its référent."""
        return f"{name_of(self.given_by)}, sur papier" if self.given_by else "la personne"
