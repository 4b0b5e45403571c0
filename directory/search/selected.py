"""The fiches that an address keeps: `f`, as many times as there are; the same wherever it travels."""

import re

import django_filters
from django import forms
from django.db.models.functions import Lower

from directory.models import CoEntrepreneur, FormerSlug
from directory.models.co_entrepreneur import SLUG_LENGTH
from directory.models.sourcing_record import MOST_KEPT


class OfOneSearch:
    """A field that each search makes for itself: its form need not copy it, which costs more than reading it."""

    def __deepcopy__(self, _memo):
        return self


# How many one selection holds: as many as a record.
KEPT = MOST_KEPT
SLUG = re.compile(rf"[-a-zA-Z0-9_]{{1,{SLUG_LENGTH}}}")


def kept_slugs(values):
    """The slugs of these words, in lower case, each once, in order.

    Returns:
        tuple: the `KEPT` first; how many words can't be slugs; the slugs that came after.
    """
    slugs = list(dict.fromkeys(value.lower() for value in values if SLUG.fullmatch(value)))
    unknown = sum(1 for value in values if value and not SLUG.fullmatch(value))
    return slugs[:KEPT], unknown, slugs[KEPT:]


def owners_of(slugs):
    """Whose these slugs in lower case are, or were before a name changed: by slug, in their order, published or not."""
    owners = {
        fiche.lower_slug: fiche
        for fiche in CoEntrepreneur.objects.annotate(lower_slug=Lower("slug")).filter(lower_slug__in=slugs)
    }
    if former := set(slugs) - set(owners):
        rows = FormerSlug.objects.annotate(lower_slug=Lower("slug")).filter(lower_slug__in=former)
        owners |= {row.lower_slug: row.co_entrepreneur for row in rows.select_related("co_entrepreneur")}
    return {slug: owners[slug] for slug in slugs if slug in owners}


class KeptField(OfOneSearch, forms.Field):
    """A list of slugs; whether they are anyone's is for who shows them."""

    widget = forms.MultipleHiddenInput
    dropped = []

    def clean(self, value):
        return kept_slugs(value or [])[0]


class KeptFilter(django_filters.Filter):
    """What is kept travels with the search, and narrows nothing."""

    field_class = KeptField
