"""The results of a search, or a selection, as a table that a buyer keeps: what cards and lists show, and no more."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone

from directory.models import Certification, CoEntrepreneur, Reference
from directory.search.facets import ClientFacet, DepartmentFacet, SkillFacet
from directory.search.whole import FILES

from .table import Column, Link, Table, listed

# A page is as wide as all of them, in letters of five points and a half: wider columns, smaller letters.
COLUMNS = [
    Column("Rang", 6),
    Column("Co-entrepreneur", 16),
    Column("Marque", 15),
    Column("Offre", 28),
    Column("Compétences", 30),
    Column("Ville", 13),
    Column("Zone d’intervention", 18),
    Column("Références", 11),
    Column("Dernière référence finie le", 11),
    Column("Référence en cours", 10),
    Column("Clients publics servis", 18),
    Column("Labels", 18),
    Column("Fiche mise à jour", 11),
    Column("Adresse de la fiche", 48),
]


def files_of(selection):
    """Where a selection leaves in a file, for its page."""
    query = f"?{selection.url.partition('?')[2]}"
    return {
        "exports": [
            (kind, name, reverse("sourcing:export_selection", kwargs={"kind": kind}) + query)
            for kind, name in FILES.items()
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
        ("Besoin", whole.search.criteria_alone if sentence else ""),
        ("Établi le", origin["made_on"]),
        ("Nombre", len(whole.keys)),
        ("Ordre", order),
        ("Graine de l’ordre", "" if sentence else whole.search.seed),
        ("Version du catalogue", origin["version"]),
        ("Adresse", origin["address"]),
        (
            "Cocontractant pour tous",
            f"{cooperative['name']}, {cooperative['legal_form']}, SIRET {cooperative['siret']}",
        ),
        ("Non pris en compte", unknown),
        *(("À savoir", note) for note in ([origin["only"]] if not sentence else notes)),
    ]
    return Table([fact for fact in facts if fact[1] != ""], COLUMNS, _pieces(whole))


def _pieces(whole):
    """The rows, read as values: a card holds more than they show, and costs several times as much."""
    rows = _Rows(whole.index)
    for ranks in whole.ranks():
        labels = _labels(list(ranks))
        published = CoEntrepreneur.objects.published().filter(pk__in=list(ranks)).order_by()
        read = {pk: values for pk, *values in published.values_list("pk", *VALUES, *DONE)}
        yield [rows.row(rank, labels.get(pk, []), *read[pk]) for pk, rank in ranks.items() if pk in read]


VALUES = [
    *("slug", "first_name", "last_name", "trade_name", "headline", "city", "nationwide", "content_updated_at__date"),
    *("search_document__skills", "search_document__departments"),
]
_references = Reference.objects.published().filter(participations__co_entrepreneur=OuterRef("pk"))
# Of the published references, the latest first: the type of each client, and the last day, if it is known.
DONE = [ArraySubquery(_references.order_by("-starts_on", "pk").values(name)) for name in ("client__type", "ends_on")]


def _labels(pks):
    """The labels that some fiches hold, each with its last day, by key."""
    labels = {}
    held = Certification.objects.valid().filter(co_entrepreneur__in=pks)
    for pk, name, last_day in held.values_list("co_entrepreneur", "label__name", "expires_on"):
        until = f" (jusqu’au {last_day:%d/%m/%Y})" if last_day else ""
        labels.setdefault(pk, []).append(f"{name}{until}")
    return labels


class _Rows:
    """What is looked up once for all the rows of a file."""

    def __init__(self, index):
        self.skills = SkillFacet.all_names(index)
        self.places = {key: place for place, key in enumerate(self.skills)}
        self.clients = {value: term.label for value, term in index.vocabulary[ClientFacet.name].items()}
        self.departments = {
            code: name for region in DepartmentFacet.regions(index).values() for code, name in region.items()
        }
        self.zones, self.today = {}, timezone.localdate()
        before, _, self.after_slug = reverse("catalogue:fiche", args=["-"]).rpartition("-")
        self.before_slug = settings.SITE_URL + before

    def row(self, rank, labels, *values):
        """The cells of a fiche, given what `VALUES` and `DONE` read."""
        slug, first_name, last_name, trade_name, headline, city, *others = values
        nationwide, updated_on, skills, departments, client_types, ends = others
        over = [end for end in ends if end and end <= self.today]
        address = f"{self.before_slug}{slug}{self.after_slug}"
        return [
            rank,
            f"{first_name} {last_name}".strip(),
            trade_name,
            headline,
            listed([self.skills[key] for key in sorted(self.places.keys() & skills, key=self.places.get)]),
            city,
            self._zone(nationwide, tuple(departments)),
            len(client_types),
            max(over, default=None),
            "oui" if len(over) < len(ends) else "",
            listed([self.clients[kind] for kind in dict.fromkeys(client_types) if kind in self.clients]),
            listed(labels),
            updated_on,
            Link(address, address),
        ]

    def _zone(self, nationwide, departments):
        """Each department by its own name, whatever a card shortens: a sheet is filtered by it."""
        if nationwide:
            return DepartmentFacet.everywhere
        # Many work in the same places.
        if departments not in self.zones:
            self.zones[departments] = listed(
                [self.departments[code] for code in sorted(departments) if code in self.departments]
            )
        return self.zones[departments]
