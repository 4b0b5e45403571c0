"""A small catalogue to search, and searches as the page makes them."""

from dataclasses import replace

from django.db import connection
from django.http import QueryDict

from directory.catalogue import list_page
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from tests.factories import CoEntrepreneurFactory, ReferentFactory

# Headline and offer of each fiche, by last name: each has words of its own.
TRADES = {
    "Traiteuse": ("Traiteur : buffets et cocktails", "Cuisine de saison pour vos réceptions."),
    "Graphiste": ("Graphisme et identité visuelle", "Logos, affiches et dépliants pour les communes."),
    "Formatrice": ("Formation bureautique", "J’apprends à former les agents au tableur et au courriel."),
    "Urbaniste": ("Urbanisme réglementaire", "Cartes communales, zonages et règlements."),
    "Animateur": ("Animation de réunions publiques", "Je prépare et j’anime la réunion publique de votre choix."),
    "Cuisinière": ("Systèmes alimentaires", "J’écris le plan alimentaire territorial, du champ à la cantine."),
    "Communicante": ("Stratégie de communication", "Communication territoriale : plan de communication, messages."),
    "Menuisier": ("Menuiserie en bois", "Fenêtres, portes et volets, posés avec soin."),
    "Écologue": ("Inventaires de la faune", "Suivi des oiseaux et des chauves-souris sur les sites Natura 2000."),
    "Carbone": ("Bilan carbone", "Comptabilité des gaz et trajectoire de sobriété."),
    "Coach": ("Bilan de compétences", "Reconversion des agents de la fonction publique territoriale."),
    "Photographe": ("Photographie", "Portraits et reportages en lumière naturelle."),
    "Hydrologue": ("Hydrologie des rivières", "Jaugeages, crues et étiages."),
    "Secouriste": ("Sauvetage et secours", "Gestes qui sauvent, pour tous."),
    "Cartographe": ("Cartographie", "Atlas et cartes sensibles."),
    "Traductrice": ("Traduction du catalan", "Lettres, actes et notices."),
}


def listed(last_name, headline="", public_offer="Une offre.", **kwargs):
    """A published fiche whose words are those given, and no other."""
    words = {"first_name": "Zoé", "trade_name": "", "headline": headline, "public_offer": public_offer}
    return CoEntrepreneurFactory(listed=True, last_name=last_name, **words | kwargs)


def small_catalogue():
    """Those of `TRADES`, who all work anywhere."""
    referent = ReferentFactory()
    return {
        name: listed(name, headline, offer, nationwide=True, referent=referent)
        for name, (headline, offer) in TRADES.items()
    }


def read_index():
    """The index of what was just written, its words known to corrections."""
    connection.check_constraints()
    return current()


def found(text, index=None, **more):
    query = QueryDict(mutable=True)
    query.update({"q": text, **more})
    return CatalogueFilter(query, index)


def read(text, index):
    """A text as the page reads it: what `TextField` cleans, then the `Need`."""
    return found(text, index).need


def codes(need):
    """The departments that a need names, in order."""
    return sorted({code for zone in need.places.values() for code in zone.codes})


def names(search):
    """Last names, in order."""
    return list(search.qs.values_list("last_name", flat=True))


def plain_spaced(text):
    """A text that is read, with each of its spaces an ordinary one."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def understood(search):
    """What the page says of how a need was read, with ordinary spaces."""
    return [plain_spaced(sentence) for sentence in list_page.understood(search)]


def unknown(search):
    """What the page says that it dropped, with ordinary spaces."""
    return [plain_spaced(words) for words in list_page.unknown(search)]


def widened(search):
    """What the page says of codes that find more, with ordinary spaces."""
    return [plain_spaced(sentence) for sentence in list_page.widened(search)]


def read_as(search):
    """The parts of a need that the page shows, with ordinary spaces."""
    return [replace(link, label=plain_spaced(link.label)) for link in list_page.read_as(search)]
