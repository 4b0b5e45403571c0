"""What a buyer keeps, as an address says it: the only reader of `/selection/?f=slug&f=slug`."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from crealead.words import day
from directory.models import CoEntrepreneur
from directory.privacy.actions import objections
from directory.search.facets import NO_BOXES
from directory.search.filters import CatalogueFilter
from directory.search.selected import kept_slugs, owners_of

# How many are set side by side; the others kept are listed below.
COMPARED = 12
# Of who left the cooperative, or objects: neither who, nor when.
NOBODYS = "Une fiche gardée"
# Of a search, what says nothing of what is needed.
NOT_OF_A_NEED = {"tri": "", "graine": "", **NO_BOXES}


@dataclass(frozen=True)
class Gone:
    """A fiche that was kept and isn't in the catalogue any more: who, and since which day if it is known."""

    name: str
    since: date | None


class Selection:
    """The fiches of an address, and the search that they come from, whatever the `QueryDict` holds.

    `fiches` are the published ones, in the order of the address, each with all that a fiche shows; `gone` those that
    left the catalogue; `unknown` how many words were dropped, of which `unknown_slugs` are slugs; `too_many` how many
    came after the `KEPT` first. `left` are the slugs of nobody's fiche, `renamed` those of before, each with its own
    of today.
    """

    def __init__(self, parameters, index=None):
        slugs, self.unknown, self._after = kept_slugs(parameters.getlist("f"))
        self.too_many = len(self._after)
        self.search = CatalogueFilter(parameters, index)
        owner_of = owners_of(slugs)
        owners = dict.fromkeys(owner_of.values())
        self.left, self.renamed, self.unknown_slugs = [], {}, []
        published = CoEntrepreneur.objects.published().with_fiche()
        published = published.in_bulk([fiche.pk for fiche in owners if fiche.is_published])
        self.fiches = [published[fiche.pk] for fiche in owners if fiche.pk in published]
        gone = []
        for slug in slugs:
            fiche = owner_of.get(slug)
            is_former = fiche is not None and slug != fiche.slug.lower()
            if fiche is None or not fiche.listed_since:
                # Never shown, or erased: nothing says that it was.
                self.unknown += 1
                self.unknown_slugs.append(slug)
                self.left.append(slug)
            elif fiche.pk in published:
                self.renamed |= {slug: fiche.slug} if is_former else {}
            else:
                self.left.append(slug)
                # A name that someone had before isn't tied to the one that they have.
                gone.append((fiche, slug if is_former else fiche.name))
        withdrawn = objections.withdrawn_among([fiche.pk for fiche, _ in gone])
        self.gone = [
            Gone(NOBODYS, None) if fiche.pk in withdrawn else Gone(name, gone_since(fiche)) for fiche, name in gone
        ]

    @property
    def slugs(self):
        return [fiche.slug for fiche in self.fiches]

    @cached_property
    def refused(self):
        """The published fiches among those that came after the `KEPT` first; of the others nothing is told."""
        published = self.search.index.published
        return [fiche for fiche in dict.fromkeys(owners_of(self._after).values()) if fiche.pk in published]

    @cached_property
    def query(self):
        """« f=…&f=… »: the fiches alone, one way of writing for all the ways of asking for them."""
        return self.query_of(self.slugs)

    @staticmethod
    def query_of(slugs):
        return urlencode([("f", slug) for slug in slugs])

    def url_of(self, slugs, **changes):
        """The address of the page of these fiches, in this order, for the same search but for some `changes`."""
        query = self.search.url_without(f="", **NOT_OF_A_NEED, **changes).removeprefix("?").removeprefix(".")
        query = "&".join(filter(None, [self.query_of(slugs), query]))
        return reverse("sourcing:selection") + (f"?{query}" if query else "")

    @property
    def url(self):
        return self.url_of(self.slugs)

    @property
    def url_without_words(self):
        """The same, which holds nothing that was typed: for the mailbox of somebody else."""
        return self.url_of(self.slugs, q="", exact="")


def gone_words(name, since):
    """What is said of who left the catalogue, without a full stop: who, and since which day if it is known."""
    return f"{name} n’est plus au catalogue" + (f" depuis le {day(since)}" if since else "")


def gone_since(fiche):
    """The day when it left the catalogue, by its history; None when that isn't kept any more."""
    events = fiche.events.order_by("pgh_created_at", "pgh_id")
    shown = events.filter(client_public=True).last()
    hidden = shown and events.filter(pgh_id__gt=shown.pgh_id, client_public=False).first()
    days = [timezone.localdate(hidden.pgh_created_at)] if hidden else []
    if fiche.is_departed:
        days.append(fiche.departed_on)
    return min(days, default=None)
