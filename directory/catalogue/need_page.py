"""What a buyer tells the cooperative of a search: the need as typed and as read, the filters as a sentence."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crealead.words import counted

from .list_page import read_as, understood
from .search_urls import list_url, search_url

# How long the page that says that a message left can be opened.
SAID_FOR = 24 * 3600
SALT = "catalogue.need"
RECEIPT = "recu"


@dataclass(frozen=True)
class Told:
    """A search as the cooperative reads it.

    `typed` is the need in the buyer's words, `parts` how they were parted, `readings` what was made of them; `filters`
    are the other criteria in one sentence, `found` how many answer, `path` where the search is.
    """

    typed: str
    parts: list[str]
    readings: list[str]
    filters: str
    found: str
    path: str
    # The same, without what is kept: what a mail carries.
    url: str

    @property
    def says_something(self):
        return bool(self.typed or self.filters)

    @property
    def as_message(self):
        """What the form holds before anything is typed."""
        return "\n\n".join(filter(None, [self.typed, self.filters]))


def told(search):
    """The `Told` of a `CatalogueFilter`."""
    filters = "".join(criterion.sentence for criterion in search.active if criterion.field_name != "q")
    filters = filters.removeprefix(", ")
    return Told(
        search.values["q"],
        [part.label for part in read_as(search)],
        understood(search),
        f"{filters[:1].upper()}{filters[1:]}." if filters else "",
        counted(search.total, "fiche", "fiches") if search.total else "aucune fiche",
        list_url(search),
        settings.SITE_URL + search_url(search),
    )


def sent_url(search, now):
    """The page that says that the message of a search left at this moment, with what proves it."""
    receipt = urlencode({RECEIPT: signing.dumps(now.timestamp(), salt=SALT)})
    query = search.query_string
    return f"{reverse('catalogue:need_sent')}{query}{'&' if query else '?'}{receipt}"


def left_at(token):
    """When the message of a receipt left, in seconds; None for what isn't one, or is too old to be opened again."""
    try:
        return signing.loads(token, salt=SALT, max_age=SAID_FOR)
    except signing.BadSignature:
        return None
