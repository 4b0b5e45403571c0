"""The cooperative on one page or two: who it is in figures, what it says of itself, its identity."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format

from directory.models import (
    Certification,
    CoEntrepreneur,
    Department,
    Domain,
    FicheDepartment,
    FicheSkill,
    Insurance,
    Page,
    Participation,
    PublicClient,
    Reference,
)
from directory.models.reference import RECENT

from . import references
from .identity import common
from .prose import prose
from .text import clip, fit, typeset
from .typesetting import fitted, render

MOST_REFERENCES = 12


@dataclass(frozen=True)
class Room:
    """How much the presentation holds at a size of type.

    Args:
        size: of the words, in points.
        text: letters of what the cooperative writes.
        rows: lines of each table of figures.
        labels: lines of the table of labels.
        references: lines of the table of references.
        line: letters of a name or an object.
    """

    size: float
    pages = 2
    text: int
    rows: int
    labels: int
    references: int
    line: int


ROOMS = [
    Room(size=10, text=20_000, rows=30, labels=10, references=12, line=300),
    Room(size=9.5, text=20_000, rows=30, labels=10, references=12, line=300),
    Room(size=9, text=20_000, rows=30, labels=10, references=12, line=300),
    Room(size=9, text=20_000, rows=20, labels=8, references=10, line=200),
    Room(size=9, text=4000, rows=20, labels=8, references=8, line=160),
    Room(size=9, text=2800, rows=16, labels=8, references=8, line=160),
    Room(size=9, text=1800, rows=12, labels=6, references=6, line=120),
    Room(size=8.5, text=1000, rows=10, labels=5, references=4, line=80),
]


def presentation_data():
    """All that the presentation of the cooperative prints, as JSON can hold it; `clipped` says what it leaves out."""
    return fitted("presentation", content(), ROOMS, shape)


def render_presentation(data):
    """The PDF, of at most two pages.

    Raises:
        DocumentError: when it can't be made.
    """
    return render("presentation", data)


def content():
    """What the database knows of the cooperative today, on its listed members and their published references."""
    today = timezone.localdate()
    page = Page.objects.filter(slug=Page.Slug.COOPERATIVE).first()
    listed = CoEntrepreneur.objects.published()
    published = Reference.objects.published().filter(
        Exists(Participation.objects.filter(reference=OuterRef("pk"), co_entrepreneur__in=listed))
    )
    recent = published.recent()
    base = common(title="Présentation de la coopérative", label="Présentation de la coopérative", running="")
    base["running"] = base["cooperative"]["name"]
    domains, client_types, labels = _domains(listed), _client_types(published), _labels(listed)
    departments = _departments(listed)
    recent_count = recent.count()
    figures = [
        (listed.count(), "co-entrepreneur référencé", "co-entrepreneurs référencés"),
        (len(domains), "domaine de compétences", "domaines de compétences"),
        (len(departments), "département couvert", "départements couverts"),
        (recent_count, f"référence de moins de {RECENT}", f"références de moins de {RECENT}"),
        (len(client_types), "type de client public servi", "types de clients publics servis"),
        (len(labels), "label ou certification", "labels et certifications"),
    ]
    return base | {
        "heading": typeset(page.title if page else "", otherwise=base["cooperative"]["name"]),
        "text": prose(page.body) if page else [],
        "figures": [
            {"value": typeset(f"{count:,}".replace(",", " ")), "name": many if count > 1 else one}
            for count, one, many in figures
            if count
        ],
        "domains": domains,
        "client_types": client_types,
        "labels": labels,
        "nationwide": _nationwide(listed.filter(nationwide=True).count()),
        "regions": [
            {"name": typeset(region, otherwise="Autres"), "departments": ", ".join(typeset(str(one)) for one in group)}
            for region, group in groupby(departments, key=lambda one: one.region.name)
        ],
        "identity": _identity(base["cooperative"], today),
        "references": [references.row(one) for one in _one_per_client(recent)],
        "recent_count": recent_count,
    }


def shape(content, room):
    """The data of the presentation in so much room."""
    clipped = []
    text, whole = fit(content["text"], room.text)
    if not whole:
        clipped.append("Texte de présentation : abrégé.")
    shown = [
        {name: clip(words, room.line) for name, words in row.items()}
        for row in content["references"][: room.references]
    ]
    data = content | {
        "size": room.size,
        "heading": clip(content["heading"], room.line),
        "text": text,
        "references": shown,
        "more_references": references.more(content["recent_count"] - len(shown)) if shown else "",
    }
    for name, title, most in [
        ("domains", "Domaines", room.rows),
        ("client_types", "Types de clients", room.rows),
        ("labels", "Labels", room.labels),
    ]:
        data[name] = content[name][:most]
        if len(content[name]) > most:
            clipped.append(f"{title} : {most} sur {len(content[name])}.")
    unseen = len(content["labels"]) - room.labels
    data["more_labels"] = "" if unseen < 1 else f"et {unseen} autre{'s' if unseen > 1 else ''}."
    return data | {"clipped": clipped}


def _domains(listed):
    """Each domain that a listed member works in, and how many do."""
    counts = dict(
        FicheSkill.objects.filter(coentrepreneur__in=listed)
        .values_list("skill__domain")
        .annotate(Count("coentrepreneur", distinct=True))
    )
    return [{"name": typeset(one.name), "count": counts[one.pk]} for one in Domain.objects.filter(pk__in=counts)]


def _client_types(published):
    """Each type of public client served, and in how many references, the most served first."""
    counts = published.values_list("client__type").annotate(count=Count("pk")).order_by("-count", "client__type")
    names = dict(PublicClient.Type.choices)
    return [{"name": typeset(names[kind]), "count": count} for kind, count in counts]


def _nationwide(count):
    if not count:
        return ""
    return typeset(f"{count} co-entrepreneur{'s interviennent' if count > 1 else ' intervient'} dans toute la France.")


def _labels(listed):
    valid = Certification.objects.valid().filter(co_entrepreneur__in=listed)
    counts = valid.values_list("label__name").annotate(count=Count("pk")).order_by("-count", "label__name")
    return [{"name": typeset(name), "count": count} for name, count in counts]


def _departments(listed):
    """Those that a listed member names, by region; whoever works everywhere names none."""
    named = FicheDepartment.objects.filter(coentrepreneur__in=listed).values("department")
    return list(Department.objects.filter(pk__in=named).select_related("region").order_by("region__name", "code"))


def _one_per_client(recent):
    """The latest reference of each client, the latest first."""
    latest = recent.order_by("client_id", "-starts_on", "-pk").distinct("client_id").values("pk")
    chosen = Reference.objects.filter(pk__in=latest).select_related("client").order_by("-starts_on", "-pk")
    return references.latest_first(chosen[:MOST_REFERENCES])


def _identity(known, today):
    policies = Insurance.objects.filter(co_entrepreneur=None).valid_on(today)
    insured = [_policy(policy) for policy in policies] or ["attestation sur demande"]
    return [
        {"name": name, "lines": lines}
        for name, lines in [
            ("Forme juridique", [known["legal_form"]]),
            ("SIRET", [known["siret"]]),
            ("Registre du commerce", [known["rcs"]]),
            ("Capital", [known["capital"]]),
            ("Siège", [known["address"]]),
            ("Assurance", insured),
        ]
    ]


def _policy(policy):
    said = [policy.get_kind_display(), policy.insurer]
    if policy.policy_number:
        said.append(f"contrat n° {policy.policy_number}")
    if policy.expires_on:
        said.append(f"valable jusqu’au {date_format(policy.expires_on, 'j F Y')}")
    return typeset(", ".join(said))
