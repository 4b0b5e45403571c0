import re

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q
from django.db.models.functions import JSONObject, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from .address import AddressedQuerySet
from .certification import Certification
from .consent import Consent
from .email import EmailField
from .files import PHOTO_LIMITS, photo_path, validate_photo
from .phone import PhoneField
from .reference import Reference
from .referent import Referent
from .taxonomy import WORKS, CpvCode, Skill
from .territory import Department
from .website import NOT_A_WEBSITE, WebsiteField, is_website

SLUG_LENGTH = 120
# Addresses of the catalogue that a fiche may not take.
RESERVED_SLUGS = {"ordre", "export", "flux"}


def has_left():
    """The condition of those who have left the cooperative, today included."""
    return Q(departed_on__lte=timezone.localdate())


class CoEntrepreneurQuerySet(AddressedQuerySet):
    def published(self):
        """Ticked and not departed: the only door to public pages."""
        return self.present().filter(client_public=True)

    def present(self):
        """Those who haven't left the cooperative."""
        return self.exclude(has_left())

    def departed(self):
        return self.filter(has_left())

    def lacking_something(self):
        """Present members whose fiche lacks what a listing needs or what a buyer expects."""
        return self.present().filter(
            Q(referent__isnull=True)
            | ~Q(public_offer__regex=r"\S")
            | Q(headline="")
            | ~Exists(CoEntrepreneur.skills.through.objects.filter(coentrepreneur=OuterRef("pk")))
            | ~Exists(CoEntrepreneur.cpv_codes.through.objects.filter(coentrepreneur=OuterRef("pk")))
            | (
                Q(nationwide=False)
                & ~Exists(CoEntrepreneur.departments.through.objects.filter(coentrepreneur=OuterRef("pk")))
            )
        )

    def with_card(self):
        """What the card of a published fiche shows, in one query.

        Lists come as keys, from the search document; `shown_references` as dictionaries, the latest first.
        """
        references = Reference.objects.published().filter(participations__co_entrepreneur=OuterRef("pk"))
        said = ["subject", "starts_on", "ends_on", "amount", "amount_shown"]
        keys = {"key": "pk", "client": "client__name", "client_type": "client__type", "part": "participations__part"}
        keys |= {name: name for name in said}
        photo = Consent.objects.of_photo_on_cards().filter(co_entrepreneur=OuterRef("pk"))
        return self.only(
            *("first_name", "last_name", "trade_name", "slug", "headline", "nationwide", "city"),
            *("content_updated_at", "listed_since"),
        ).annotate(
            skill_keys=F("search_document__skills"),
            department_keys=F("search_document__departments"),
            shown_references=ArraySubquery(references.order_by("-starts_on", "pk").values_list(JSONObject(**keys))),
            shows_photo=ExpressionWrapper(~Q(photo="") & Exists(photo), models.BooleanField()),
        )

    def with_fiche(self):
        """All that a public fiche shows, in a fixed number of queries."""
        return self.prefetch_related(
            Prefetch("skills", Skill.objects.select_related("domain")),
            "cpv_codes",
            "departments",
            Prefetch("references", Reference.objects.published().select_related("client"), "published_references"),
            Prefetch("certifications", Certification.objects.valid().select_related("label"), "valid_certifications"),
            Prefetch("consents", Consent.objects.active(), "active_consents"),
        )


@pghistory.track(
    pghistory.InsertEvent(),
    # That the content changed is told by what changed.
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["content_updated_at"])),
    pghistory.DeleteEvent(),
)
class CoEntrepreneur(models.Model):
    """The fiche: a member of the cooperative who trades under it, as référents keep it and as buyers read it."""

    class ContractStage(models.TextChoices):
        CAPE = "cape", "CAPE"
        CESA = "cesa", "CESA"
        ASSOCIATE = "associe", "Associé"

    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    trade_name = models.CharField("marque", max_length=120, blank=True)
    slug = models.SlugField(
        "adresse de la fiche",
        max_length=SLUG_LENGTH,
        blank=True,
        help_text="Se déduit du nom. Si elle change, l’ancienne adresse renvoie à la nouvelle.",
    )
    headline = models.CharField("accroche", max_length=140, blank=True, help_text="Ce que vous faites, en une phrase.")
    public_offer = models.TextField(
        "offre aux clients publics", max_length=3000, blank=True, help_text="Ce que l’offre apporte à un client public."
    )
    presentation = models.TextField("présentation", max_length=3000, blank=True)
    skills = models.ManyToManyField(
        Skill, blank=True, related_name="co_entrepreneurs", verbose_name="compétences et savoir-faire"
    )
    cpv_codes = models.ManyToManyField(CpvCode, blank=True, related_name="co_entrepreneurs", verbose_name="codes CPV")
    departments = models.ManyToManyField(
        Department, blank=True, related_name="co_entrepreneurs", verbose_name="départements d’intervention"
    )
    nationwide = models.BooleanField("intervient dans toute la France", default=False)
    city = models.CharField("ville", max_length=80, blank=True)
    email = EmailField("adresse électronique", help_text="Privée : jamais montrée au public.")
    phone = PhoneField("téléphone", blank=True, help_text="Montré seulement avec l’accord de la personne.")
    website = WebsiteField("site", blank=True, help_text="Montré seulement avec l’accord de la personne.")
    photo = models.ImageField(
        "photo",
        upload_to=photo_path,
        validators=[validate_photo],
        blank=True,
        help_text=f"{PHOTO_LIMITS} Montrée seulement avec l’accord écrit de la personne.",
    )
    contract_stage = models.CharField(
        "contrat", max_length=10, choices=ContractStage, blank=True, help_text="Privé : jamais montré au public."
    )
    contract_ends_on = models.DateField(
        "fin du contrat",
        null=True,
        blank=True,
        help_text="Le terme du CAPE, s’il y en a un. Privé ; montré à qui mène une équipe quand il tombe avant la fin "
        "du marché.",
    )
    departed_on = models.DateField(
        "date de départ", null=True, blank=True, help_text="Ce jour-là, la fiche quitte le catalogue d’elle-même."
    )
    referent = models.ForeignKey(
        Referent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="co_entrepreneurs",
        verbose_name="référent",
    )
    client_public = models.BooleanField(
        "client public", default=False, help_text="La case qui montre la fiche dans le catalogue public."
    )
    listed_since = models.DateField(
        "référencé depuis", null=True, blank=True, help_text="Date du dernier référencement, gardée si la case tombe."
    )
    content_updated_at = models.DateTimeField("contenu mis à jour le", default=timezone.now, editable=False)
    created_at = models.DateTimeField("créée le", default=timezone.now, editable=False)

    objects = CoEntrepreneurQuerySet.as_manager()

    class Meta:
        verbose_name = "co-entrepreneur"
        verbose_name_plural = "co-entrepreneurs"
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("slug"), name="co_entrepreneur_slug_unique"),
            models.UniqueConstraint(
                Lower("email"),
                name="co_entrepreneur_email_unique",
                violation_error_message="Une fiche porte déjà cette adresse électronique.",
            ),
            models.CheckConstraint(
                condition=Q(client_public=False) | Q(referent__isnull=False),
                name="listed_has_referent",
                violation_error_message="Pour cocher « client public », la fiche doit avoir un référent.",
            ),
            models.CheckConstraint(
                condition=Q(client_public=False) | Q(public_offer__regex=r"\S"),
                name="listed_has_public_offer",
                violation_error_message="Pour cocher « client public », l’offre aux clients publics doit être écrite.",
            ),
            models.CheckConstraint(
                condition=Q(client_public=False) | Q(listed_since__isnull=False),
                name="listed_has_date",
                violation_error_message="Pour cocher « client public », la date de référencement doit être connue.",
            ),
            models.CheckConstraint(
                condition=is_website("website"),
                name="co_entrepreneur_website_on_the_web",
                violation_error_message=NOT_A_WEBSITE,
            ),
        ]
        indexes = [
            models.Index(fields=["-listed_since", "-id"], condition=Q(client_public=True), name="latest_listed"),
            models.Index(fields=["-content_updated_at"], condition=Q(client_public=True), name="latest_updated"),
        ]

    def __str__(self):
        return f"{self.name} – {self.trade_name}" if self.trade_name else self.name

    def save(self, *args, **kwargs):
        """Keep the slug that follows the name; the database keeps the former one (migration 0002)."""
        base = slugify(self.name)[: SLUG_LENGTH - 8] or "fiche"
        if not self.slug or not re.fullmatch(rf"{re.escape(base)}(-\d+)?", self.slug):
            self.slug = self._free_slug(base)
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "slug"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("catalogue:fiche", args=[self.slug])

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self):
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def is_departed(self):
        return self.departed_on is not None and self.departed_on <= timezone.localdate()

    @property
    def is_published(self):
        return self.client_public and not self.is_departed

    @property
    def zone(self):
        """Where they work, as it is read; empty when nothing is said. Reads `departments`: prefetch it for a list."""
        if self.nationwide:
            return "Toute la France"
        return ", ".join(department.name for department in self.departments.all())

    @property
    def is_building_trade(self):
        """Whether buyers ask for a ten-year guarantee: a skill says so, or a declared CPV code is of construction work.

        Reads `skills` and `cpv_codes`: prefetch them.
        """
        by_skill = any(skill.is_building_trade for skill in self.skills.all())
        return by_skill or any(cpv.code.startswith(WORKS) for cpv in self.cpv_codes.all())

    def missing_for_listing(self):
        """What must be filled before the box can be ticked, as the admin's words for each field."""
        return [
            label
            for label, missing in [
                ("un référent", self.referent_id is None),
                ("l’offre aux clients publics", not self.public_offer.strip()),
                ("une date de départ à venir, ou aucune", self.is_departed),
            ]
            if missing
        ]

    def missing_for_buyers(self):
        """What isn't required, and which buyers look for all the same."""
        return [
            label
            for label, missing in [
                ("une accroche", not self.headline),
                ("des compétences", not self.skills.all()),
                ("un code CPV", not self.cpv_codes.all()),
                ("une zone d’intervention", not self.nationwide and not self.departments.all()),
            ]
            if missing
        ]

    def _free_slug(self, base):
        taken = {
            *CoEntrepreneur.objects.filter(slug__istartswith=base).exclude(pk=self.pk).values_list("slug", flat=True),
            *FormerSlug.objects.filter(slug__istartswith=base)
            .exclude(co_entrepreneur_id=self.pk)
            .values_list("slug", flat=True),
            *RESERVED_SLUGS,
        }
        taken = {slug.lower() for slug in taken}
        number, slug = 1, base
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug


# The lists of a fiche are followed too: what was added, what was removed, by whom.
@pghistory.track(pghistory.InsertEvent("skill.add"), pghistory.DeleteEvent("skill.remove"), obj_field=None)
class FicheSkill(CoEntrepreneur.skills.through):
    class Meta:
        proxy = True


@pghistory.track(pghistory.InsertEvent("cpv.add"), pghistory.DeleteEvent("cpv.remove"), obj_field=None)
class FicheCpvCode(CoEntrepreneur.cpv_codes.through):
    class Meta:
        proxy = True


@pghistory.track(pghistory.InsertEvent("department.add"), pghistory.DeleteEvent("department.remove"), obj_field=None)
class FicheDepartment(CoEntrepreneur.departments.through):
    class Meta:
        proxy = True


class FormerSlug(models.Model):
    """An address that a fiche had before, which redirects to the present one; written by a trigger."""

    slug = models.SlugField("ancienne adresse", max_length=SLUG_LENGTH)
    co_entrepreneur = models.ForeignKey(CoEntrepreneur, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"
        constraints = [models.UniqueConstraint(Lower("slug"), name="former_slug_unique")]

    def __str__(self):
        return self.slug
