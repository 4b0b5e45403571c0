"""Where two writings of a request differ, in words: what a page would write over, what a correction changed."""

from dataclasses import dataclass

from django.db.models import ForeignKey
from django.utils.text import capfirst

from directory.models import Consent, ListingRequest, PublicClient

WHO = ("first_name", "last_name", "trade_name")
LISTS = ("skills", "cpv_codes", "departments")
# In the order of the form; the first ones after who, which only some forms have.
NAMES = (
    *(*WHO, "referent", "headline", "public_offer", "skills", "cpv_codes", "typed_cpv_codes"),
    *("nationwide", "departments", "served_clients", "phone", "website", "photo", "consents", "word_to_referent"),
)
# What the form has beside the request.
LABELS = {"typed_cpv_codes": "D’autres codes CPV"}
SERVED = ("name", "type", "subject", "year")


@dataclass
class Difference:
    """A field that two writings don't say alike.

    Attributes:
        before, after: what it says in each, ready to be read; empty for nothing.
    """

    name: str
    label: str
    before: str
    after: str


def differences(before, after):
    """Where two dicts of values differ, as `content_of` has them or as a form does; a list of `Difference`."""
    names = [name for name in NAMES if name in before and name in after]
    return [
        Difference(name, label_of(name), words(name, before[name]), words(name, after[name]))
        for name in names
        if _compared(before[name]) != _compared(after[name])
    ]


def content_of(listing_request):
    """What a request says, lists as keys, the photo as its name."""
    names = (name for name in NAMES if name not in {*LISTS, *LABELS, "referent"})
    content = {name: getattr(listing_request, name) for name in names}
    lists = {name: [row.pk for row in getattr(listing_request, name).all()] for name in LISTS}
    return content | lists | {"photo": listing_request.photo.name or ""}


def keyed(content):
    """What `actions.submit` expects, as `content_of` has it; without a photo when it stays as it is."""
    lists = {name: [row.pk for row in content[name]] for name in LISTS}
    return {name: value for name, value in (content | lists).items() if value is not None}


def label_of(name):
    return LABELS.get(name) or capfirst(_field(name).verbose_name)


def words(name, value):  # noqa: PLR0911 a line for each kind of field
    """A value of this field as people read it, whatever it is worth."""
    if name == "photo":
        return "Une photo" if value else ""
    if name == "nationwide":
        return "Oui" if value else "Non"
    if name == "served_clients":
        return " · ".join(_served(row) for row in value or [])
    if name == "consents":
        return " · ".join(label for item, label in Consent.Item.choices if item in (value or []))
    if name in LISTS:
        keys = set(_compared(value))
        return " · ".join(str(row) for row in _field(name).related_model.objects.all() if str(row.pk) in keys)
    if name in LABELS or not isinstance(_field(name), ForeignKey):
        return str(value or "")
    return next((str(row) for row in _field(name).related_model.objects.all() if str(row.pk) == _compared(value)), "")


def _served(row):
    kinds = dict(PublicClient.Type.choices)
    said = [str(row.get(name) or "") for name in SERVED]
    return ", ".join(kinds.get(part, part) for part in said if part)


def _compared(value):
    """A value as it compares, whether it comes from the database or from a page."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return tuple(_compared(value.get(name)) for name in SERVED)
    if isinstance(value, (list, tuple)):
        return sorted(map(_compared, value))
    return " ".join(str(getattr(value, "pk", value) or "").split())


def _field(name):
    return ListingRequest._meta.get_field(name)  # noqa: SLF001
