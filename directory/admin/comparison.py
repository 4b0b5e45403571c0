"""What is proposed for a fiche, by a request to be listed or by a proposal, set beside what the fiche says."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from directory.models import FicheProposal
from directory.my_space.proposals import content_of, in_words, label_of, rows_of

from .diff import word_diff
from .files import photo_tag

# What accepting a request to be listed writes on the fiche.
REQUESTED_WORDS = ("headline", "public_offer", "phone", "website")
REQUESTED_LISTS = ("skills", "cpv_codes", "departments")
YES_NO = {True: "Oui", False: "Non"}
SINCE_LENGTH = 300


@dataclass
class Row:
    """A field, before and after.

    Attributes:
        current, proposed: safe HTML, where what goes is in `<del>` and what comes in `<ins>`; may be empty.
        tag: a word beside the name of the field, or an empty string.
        since: that the fiche changed since the proposal was made, as a sentence, or an empty string.
        is_ticked: whether it is among what is about to be accepted.
    """

    name: str
    current: str
    proposed: str
    differs: bool = True
    tag: str = ""
    since: str = ""
    is_ticked: bool = False

    @property
    def label(self):
        return label_of(self.name)


def of_request(listing_request, fiche):
    """The fields that acceptance would write; without a fiche, there is nothing to differ from."""
    there = fiche is not None
    old = {name: getattr(fiche, name) if there else "" for name in REQUESTED_WORDS}
    rows = [_words(name, old[name], getattr(listing_request, name), marked=bool(old[name])) for name in old]
    nationwide = YES_NO[fiche.nationwide] if there else ""
    rows.append(_words("nationwide", nationwide, YES_NO[listing_request.nationwide], marked=False))
    for name in REQUESTED_LISTS:
        items = list(getattr(fiche, name).all()) if there else []
        rows.append(_list(name, items, list(getattr(listing_request, name).all()), marked=there))
    if listing_request.photo:
        rows.append(_photo(fiche, listing_request, listing_request.name))
    for row in rows:
        row.differs = row.differs and there
        row.tag = "modifié" if row.differs else ""
    return rows


def of_proposal(proposal, *, ticked):
    """What a proposal would change, beside what the fiche says now; once decided, beside what it said then.

    Args:
        proposal: a `FicheProposal`.
        ticked: the names of the fields about to be accepted.
    """
    content = content_of(proposal.co_entrepreneur) if proposal.is_awaiting else proposal.before
    former = {said.name: said.words for said in in_words(proposal.before)}
    rows = []
    for name in (name for name in FicheProposal.FIELDS if name in proposal.changes):
        row = _of_proposal(name, content[name], proposal)
        # What isn't proposed isn't here: every row stands out, even where the fiche says it already.
        row.differs, row.is_ticked = True, name in ticked
        if content[name] != proposal.before[name]:
            row.since = _since(name, former[name] or "rien")
        if proposal.decided_by_id:
            row.tag = "repris" if name in proposal.accepted_fields else "pas repris"
        rows.append(row)
    return rows


def _of_proposal(name, old, proposal):
    new = proposal.changes[name]
    if name == "photo":
        return _photo(proposal.co_entrepreneur, proposal, proposal.co_entrepreneur.name)
    if name in FicheProposal.LISTS:
        rows = rows_of(name, {*old, *new})
        return _list(name, *([row for row in rows if row.pk in keys] for keys in (old, new)))
    if name == "nationwide":
        old, new = YES_NO[old], YES_NO[new]
    return _words(name, old, new)


def _since(name, words):
    if name == "photo":
        return "La fiche a une autre photo que quand la proposition a été écrite."
    words = Truncator(words).chars(SINCE_LENGTH)
    return f"Quand la proposition a été écrite, la fiche disait : « {words} »"


# --- Kinds of fields ------------------------------------------------------------------------------------------------


def _words(name, old, new, *, marked=True):
    current, proposed = word_diff(old, new) if marked else (escape(old), escape(new))
    return Row(name, current, proposed, differs=old != new)


def _list(name, old, new, *, marked=True):
    """A field of several values, sorted by what becomes of each."""
    kept = [item for item in new if item in old]
    added = [item for item in new if item not in old]
    removed = [item for item in old if item not in new]
    proposed = _items(kept, added, "ins", "ajouté") if marked else _items(new)
    return Row(name, _items(kept, removed, "del", "retiré"), proposed, differs=bool(added or removed))


def _items(kept, changed=(), mark="", word=""):
    marked = format_html_join(
        "",
        '<li><{0}>{1}</{0}> <span class="etiquette" data-etat="a-voir">{2}</span></li>',
        ((mark, item, word) for item in changed),
    )
    items = format_html_join("", "<li>{}</li>", ((item,) for item in kept)) + marked
    return format_html("<ul>{}</ul>", items or mark_safe("<li>–</li>"))


def _photo(fiche, row, name):
    """The photo of a fiche, or of none, beside the one that waits in a row: a proposal or a request."""
    current, proposed = "", "une nouvelle photo"
    if row.is_awaiting and fiche and fiche.photo:
        url = reverse("admin:directory_coentrepreneur_photo", args=[fiche.pk])
        current = photo_tag(url, f"Photo actuelle de {fiche.name}")
    if row.photo:
        url = reverse(f"admin:directory_{row._meta.model_name}_photo", args=[row.pk])
        proposed = photo_tag(url, f"Photo proposée par {name}")
    return Row("photo", current, proposed)
