"""The facets of what was delivered: for whom, for how much, how lately. One same reference answers those chosen."""

from decimal import Decimal
from itertools import pairwise

from pyroaring import BitMap

from directory.models import PublicClient, Reference
from directory.models.reference import AMOUNT_BANDS, HIGHEST_BAND, RECENT, RECENT_YEARS

from .criteria import UNTIL, Facet, Term


class OfOneReference:
    """A facet whose values are those of a reference: its members hold one that meets its `companion` too."""

    companion_name = ""

    @property
    def companion(self):
        return self.parent.filters[self.companion_name]

    @property
    def is_joined(self):
        return self.companion.asks

    @property
    def asks(self):
        """Whether it asks anything of a reference."""
        return self.is_active

    def alone(self, term):
        """The fiches that hold a term, whatever the companion asks."""
        raise NotImplementedError

    def filter_alone(self, fiches):
        """Those of `fiches` that hold what is asked, whatever the companion asks."""
        return fiches & BitMap.union(BitMap(), *(self.alone(term) for term in self.asked))


class ClientFacet(OfOneReference, Facet):
    name = "client"
    title = "Type de client déjà servi"
    phrase = "ayant déjà servi : {}"
    array = "client_types"
    companion_name = "montant"

    @classmethod
    def terms(cls):
        return [Term(kind.value, kind.label, (f"{cls.name}:{kind.value}",)) for kind in PublicClient.Type]

    def alone(self, term):
        return self.index.members(term)

    def members(self, term):
        if not self.is_joined:
            return self.alone(term)
        return BitMap.union(BitMap(), *(self.index.holders(f"{tag}/{term.value}") for tag in self.companion.tags_asked))


class AmountFacet(OfOneReference, Facet):
    """The band of a published reference, where it is shown; `recentes` asks that this reference be recent.

    Alone, `recentes` asks for a recent reference, whatever its amount. Who holds a reference of a band holds
    `montant:<band>`, and `montant:recent:<band>` until its last recent day; `montant:recent` is for any band or none.
    After each, `/<type>` says for which type of client this same reference is.
    """

    name = "montant"
    title = "Montants déjà réalisés"
    phrase = "avec des références {}"
    # Where the reference must be for a type of client too.
    joined_phrase = "par des références {}"
    companion_name = "client"
    option = "recentes"

    @classmethod
    def terms(cls):
        limits = [int(limit) for limit, _ in AMOUNT_BANDS]
        values = [f"{low}-{high}" for low, high in pairwise([0, *limits])] + [str(limits[-1])]
        labels = [*(label for _, label in AMOUNT_BANDS), HIGHEST_BAND]
        bands = [
            Term(value, label, (f"{cls.name}:{band}",))
            for band, (value, label) in enumerate(zip(values, labels, strict=True))
        ]
        return [*bands, Term(cls.option, f"de moins de {RECENT}", (f"{cls.name}:recent",))]

    @classmethod
    def tags_sql(cls):
        limits = ", ".join(str(limit) for limit, _ in AMOUNT_BANDS)
        # The day before the one on which `Reference.is_recent` ceases: 29 February asks for both ways of reckoning.
        last_day = f"""greatest(ends_on + interval '{RECENT_YEARS} years' - interval '1 day',
                                 ends_on - interval '1 day' + interval '{RECENT_YEARS} years')::date"""
        return [
            f"""
            SELECT tag || coalesce('{UNTIL}' || nullif(last_day, 'infinity'), ''), {{keys}}
            FROM (
                SELECT part.co_entrepreneur_id, tag, max(last_day) AS last_day
                FROM document
                JOIN directory_participation AS part ON part.co_entrepreneur_id = document.co_entrepreneur_id
                JOIN (
                    SELECT directory_reference.id, coalesce({last_day}, 'infinity') AS recent_until,
                        CASE WHEN amount_shown = '{Reference.AmountShown.BAND}'
                            THEN width_bucket(amount, ARRAY[{limits}]::numeric[]) END AS band,
                        client.type
                    FROM directory_reference
                    JOIN directory_publicclient AS client ON client.id = client_id
                    WHERE publishable AND state = '{Reference.State.VALIDATED}'
                ) AS reference ON reference.id = part.reference_id
                CROSS JOIN LATERAL (VALUES
                    ('{cls.name}:' || band, 'infinity'::date),
                    ('{cls.name}:recent:' || band, recent_until),
                    ('{cls.name}:recent', recent_until),
                    ('{cls.name}:' || band || '/' || type, 'infinity'),
                    ('{cls.name}:recent:' || band || '/' || type, recent_until),
                    ('{cls.name}:recent/' || type, recent_until)
                ) AS held (tag, last_day)
                WHERE tag IS NOT NULL AND last_day >= current_date - 1
                GROUP BY part.co_entrepreneur_id, tag
            ) AS done
            GROUP BY tag, last_day"""
        ]

    @classmethod
    def recent(cls, index):
        """The term of recent references."""
        return index.vocabulary[cls.name][cls.option]

    @property
    def is_recent_asked(self):
        return any(term.value == self.option for term in self.value) or self.parent.need.asks_recent

    @property
    def asks(self):
        return self.is_active or self.parent.need.asks_recent

    @property
    def bands(self):
        return [term for term in self.value if term.value != self.option]

    @property
    def bounds(self):
        """The lowest amount of each band that is chosen, and where it ends; None for no end."""
        limits = [(low, high) for low, _, high in (term.value.partition("-") for term in self.bands)]
        return tuple((Decimal(low), Decimal(high) if high else None) for low, high in limits)

    @property
    def asked(self):
        return self.bands or self.value

    @property
    def tags_asked(self):
        """The tags of the references that are asked for, of whatever type of client."""
        if not self.bands:
            return [f"{self.name}:recent"]
        return [_recent(band) if self.is_recent_asked else band.tags[0] for band in self.bands]

    def alone(self, term):
        return self._holding(term, [""])

    def members(self, term):
        """Those who hold a band, by a recent reference if that is asked; under the option, as if it were asked."""
        return self._holding(term, [f"/{kind.value}" for kind in self.companion.value] if self.is_joined else [""])

    def _holding(self, term, endings):
        if term.value == self.option:
            tags = [_recent(band) for band in self.bands] or list(term.tags)
        else:
            tags = [_recent(term) if self.is_recent_asked else term.tags[0]]
        if endings == [""] and tuple(tags) == term.tags:
            # The index keeps those of a term: of « recentes » they are the union of as many days as there are.
            return self.index.members(term)
        return BitMap.union(BitMap(), *(self.index.holders(tag + ending) for tag in tags for ending in endings))

    @property
    def words(self):
        words = " ou ".join(band.label for band in self.bands)
        option = [term.label for term in self.value if term.value == self.option]
        return ", ".join(filter(None, [words, *option]))

    @property
    def sentence(self):
        # « des références de moins de 5 000 € »: only some labels begin so.
        phrase = self.joined_phrase if self.is_joined else self.phrase
        return f", {phrase.format(self.words if self.words.startswith('de ') else f'de {self.words}')}"


def _recent(term):
    """The tag of a band's recent references; that of any recent one is its own."""
    name, _, band = term.tags[0].partition(":")
    return term.tags[0] if band == "recent" else f"{name}:recent:{band}"
