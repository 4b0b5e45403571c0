"""What names a page from afar, in a tab, a list of results or a message that shares it: its title and description."""

import re

from crealead.words import at, clipped, counted

# Past it, whoever shows a title cuts it.
LONGEST_TITLE = 65
SITE = " | Crealead"
# A trade is better named in so many letters, and in no fewer.
SHORTEST_TRADES = [15, 8]
# Where a headline can stop and still name a trade: « Menuiserie et mobilier sur mesure », then « pour les écoles ».
PAUSE = re.compile(r"\s*[,;:.(–—]|\s(?=(?:afin|auprès|avec|chez|dans|et|par|pour|sans|selon)\s)")
# What follows details the trade: « Gaspillage alimentaire », then « : peser, comprendre ».
BREAK = re.compile(r"[;:.(–—]")
# With what a text that is cut doesn't end.
LINKS = re.compile(
    r"(?:[\s,;:–]|\s(?:à|au|aux|avec|de|des|du|en|et|l[ae]s?|leurs?|par|pour|sa|ses|son|sur|une?|vos))+$"
)


def fiche_title(fiche):
    """« Photographe à Béziers – Marie Dupont, Sa marque | Crealead », with as much of it as a title holds."""
    place = f" {at(fiche.city)}" if fiche.city else ""
    least = f"{place} – {fiche.name}"
    most = f"{least}, {fiche.trade_name}" if fiche.trade_name else least
    for shortest in SHORTEST_TRADES:
        for rest in [most + SITE, least + SITE, least]:
            if trade := _trade(fiche.headline, shortest, LONGEST_TITLE - len(rest)):
                return trade + rest
    room = LONGEST_TITLE - len(least)
    if fiche.headline and room > max(SHORTEST_TRADES):
        return _cut(fiche.headline, room) + least
    names = f"{fiche.name}, {fiche.trade_name}" if fiche.trade_name else fiche.name
    return _cut(names + place, LONGEST_TITLE - len(SITE)) + SITE


def fiche_description(fiche):
    """The headline, then how the offer begins."""
    return clipped(". ".join(filter(None, [fiche.headline.rstrip(" ."), fiche.public_offer])))


def results_title(search, number):
    """What is asked, how many answer, which page: « « photographe », Hérault (34) : 12 fiches, page 2 | Crealead »."""
    page = f", page {number}" if number > 1 else ""
    if not search.active:
        return f"Catalogue des co-entrepreneurs{page}{SITE}"
    total = counted(search.total, "fiche", "fiches") if search.total else "aucune fiche"
    rest = f" : {total}{page}{SITE}"
    return _cut(", ".join(criterion.words for criterion in search.active), LONGEST_TITLE - len(rest)) + rest


def map_title(search):
    """What one does there, and for which search: « Choisir une zone sur la carte : « formation » | Crealead »."""
    asked = ", ".join(criterion.words for criterion in search.active)
    name = f"Choisir une zone sur la carte{asked and f' : {asked}'}"
    return _cut(name, LONGEST_TITLE - len(SITE)) + SITE


def results_description(search):
    """The search in one sentence, and what the catalogue tells of who answers."""
    if not search.active:
        return (
            "Cherchez par besoin, domaine, territoire, code CPV ou type de client public parmi les co-entrepreneurs de "
            "la coopérative Crealead."
        )
    return clipped(f"{search.summary}. Offre, références et zone d’intervention de chacun, un seul cocontractant.")


def _trade(headline, shortest, longest):
    """The most of a headline that names a trade in so many letters; empty when none does."""
    stop = BREAK.search(headline)
    pauses = [match.start() for match in PAUSE.finditer(headline, 0, stop.end() if stop else len(headline))]
    ends = [*pauses, len(headline)]
    fitting = [end for end in ends if shortest <= end <= longest]
    return headline[: max(fitting)] if fitting else ""


def _cut(text, room):
    """A text in so many letters, whole words if possible, its quotation mark closed."""
    if len(text) <= room:
        return text
    start = text[: room - len("… »")]
    start = LINKS.sub("", start.rpartition(" ")[0] or start)
    return f"{start}…" + (" »" if start.count("«") > start.count("»") else "")
