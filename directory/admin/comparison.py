"""What a request proposes, set beside what the fiche says."""

from copy import copy
from dataclasses import dataclass

from django.utils.text import capfirst

from directory.models import Consent, PublicClient

from .diff import word_diff

TEXTS = ["headline", "public_offer"]
LISTS = ["skills", "cpv_codes", "departments"]


@dataclass
class TextRow:
    """A field of words; both sides are safe HTML."""

    label: str
    current: str
    proposed: str
    differs: bool


@dataclass
class ListRow:
    """A field of several values, sorted by what becomes of each."""

    label: str
    kept: list
    added: list
    removed: list

    @property
    def differs(self):
        return bool(self.added or self.removed)


def compare(request, fiche):
    """The fields that acceptance would write, as (texts, lists); without a fiche, there is nothing to differ from."""
    texts = [_text_row(request, fiche, name) for name in TEXTS]
    yes_no = {True: "Oui", False: "Non"}
    current = yes_no[fiche.nationwide] if fiche else ""
    proposed = yes_no[request.nationwide]
    differs = current not in ("", proposed)
    texts.append(TextRow(_label(request, "nationwide"), current, proposed, differs=differs))
    return texts, [_list_row(request, fiche, name) for name in LISTS]


def missing_once_accepted(request, fiche):
    """What would still stop the box from being ticked, were the proposal written on the fiche."""
    if fiche is None:
        return ["une fiche"]
    accepted = copy(fiche)
    accepted.public_offer = request.public_offer
    return accepted.missing_for_listing()


def served_clients(request):
    """The public clients that the person says to have served, ready to be read."""
    types = dict(PublicClient.Type.choices)
    return [
        served | {"type": types.get(served["type"], ""), "year": served.get("year", "")}
        for served in request.served_clients
    ]


def consents(request):
    """Each item that may be shown, and whether the person agrees."""
    return [(label, item in request.consents) for item, label in Consent.Item.choices]


def _label(request, name):
    return capfirst(request._meta.get_field(name).verbose_name)


def _text_row(request, fiche, name):
    old, new = (getattr(fiche, name) if fiche else ""), getattr(request, name)
    current, proposed = word_diff(old, new) if old else ("", new)
    return TextRow(_label(request, name), current, proposed, differs=fiche is not None and old != new)


def _list_row(request, fiche, name):
    new = list(getattr(request, name).all())
    old = list(getattr(fiche, name).all()) if fiche else new
    return ListRow(
        _label(request, name),
        kept=[row for row in new if row in old],
        added=[row for row in new if row not in old],
        removed=[row for row in old if row not in new],
    )
