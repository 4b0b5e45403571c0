"""The results of a search, or a selection, as a table that a buyer keeps: what cards and lists show, and no more."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from directory.models import Certification
from directory.search.facets import ClientFacet

from .tables import KINDS, Column, Link, Table

COLUMNS = [
    Column("Rang", 7),
    Column("Co-entrepreneur", 26),
    Column("Marque", 26),
    Column("Offre", 48),
    Column("Compétences", 48),
    Column("Ville", 20),
    Column("Zone d’intervention", 32),
    Column("Références", 12),
    Column("Dernière référence", 14),
    Column("Clients publics servis", 36),
    Column("Labels", 32),
    Column("Fiche mise à jour", 14),
    Column("Adresse de la fiche", 46),
]


def files_of(selection):
    """Where a selection leaves in a file, for its page."""
    query = f"?{selection.url.partition('?')[2]}"
    return {
        "exports": [
            (kind, kind.upper(), reverse("sourcing:export_selection", kwargs={"kind": kind}) + query) for kind in KINDS
        ],
        "vcards_url": reverse("sourcing:vcards") + query,
    }


def table_of(whole, *, sentence=None, notes=()):
    """The table of a `Whole`; `sentence` says what it is when its search doesn't, `notes` what else is to be known."""
    origin, cooperative = whole.origin, settings.COOPERATIVE
    unknown = ", ".join(
        f"{label} «\N{NO-BREAK SPACE}{value}\N{NO-BREAK SPACE}»" for label, value in whole.search.dropped
    )
    order = "Celui de la sélection" if sentence else f"{origin['sort']}, {origin['order_of']}"
    facts = [
        ("Sélection" if sentence else "Recherche", sentence or origin["summary"]),
        ("Établi le", origin["made_on"]),
        ("Nombre", str(len(whole.keys)) + (f" ({origin['only'].lower()})" if origin["only"] and not sentence else "")),
        ("Ordre", order),
        ("Graine de l’ordre", "" if sentence else whole.search.seed),
        ("Version du catalogue", origin["version"]),
        ("Adresse", origin["address"]),
        (
            "Cocontractant pour tous",
            f"{cooperative['name']}, {cooperative['legal_form']}, SIRET {cooperative['siret']}",
        ),
        ("Non pris en compte", unknown),
        *(("À savoir", note) for note in notes),
    ]
    return Table([fact for fact in facts if fact[1]], COLUMNS, _pieces(whole))


def _pieces(whole):
    clients = whole.index.vocabulary[ClientFacet.name]
    for lines in whole.pieces():
        labels = {}
        certifications = Certification.objects.valid().filter(co_entrepreneur__in=[fiche.pk for _, fiche in lines])
        for row in certifications.select_related("label"):
            until = f" (jusqu’au {row.expires_on:%d/%m/%Y})" if row.expires_on else ""
            labels.setdefault(row.co_entrepreneur_id, []).append(f"{row.label.name}{until}")
        yield [_row(clients, labels, line) for line in lines]


def _row(clients, labels, line):
    rank, fiche = line
    references = fiche.shown_references
    types = dict.fromkeys(row["client_type"] for row in references if row["client_type"] in clients)
    last = max((row["ends_on"] or row["starts_on"] for row in references if row["starts_on"]), default=None)
    return [
        rank,
        fiche.name,
        fiche.trade_name,
        fiche.headline,
        ", ".join(fiche.skill_names.values()),
        fiche.city,
        fiche.zone_words,
        len(references),
        date.fromisoformat(last) if last else None,
        ", ".join(clients[code].label for code in types),
        ", ".join(labels.get(fiche.pk, [])),
        timezone.localdate(fiche.content_updated_at),
        Link(settings.SITE_URL + fiche.get_absolute_url(), settings.SITE_URL + fiche.get_absolute_url()),
    ]
