"""What happens to accounts, and to who follows whom: each action is one transaction, with its mails and its history."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from directory.decisions import NotYours, Refused, by_user
from directory.models import CoEntrepreneur, ListingRequest, Referent
from directory.rights import accounts_with_role, hands_over, may_take

from . import emails

# Made by migration 0004, with the permissions that go with it.
REFERENTS_GROUP = "Référents"


@transaction.atomic
def send_password_link(*, email):
    """Mail a link to choose a password to each account that has this address and a role; nothing to anybody else."""
    for user in accounts_with_role().filter(email__iexact=email).select_related("referent"):
        # The database takes « ı » for « i », which count as two addresses where sendings are counted.
        if user.email.casefold() == email.casefold():
            emails.send_password_link(user)


@transaction.atomic
def invite_referent(*, first_name, last_name, email, phone, by):
    """Make a référent, with the account that goes with it, and mail an invitation to choose a password.

    An account that has this address becomes a référent's; one that is a référent's already is left as it is.

    Returns:
        Referent
    """
    # Two clicks make one: whoever invites waits for who did before.
    group = Group.objects.select_for_update().get(name=REFERENTS_GROUP)
    user = get_user_model().objects.filter(email__iexact=email).select_related("referent").first()
    if referent := getattr(user, "referent", None):
        return referent
    if user is None:
        user = get_user_model()(username=_free_username(first_name, last_name), email=email)
        user.first_name, user.last_name = first_name, last_name
        user.set_unusable_password()
    user.is_staff = True
    user.save()
    user.groups.add(group)
    referent = Referent.objects.create(user=user, name=f"{first_name} {last_name}", phone=phone)
    emails.invite(user, by=by)
    return referent


@transaction.atomic
def invite_again(*, referent, by):
    """Mail the invitation anew, with a link that serves."""
    emails.invite(referent.user, by=by)


@transaction.atomic
def take_on(*, co_entrepreneur_pk, by):
    """Follow someone whom nobody follows, and tell them. Whoever follows them already is left as they are.

    Raises:
        NotYours: when who acts is no référent.
        Refused: when somebody else follows them, or when they sent a request to somebody else.
        CoEntrepreneur.DoesNotExist
    """
    requests, fiches = _locked([co_entrepreneur_pk])
    if not fiches:
        raise CoEntrepreneur.DoesNotExist
    [fiche] = fiches
    referent = getattr(by, "referent", None)
    if referent is not None and fiche.referent_id == referent.pk:
        return fiche
    if fiche.referent_id is not None:
        raise Refused(f"{fiche.name} : cette fiche est suivie par {fiche.referent}.")
    if not may_take(by, fiche):
        raise NotYours("Seul un référent suit des co-entrepreneurs.")
    elsewhere = Referent.objects.active().exclude(pk=referent.pk).in_bulk([row.referent_id for row in requests])
    for chosen in elsewhere.values():
        raise Refused(f"{fiche.name} : sa demande de référencement attend {chosen}, que cette personne a choisi.")
    with by_user(by, "Fiche sans référent, prise en charge"):
        _follow(fiche, requests, referent)
        emails.tell_followed([fiche], by=referent)
    return fiche


@transaction.atomic
def hand_over(*, co_entrepreneur_pks, to, by):
    """Give fiches, with the requests that are open on them, to another référent; tell both, and whose fiches they are.

    Proposals and references go where their fiche goes: who follows it decides on them.

    Returns:
        list[CoEntrepreneur]: those that changed hands; what was the référent's already stays as it is.

    Raises:
        NotYours: when who acts is no administrator.
        Refused: when `to` can't be mailed.
    """
    if not hands_over(by):
        raise NotYours("Seule l’administration confie des fiches à un autre référent.")
    if not Referent.objects.active().filter(pk=to.pk).exists():
        raise Refused(f"{to} n’a pas de compte ouvert avec une adresse : choisissez quelqu’un d’autre.")
    requests, fiches = _locked(co_entrepreneur_pks)
    given, former = [], {}
    for fiche in fiches:
        requests_of_fiche = [row for row in requests if row.co_entrepreneur_id == fiche.pk]
        if fiche.referent_id == to.pk and all(row.referent_id == to.pk for row in requests_of_fiche):
            continue
        given.append(fiche)
        # Who decides on the request may be another than who follows the fiche.
        for referent_id in {fiche.referent_id, *(row.referent_id for row in requests_of_fiche)} - {None, to.pk}:
            former.setdefault(referent_id, []).append(fiche)
        with by_user(by, f"Suivi confié à {to}"):
            _follow(fiche, requests_of_fiche, to)
    if given:
        emails.tell_received(to, given, by=by)
        emails.tell_followed(given, by=to)
    for referent in Referent.objects.active().filter(pk__in=former).select_related("user"):
        emails.tell_given(referent, former[referent.pk], to=to, by=by)
    return given


@transaction.atomic
def tell_changed_hands(*, former, by):
    """What `hand_over` does beside, for fiches whose référent was changed by a form or an import.

    Their open requests go along; those who follow them now, those who did and the persons are told, each once.

    Args:
        former: the key of who followed each, or None, by the key of the fiche.
        by: the account that did it.
    """
    requests, fiches = _locked(list(former))
    changed = [fiche for fiche in fiches if fiche.referent_id != former[fiche.pk]]
    referents = Referent.objects.select_related("user").in_bulk({*former.values(), *(f.referent_id for f in changed)})
    given, taken = {}, {}
    for fiche in changed:
        if to := referents.get(fiche.referent_id):
            given.setdefault(to, []).append(fiche)
            _follow(fiche, [row for row in requests if row.co_entrepreneur_id == fiche.pk], to)
        if from_whom := referents.get(former[fiche.pk]):
            taken.setdefault((from_whom, to), []).append(fiche)
    for to, rows in given.items():
        emails.tell_received(to, rows, by=by)
        emails.tell_followed(rows, by=to)
    for (from_whom, to), rows in taken.items():
        if from_whom.user.is_active and to:
            emails.tell_given(from_whom, rows, to=to, by=by)


@transaction.atomic
def name_stand_in(*, stand_in, by):
    """Save who stands in for a référent, and from when to when; tell both, but for who does it."""
    stand_in.save()
    emails.tell_stand_in(stand_in, by=by)


@transaction.atomic
def cancel_stand_in(*, stand_in, by):
    """Delete one that hasn't begun, and tell both, but for who does it.

    Raises:
        Refused: once it has begun, the history needs it.
    """
    if stand_in.has_begun:
        raise Refused("Ce remplacement a commencé : avancez plutôt sa fin.")
    emails.tell_stand_in(stand_in, by=by, cancelled=True)
    stand_in.delete()


def _locked(co_entrepreneur_pks):
    """The open requests of these fiches, then the fiches, as whoever decides locks them; in one order for all."""
    requests = ListingRequest.objects.open().filter(co_entrepreneur__in=co_entrepreneur_pks)
    requests = list(requests.order_by("pk").select_for_update())
    fiches = list(CoEntrepreneur.objects.filter(pk__in=co_entrepreneur_pks).order_by("pk").select_for_update())
    return requests, fiches


def _follow(fiche, requests, referent):
    """Write who follows a fiche, and decides on what is open on it."""
    fiche.referent = referent
    fiche.save(update_fields=["referent"])
    for listing_request in requests:
        listing_request.referent = referent
        listing_request.save(update_fields=["referent"])


def _free_username(first_name, last_name):
    """« claire.fabre », with a number when it is taken."""
    wanted = ".".join(filter(None, map(slugify, (first_name, last_name)))) or "referent"
    wanted = wanted[:140]
    taken = {
        username.lower()
        for username in get_user_model().objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    }
    candidates = [wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
