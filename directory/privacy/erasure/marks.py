"""Who is erased: the marks of a person, and the words that name them."""

from dataclasses import replace

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from directory.models import CoEntrepreneur, FormerSlug, Referent
from directory.models.author import name_of
from directory.privacy.map import ENTRIES
from directory.privacy.vocabulary import Sought
from directory.privacy.wording import Wording
from directory.search.lexicon import is_french

from .own import address_of, rows_of_person

# A word shorter than this may be anybody's, or a code.
SHORTEST_RARE = 4


class Marks:
    """What is known of a person, completed by what their fiches, accounts and former states say.

    Attributes:
        sought: the marks given, with the fiches and the accounts of their addresses, and the addresses of these.
        fiches, accounts: their keys, as sets.
        names: their whole names that nobody else bears.
        logins: what they sign in with.
        everywhere: the wording that names them wherever it stands.
        in_searches: the same in what was typed to search, where a rare word of their name is enough.
        in_tenders: the same in the consultations that they took part in, where their marque and last name mean them.
    """

    def __init__(self, sought: Sought):
        self.sought = _completed(sought)
        self.fiches, self.accounts = set(self.sought.fiches), set(self.sought.accounts)
        self._read_names()

    def has_address(self, address):
        return bool(address) and address.lower() in self.sought.emails

    def _read_names(self):
        """What names the person: everywhere, and in the consultations that they took part in, where more is meant."""
        fiches = CoEntrepreneur.objects.select_for_update().filter(pk__in=self.fiches).order_by("pk")
        states = [*fiches, *CoEntrepreneur.pgh_event_model.objects.filter(pgh_obj__in=self.fiches)]
        users = get_user_model().objects.filter(pk__in=self.accounts).select_related("referent").order_by("pk")
        accounts = list(users)
        names = {f"{one.first_name} {one.last_name}".strip() for one in [*states, *accounts]}
        names |= {name_of(account) for account in accounts} | set(self.sought.names)
        names |= {f"{one.last_name} {one.first_name}".strip() for one in [*states, *accounts]}
        names |= {_last_first(name) for name in names}
        names = {name for name in names if " " in name and not self._is_anothers(name)}
        self.names, self.logins = names, {account.username for account in accounts}
        slugs = {state.slug for state in states if state.slug}
        slugs |= set(FormerSlug.objects.filter(co_entrepreneur__in=self.fiches).values_list("slug", flat=True))
        phones = {state.phone for state in states} | set(self.sought.phones)
        phones |= {account.referent.phone for account in accounts if hasattr(account, "referent")}
        phones = {phone for phone in phones if phone and not self._is_shared(phone=phone)}
        known = {*names, *self.sought.emails, *slugs}
        lasts = {state.last_name for state in states if self._is_theirs_alone(state.last_name)}
        marques = {state.trade_name for state in states if " " in state.trade_name or not is_french(state.trade_name)}
        sites = {state.website for state in states if not self._is_shared(website=state.website)}
        people = {account.last_name for account in accounts} | {word for name in names for word in name.split()}
        rare = lasts | {word for word in people if self._is_theirs_alone(word)}
        rare |= {part for word in rare for part in word.split("-")}
        # A search that goes without need is a line less in a count.
        rare = {word for word in rare if len(word) >= SHORTEST_RARE and not is_french(word)}
        self.in_searches = Wording(known | rare, phones)
        self.everywhere = Wording(known, phones)
        self.in_tenders = Wording(known | marques | sites | lasts, phones)

    def _is_anothers(self, name):
        """Whether somebody else has this name too: nothing is masked by it."""
        return (
            _named(name, CoEntrepreneur.objects.exclude(pk__in=self.fiches))
            or _named(name, get_user_model().objects.exclude(pk__in=self.accounts))
            or Referent.objects.exclude(user__in=self.accounts).filter(name__iexact=name).exists()
            or self._is_written_by_another(Sought(names=(name,)))
        )

    def _is_written_by_another(self, mark):
        """Whether who wrote, or is written to, from another address has this mark too."""
        return any(
            entry.rows_of(mark).exclude(pk__in=rows_of_person(entry, replace(self.sought, **_given(mark)))).exists()
            for entry in ENTRIES
            if address_of(entry) and not entry.history_of and entry.table is not CoEntrepreneur
        )

    def _is_shared(self, **mark):
        """Whether another has this phone or this site too: the cooperative's, maybe."""
        [(name, value)] = mark.items()
        others = CoEntrepreneur.objects.exclude(pk__in=self.fiches).filter(**mark).exists()
        return (
            others
            or value == settings.COOPERATIVE.get(name)
            or (name == "phone" and self._is_written_by_another(Sought(phones=(value,))))
            or (name == "phone" and Referent.objects.exclude(user__in=self.accounts).filter(**mark).exists())
        )

    def _is_theirs_alone(self, last_name):
        others = CoEntrepreneur.objects.exclude(pk__in=self.fiches).filter(last_name__iexact=last_name)
        return bool(last_name) and not is_french(last_name) and not others.exists()


def _completed(sought):
    """The same, with the fiches and the accounts that have these addresses, and all the addresses that these had."""
    events, fiches = CoEntrepreneur.pgh_event_model.objects, set(sought.fiches)
    users, accounts = get_user_model().objects, set(sought.accounts)
    of_the_gone = ~Exists(CoEntrepreneur.objects.filter(pk=OuterRef("pgh_obj")))
    for email in sought.emails:
        fiches |= set(CoEntrepreneur.objects.filter(email__iexact=email).values_list("pk", flat=True))
        fiches |= set(events.filter(of_the_gone, email__iexact=email).values_list("pgh_obj", flat=True))
        accounts |= set(users.filter(email__iexact=email).values_list("pk", flat=True))
    for name in sought.names:
        whole = events.alias(whole_name=Concat("first_name", Value(" "), "last_name"))
        fiches |= set(whole.filter(of_the_gone, whole_name__iexact=name).values_list("pgh_obj", flat=True))
    emails = {email.lower() for email in sought.emails}
    had = {email.lower() for email in events.filter(pgh_obj__in=fiches).values_list("email", flat=True) if email}
    # A former address may be somebody else's by now.
    emails |= {email for email in had if not _has_another(email, fiches)}
    for rows in (CoEntrepreneur.objects.filter(pk__in=fiches), users.filter(pk__in=accounts)):
        emails |= {email.lower() for email in rows.values_list("email", flat=True) if email}
    return replace(sought, fiches=tuple(sorted(fiches)), accounts=tuple(sorted(accounts)), emails=tuple(sorted(emails)))


def _given(mark):
    return {kind: getattr(mark, kind) for kind in ("names", "phones") if getattr(mark, kind)}


def _last_first(name):
    *firsts, last = name.split() or [""]
    return " ".join([last, *firsts])


def _has_another(email, fiches):
    others = CoEntrepreneur.objects.exclude(pk__in=fiches)
    return others.filter(email__iexact=email).exists() or get_user_model().objects.filter(email__iexact=email).exists()


def _named(name, rows):
    """Whether one of these rows has this first name and this last name."""
    whole = Concat("first_name", Value(" "), "last_name")
    return rows.alias(whole_name=whole).filter(whole_name__iexact=name).exists()
