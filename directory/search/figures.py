"""What the figures of a need say: a SIRET or a phone lead to whose they are, an amount to who worked for as much.

A number of pages, of agents, of days is a size: it says how much is needed, not what.
"""

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

SIRET = re.compile(
    r"(?:\bn\s?°\s*)?(?:\bsiret\s*:?\s*)?(?<![\d.,])(?P<number>\d{3}[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{5})(?!\d)",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?:\bt[ée]l(?:[ée]phone)?\s*[.:]*\s*)?(?<![\w.,])"
    r"(?P<number>(?:(?:\+|00)33[ .]?(?:\(0\)[ .]?)?|0)[1-9](?:[ ./-]?\d{2}){4})(?!\d)",
    re.IGNORECASE,
)
FIGURE = r"(?:\d{1,3}(?:[ .]\d{3})+|\d{1,9})(?:,\d{1,2})?"
UNIT = r"(?:k ?€|k ?euros?|€|euros?|eur)"
AMOUNT = re.compile(
    r"(?:(?:un )?(?:budget|montant)(?: (?:estim[ée]|maximum|pr[ée]visionnel))?(?: (?:de|d'|est de))?\s*:?\s*)?"
    r"(?P<bound>moins de|jusqu'[aà]|au plus|maximum|maxi?|inf[ée]rieure?s? [aà]|plus de|au moins|minimum|"
    r"sup[ée]rieure?s? [aà]|[aà] partir de|d'environ|environ|entre|de)?\s*:?\s*(?<![\d,.])"
    rf"(?P<low>{FIGURE})\s*(?P<low_unit>{UNIT})?(?:\s*(?:et|à|a|-)\s*(?P<high>{FIGURE})\s*)?(?P<unit>{UNIT})?"
    r"(?:\s+(?:ht|ttc|hors taxes?))?(?!\w)(?P<after>\s+(?:maximum|maxi?|au plus|minimum|au moins)\b)?",
    re.IGNORECASE,
)
AT_MOST = ("moins de", "jusqu", "au plus", "max", "inf")
AT_LEAST = ("plus de", "au moins", "minimum", "sup", "a partir", "à partir")
# Numbers in letters; « neuf » is also what isn't old, « un » an article.
_COUNTED = "deux|trois|quatre|cinq|six|sept|huit|dix|onze|douze|treize|quatorze|quinze|seize|trente|quarante"
_COUNTED += "|cinquante|soixante|cents?|mille|vingts?"
_ROUND = "dizaines?|douzaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine|centaines?|milliers?"
LETTERS = rf"(?:{_COUNTED})(?:[ -](?:et[ -])?(?:une?|neuf|{_COUNTED}))*"
COUNTED, ROUND = re.compile(LETTERS, re.IGNORECASE), re.compile(_ROUND, re.IGNORECASE)
# What is counted to say how much, with what makes of it what is needed: « personnes âgées », « pages web ».
COUNTABLE = (
    r"(?:pages?(?!\s+(?:web|internet|d'accueil|facebook))|agents?|num[ée]ros?(?!\s+verts?)|[ée]ditions?|exemplaires?|"
    r"personnes?(?!\s+(?:[âa]g|handi|en |[àa] |sans|sourd|malentend|aveugl|malvoy|isol|fragil|vuln|malad|d[ée]pend))|"
    r"participant(?:e|es|s)?|stagiaires?|salari[ée](?:e|es|s)?|[ée]lu(?:e|es|s)?|habitants?|convives?|couverts?|"
    r"invit[ée]s|spectateurs?|visiteurs?|s[ée]ances?|sessions?|fois|minutes?|min|mn|heures?|h|jours?|j|"
    r"(?:demi-)?journ[ée]es?|semaines?|trimestres?|semestres?|mois|ans?|ann[ée]es?|lots?|"
    r"postes?(?!\s+(?:de |informat))|mots|signes|caract[èe]res|feuillets?|m[²³23]?|m[èe]tres?(?: (?:carr|cub|lin)\w+)?|"
    r"ml|km|kilom[èe]tres?|ha|hectares?|kg|kilos?|tonnes?|litres?|k ?€|k ?euros|€|euros?)"
)
# A year counts nothing: « formation 2026 agents d’accueil ».
_IN_LETTERS = rf"(?:{LETTERS}|neuf|(?:{LETTERS}\s+)?(?:{_ROUND})(?:\s+de|\s+d'))"
_NUMBER = rf"(?:(?!20[23]\d\b){FIGURE}|(?:une?\s+|quelques\s+)?{_IN_LETTERS})"
SIZE = re.compile(
    r"(?<![\w,.-])(?:d')?(?P<size>(?:depuis\s+)?(?:(?:moins|plus|pr[èe]s) de|au (?:moins|plus|maximum|minimum)|environ|"
    r"jusqu'[àa]|entre|maximum|maxi?|minimum)?\s*(?<![\w,.-])"
    rf"{_NUMBER}(?:\s*(?:et|à|a|ou|-)\s*{_NUMBER})?\s*(?P<what>{COUNTABLE})(?![\w'-])(?:\s+(?:ht|ttc|hors taxes?)\b)?"
    r"(?:\s+(?:maximum|maxi?|minimum|au (?:moins|plus|maximum|minimum)|environ)\b)?)",
    re.IGNORECASE,
)
# A number that follows these is the name of one, and counts nothing: « lot 2 personnes publiques ».
NAMED_BY_NUMBER = re.compile(r"(?:\b(?:lots?|articles?|tranches?|phases?|niveaux?)|n\s?[°o])\s*$", re.IGNORECASE)


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
            within |= Q(amount__gte=low, amount__lt=high) if high else Q(amount__gte=low)
        references = Reference.objects.published().filter(within, amount_shown=Reference.AmountShown.BAND)
        return BitMap(Participation.objects.filter(reference__in=references).values_list("co_entrepreneur", flat=True))


def read_amount(match):
    """The amount that `AMOUNT` found; None for a number alone."""
    if match["unit"] or match["low_unit"]:
        return Amount(match[0].strip(), tuple(_bands(match)))
    return None


def _bands(match):
    """The bands of what `AMOUNT` found: those that an amount is in, or those between it and a bound."""
    bound = f"{match['bound'] or ''}{match['after'] or ''}".strip().lower()
    low = _euros(match["low"], match["low_unit"] or match["unit"])
    high = _euros(match["high"], match["unit"] or match["low_unit"]) if match["high"] else low
    limits = [limit for limit, _ in AMOUNT_BANDS]
    for floor, ceiling in zip([Decimal(0), *limits], [*limits, None], strict=True):
        begins = floor < high or bound.startswith(AT_LEAST) or high == 0
        ends = ceiling is None or ceiling > low or (ceiling == low == high) or bound.startswith(AT_MOST)
        if begins and ends and not (bound.startswith(AT_LEAST) and ceiling == low):
            yield floor, ceiling


def _euros(figure, unit):
    whole = Decimal(re.sub(r"[ .]", "", figure).replace(",", "."))
    return whole * (1000 if unit.lower().startswith("k") else 1)


def owner_of_siret(number):
    """Whose a SIRET is; None for what isn't one."""
    number = re.sub(r"\D", "", number)
    if not siret.is_valid(number):
        return None
    if number == settings.COOPERATIVE["siret"]:
        return Owner("C’est le SIRET de la coopérative : c’est avec elle que l’on contracte, pour toutes ces fiches.")
    client = PublicClient.objects.filter(siret=number).first()
    references = Reference.objects.published().filter(client=client) if client else Reference.objects.none()
    served = (
        CoEntrepreneur.objects.published().filter(participations__reference__in=references).values_list("pk", flat=True)
    )
    if not served:
        return Owner("Aucune référence publiée n’est celle d’un client de ce SIRET.", BitMap())
    return Owner(f"C’est le SIRET de {client.name} : voici qui a travaillé pour lui.", BitMap(served))


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
