from django.db import models

from .territory import Department


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

    class Meta:
        verbose_name = "client public"
        verbose_name_plural = "clients publics"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["name", "type"], name="public_client_unique")]

    def __str__(self):
        return self.name
