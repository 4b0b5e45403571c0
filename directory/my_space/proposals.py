"""What a proposal is made of: the public fields of a fiche, as JSON keeps them, as people read them, compared."""

import hashlib
import json
import re
from dataclasses import dataclass

from django.utils.text import capfirst

from directory.models import CoEntrepreneur, FicheProposal

WORDS = tuple(name for name in (*FicheProposal.PLAIN, *FicheProposal.PLAIN_CONTACT) if name != "nationwide")

# What an address may add at once: the departments of the largest region are fewer.
MOST_SUGGESTED, MOST_LETTERS = 20, 80


def content_of(fiche):
    """The fields that can be proposed, as the fiche says them: lists as sorted keys, the photo as its name."""
    content = {name: plain(getattr(fiche, name)) for name in WORDS}
    content["nationwide"] = fiche.nationwide
    content |= {name: keys_of(getattr(fiche, name).all()) for name in FicheProposal.LISTS}
    return content | {"photo": fiche.photo.name or ""}


def keys_of(rows):
    return sorted(row.pk for row in rows)


def differences(content, fiche_content):
    """The fields of `content` that the fiche says otherwise, whatever their ends of lines."""
    return {name: value for name, value in content.items() if plain(value) != fiche_content[name]}


def open_proposal(fiche):
    return fiche.proposals.awaiting().first()


def version_of(content, proposal=None):
    """What changes whenever one of these fields does, or the proposal that is open."""
    said = json.dumps([content, proposal.pk if proposal else None], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def label_of(name):
    return capfirst(getattr(CoEntrepreneur, name).field.verbose_name)


@dataclass
class Said:
    """A field, and what it says, in words."""

    name: str
    label: str
    words: str


def in_words(content):
    """What fields say, ready to be read, in the order of the fiche: a list of `Said`."""
    said = []
    for name in (name for name in FicheProposal.FIELDS if name in content):
        value = content[name]
        if name in FicheProposal.LISTS:
            words = " · ".join(str(row) for row in rows_of(name, value))
        elif name == "nationwide":
            words = "Oui" if value else "Non"
        elif name == "photo":
            words = "Une photo" if value else ""
        else:
            words = value
        said.append(Said(name, label_of(name), words))
    return said


def rows_of(name, keys):
    """What the keys of a list stand for; what was deleted since is left out."""
    return list(getattr(CoEntrepreneur, name).field.related_model.objects.filter(pk__in=keys))


def suggested(query):
    """What the address of the form adds to what the fiche says: lists of rows by field, and words for the offer.

    What isn't known is dropped, and nothing is kept until the form is sent.
    """
    rows = {}
    for name in FicheProposal.LISTS:
        keys = [key for key in query.getlist(name)[:MOST_SUGGESTED] if re.fullmatch(r"[0-9A-Z]{1,8}", key)]
        if name == "skills":
            keys = [key for key in keys if key.isdecimal()]
        rows[name] = rows_of(name, keys) if keys else []
    words = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", query.get("mot", "")).split())[:MOST_LETTERS]
    return rows, words


def plain(value):
    """A text as it compares: browsers send other ends of lines than spreadsheets."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
