"""What the figures of a need say: a SIRET or a phone lead to whose they are, an amount to who worked for as much."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from pyroaring import BitMap
from stdnum.fr import siret

from crealead.phones import e164, shown
from crealead.words import of
from directory.models import CoEntrepreneur, Consent, Participation, PublicClient, Reference
from directory.models.reference import AMOUNT_BANDS

SIRET = re.compile(r"(?<![\d.,])\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5}(?!\d)")
PHONE = re.compile(r"(?<![\w.,])(?:(?:\+|00)33[ .]?(?:\(0\)[ .]?)?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)")
AMOUNT = re.compile(
    r"(?P<bound>moins de|jusqu'[aà]|au plus|maximum|plus de|au moins|minimum|à partir de|environ|budget(?: de)?)?\s*"
    r"(?<![\d,.])(?P<figure>\d{1,3}(?:[ .]\d{3})+|\d{1,9})(?:,\d{1,2})?\s*(?P<unit>k ?€|k ?euros?|€|euros?)"
    r"(?:\s+(?:ht|ttc|hors taxes?))?(?!\w)",
    re.IGNORECASE,
)
AT_MOST = {"moins de", "jusqu'a", "jusqu'à", "au plus", "maximum"}
AT_LEAST = {"plus de", "au moins", "minimum", "à partir de"}


@dataclass(frozen=True)
class Owner:
    """Whose a number is, as a sentence, and the fiches that it leads to; None when it narrows nothing."""

    sentence: str
    fiches: BitMap | None = None


@dataclass(frozen=True)
class Amount:
    """An amount in euros before tax, as the bands that the public reads: the amounts themselves are never told."""

    typed: str
    bands: tuple[tuple[Decimal, Decimal | None], ...]

    def fiches(self):
        """Those with a published reference whose band is shown, and is one of these."""
        within = Q()
        for low, high in self.bands:
            within |= Q(amount__gt=low, amount__lte=high) if high else Q(amount__gt=low)
        references = Reference.objects.published().filter(within, amount_shown=Reference.AmountShown.BAND)
        return BitMap(Participation.objects.filter(reference__in=references).values_list("co_entrepreneur", flat=True))


def read_amount(match):
    """The amount that `AMOUNT` found."""
    bound = (match["bound"] or "").lower()
    euros = Decimal(re.sub(r"\D", "", match["figure"])) * (1000 if match["unit"].lower().startswith("k") else 1)
    highs = [high for high, _ in AMOUNT_BANDS]
    bands = list(zip([Decimal(0), *highs], [*highs, None], strict=True))
    if bound in AT_MOST:
        meant = [band for band in bands if band[0] < euros]
    elif bound in AT_LEAST:
        meant = [band for band in bands if band[1] is None or band[1] > euros]
    else:
        meant = [band for band in bands if band[0] < max(euros, 1) and (band[1] is None or euros <= band[1])]
    return Amount(match[0].strip(), tuple(meant))


def owner_of_siret(number):
    """Whose a SIRET is; None for what isn't one."""
    if not siret.is_valid(number):
        return None
    if siret.compact(number) == settings.COOPERATIVE["siret"]:
        return Owner("C’est le SIRET de la coopérative : c’est avec elle que l’on contracte, pour toutes ces fiches.")
    client = PublicClient.objects.filter(siret=siret.compact(number)).first()
    if client is None:
        return Owner("Aucune référence publiée n’est celle d’un client de ce SIRET.", BitMap())
    references = Reference.objects.published().filter(client=client)
    served = Participation.objects.filter(reference__in=references).values_list("co_entrepreneur", flat=True)
    return Owner(f"C’est le SIRET de {client.name} : voici qui a travaillé pour lui.", BitMap(served))


def owner_of_phone(number):
    """Whose a phone is, among those who show theirs; None for what isn't one."""
    if not e164(number):
        return None
    if e164(number) == e164(settings.COOPERATIVE["phone"]):
        return Owner("C’est le téléphone de la coopérative.")
    showing = Consent.objects.active().filter(item=Consent.Item.PHONE).values("co_entrepreneur")
    fiche = CoEntrepreneur.objects.published().filter(phone=shown(number), pk__in=showing).first()
    if fiche is None:
        return Owner("Ce téléphone n’est celui d’aucune fiche.", BitMap())
    return Owner(f"C’est le téléphone {of(fiche.name)}.", BitMap([fiche.pk]))
