from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, Value
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siret as siret_number

from .territory import Department

SIRET_PATTERN = r"^[0-9]{14}$"
# Names at least this alike are proposed as the same organisation (0 to 1, by trigrams).
NEAR = 0.35


def validate_siret(value):
    """Refuse what isn't a SIRET, by its length and its key.

    Raises:
        ValidationError: with the sentence to show.
    """
    try:
        siret_number.validate(value)
    except StdnumError as error:
        raise ValidationError("Ce n’est pas un numéro SIRET : il compte 14 chiffres, dont une clé.") from error


class PublicClientQuerySet(models.QuerySet):
    def near(self, name, *, most=5):
        """The organisations whose name looks like this one, the nearest first."""
        return (
            self.annotate(nearness=TrigramSimilarity("name__unaccent", Unaccent(Value(name.replace("\0", " ")))))
            .filter(nearness__gte=NEAR)
            .order_by("-nearness", "name", "pk")[:most]
        )


class PublicClient(models.Model):
    """An organisation that buys under public procurement."""

    class Type(models.TextChoices):
        MUNICIPALITY = "commune", "Commune"
        INTERMUNICIPAL = "intercommunalite", "Intercommunalité"
        DEPARTMENT = "departement", "Département"
        REGION = "region", "Région"
        JOINT_AUTHORITY = "syndicat-mixte", "Syndicat mixte, pôle territorial"
        SOCIAL_ACTION = "action-sociale", "CCAS, CIAS, action sociale"
        HEALTH = "sante", "Établissement de santé"
        FIRE_RESCUE = "sdis", "SDIS"
        SCHOOL = "college-lycee", "Collège, lycée"
        UNIVERSITY = "universite", "Université, enseignement supérieur, recherche"
        STATE = "etat", "État, services déconcentrés"
        NATIONAL_BODY = "etablissement-national", "Établissement public national, opérateur"
        CHAMBER = "chambre-consulaire", "Chambre consulaire"
        SOCIAL_HOUSING = "bailleur-social", "Bailleur social"
        PUBLIC_COMPANY = "entreprise-publique", "SEM, SPL, entreprise publique"
        OTHER = "autre", "Autre acheteur public"

    name = models.CharField("nom", max_length=200)
    type = models.CharField("type", max_length=30, choices=Type)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="public_clients",
        verbose_name="département",
    )
    siret = models.CharField(
        "SIRET",
        max_length=14,
        blank=True,
        db_default="",
        validators=[RegexValidator(SIRET_PATTERN, "Un SIRET compte 14 chiffres."), validate_siret],
    )

    objects = PublicClientQuerySet.as_manager()

    class Meta:
        verbose_name = "client public"
        verbose_name_plural = "clients publics"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "type"], name="public_client_unique"),
            models.UniqueConstraint(
                fields=["siret"],
                condition=~Q(siret=""),
                name="public_client_siret_unique",
                violation_error_message="Un client porte déjà ce SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=SIRET_PATTERN), name="public_client_siret_has_14_digits"
            ),
        ]

    def __str__(self):
        return self.name
