"""What a record says once it is closed, as JSON can hold it: read from the database once, and from there ever after.

No phone, site, photo nor city: what is closed outlives what people take back.
"""

import hashlib
import json
import secrets

from django.conf import settings
from django.utils import timezone

from crealead.words import day, moment
from directory.models import CoEntrepreneur, CpvCode, Threshold
from directory.models.masking import RETIRED_LINE
from directory.models.taxonomy import WORKS
from directory.privacy.actions import objections, records
from directory.search.facets import DepartmentFacet
from directory.sourcing.selection.comparison import label_lines, zone_lines

from .bands import band_of

FORMAT = 1
# Of those that one line sets aside, how many are named; the others are counted.
MOST_NAMED = 500
RULES = {
    "Article R2111-1": (
        "Afin de préparer la passation d’un marché, l’acheteur peut consulter, étudier le marché, demander des avis ou "
        "informer les opérateurs de son projet et de ses exigences. Il peut se servir des résultats s’ils ne faussent "
        "pas la concurrence, dans le respect de l’égalité de traitement et de la transparence."
    ),
    "Article R2111-2": (
        "Quand un opérateur a pris part à la préparation, l’acheteur prend les mesures qui empêchent que la "
        "concurrence en soit faussée."
    ),
    "Article R2122-8": (
        "Au-dessous de son seuil, un marché se passe sans publicité ni mise en concurrence préalables ; l’acheteur "
        "veille à choisir une offre pertinente, à faire une bonne utilisation des deniers publics et à ne pas "
        "contracter systématiquement avec un même opérateur."
    ),
}


def snapshot(standing, *, at):
    """All that a record says at a moment, as it is frozen.

    Args:
        standing: a `Standing`.
        at: the moment, aware.
    """
    record, cooperative = standing.record, settings.COOPERATIVE
    data = {
        "format": FORMAT,
        # Who guesses at what was masked can't prove it by the fingerprint: this goes with it.
        "salt": secrets.token_hex(16),
        "closed_at": at.isoformat(timespec="seconds"),
        "need": need_of(record),
        "searches": [_search(search) for search in standing.searches],
        "answered": standing.answered,
        "gone": standing.gone,
        "kept": _kept(standing),
        "set_aside": [
            {
                "label": motive.label,
                "reason": motive.row.get_reason_display(),
                "words": motive.row.words,
                **_named(motive.covers),
            }
            for motive in standing.motives
        ],
        "without_reason": _named(standing.without_reason),
        "rules": rules_of(timezone.localdate(at), record),
        "cooperative": {name: cooperative[name] for name in ("name", "legal_form", "siret")},
    }
    # Before its fingerprint, so that whoever takes the data has those that it is of.
    return records.masked(data, objections.withdrawn_among(fiches_in(data)))


def canonical(data):
    """The bytes whose SHA-256 is the fingerprint: JSON in UTF-8, keys in order, no spare space."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(content):
    return hashlib.sha256(content).hexdigest()


def fiches_in(data):
    """The keys of the fiches that it names."""
    return sorted({line["fiche"] for line in records.lines_in(data) if line["fiche"]})


def need_of(record):
    codes = CpvCode.objects.in_bulk(record.cpv_codes)
    return {
        "need": record.need,
        "organisation": record.organisation,
        "cpv": [str(codes[code]) if code in codes else code for code in record.cpv_codes],
        "amount": band.words if (band := band_of(record)) else "",
    }


def rules_of(on, record):
    """The rules and the thresholds of a day, and where the estimate of a record stands among them."""
    known = Threshold.objects.of(on)
    return {
        "on": day(on),
        "articles": [{"title": title, "text": text} for title, text in RULES.items()],
        "thresholds": [
            {
                "label": threshold.get_kind_display(),
                "amount": threshold.in_euros,
                "since": day(threshold.starts_on),
                "article": threshold.article,
                "source": threshold.source,
                "url": threshold.source_url,
            }
            for kind in Threshold.Kind
            if (threshold := known.get(kind))
        ],
        "estimate": _estimate(record, known),
    }


def _estimate(record, known):
    """Where the estimate stands, as a sentence; empty when nothing can be said."""
    is_works = bool(record.cpv_codes) and all(code.startswith(WORKS) for code in record.cpv_codes)
    threshold = known.get(Threshold.Kind.WORKS if is_works else Threshold.Kind.SERVICES)
    band = band_of(record)
    if band is None or threshold is None:
        return ""
    what = "de travaux" if is_works else "de fournitures et services"
    return (
        f"L’estimation, {band.words}, est {band.side_of(threshold.amount)} seuil {what} sans publicité ni mise en "
        f"concurrence ({threshold.in_euros}, {threshold.article})."
    )


def _search(search):
    return {
        "sentence": search.sentence,
        "address": search.address,
        "order": search.order,
        "seed": search.seed,
        "version": search.version,
        "made_at": moment(search.made_at),
        "total": search.total,
    }


def _kept(standing):
    published = CoEntrepreneur.objects.published().with_fiche()
    fiches = published.in_bulk([place.who.pk for place in standing.kept if place.who])
    regions = DepartmentFacet.regions(standing.index)
    return [
        (_as_seen(fiches[place.who.pk], regions) if place.who and place.who.pk in fiches else _empty(place))
        | {"place": rank, "note": place.row.note}
        for rank, place in enumerate(standing.kept, 1)
    ]


def _as_seen(fiche, regions):
    return {
        "fiche": fiche.pk,
        "gone": "",
        "name": fiche.name,
        "trade_name": fiche.trade_name,
        "headline": fiche.headline,
        "offer": fiche.public_offer,
        "skills": sorted(skill.name for skill in fiche.skills.all()),
        "zone": zone_lines(fiche, regions),
        "references": [
            f"{reference.client.name} ({reference.client.get_type_display()})\N{NO-BREAK SPACE}: {reference.subject}, "
            f"{reference.period}, {reference.facts}"
            for reference in fiche.published_references
        ],
        "labels": label_lines(fiche),
    }


def _empty(place):
    """Who left before the record was closed: named, as long as that may be, and nothing else."""
    fiche = place.row.co_entrepreneur
    key, name = (fiche.pk, fiche.name) if fiche and fiche.listed_since else (None, RETIRED_LINE)
    lists = dict.fromkeys(("skills", "zone", "references", "labels"), ())
    return {
        "fiche": key,
        "gone": place.gone,
        "name": name,
        **dict.fromkeys(("trade_name", "headline", "offer"), ""),
        **{name: list(lines) for name, lines in lists.items()},
    }


def _named(people):
    return {
        "count": len(people),
        "fiches": [{"fiche": who.pk, "name": who.name, "trade_name": who.trade_name} for who in people[:MOST_NAMED]],
    }
