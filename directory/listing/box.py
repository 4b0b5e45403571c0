"""What changing the box of a fiche would do, said before; and the reasons that are most often given."""

from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.timezone import localtime

from crealead.words import day
from directory.models import ListingRequest
from directory.privacy.actions import objections

# Proposed where a reason is typed, and changed there at will.
REASONS = (
    "Son offre s’adresse à des clients publics : vu avec la personne.",
    "Présentée à l’atelier client public.",
    "Fiche complétée et relue.",
)


def with_open_request(fiches):
    """Among these fiches, the keys of those whose request is open, attached or only from the same address."""
    fiches = list(fiches)
    requests = ListingRequest.objects.open().annotate(address=Lower("email"))
    attached = requests.filter(co_entrepreneur__in=fiches).values_list("co_entrepreneur", flat=True)
    addresses = set(
        requests.filter(co_entrepreneur=None, address__in=[fiche.email.lower() for fiche in fiches]).values_list(
            "address", flat=True
        )
    )
    return set(attached) | {fiche.pk for fiche in fiches if fiche.email.lower() in addresses}


def must_agree(fiche):
    """Why the person must say themselves that they come back to the catalogue, as a sentence; empty when they needn't.

    They objected, or left the catalogue themselves, and haven't asked to be there since.
    """
    if objection := objections.of_fiche(fiche):
        return f"Cette personne {objection.get_kind_display()} le {day(objection.on)}."
    fall = _last_fall(fiche)
    by_themselves = fall and fall.pgh_context and fall.pgh_context.metadata.get("member") == fiche.pk
    agreements = fiche.listing_agreements.filter(agrees=True)
    if by_themselves and not agreements.filter(answered_at__gt=fall.pgh_created_at).exists():
        return f"Cette personne a quitté le catalogue d’elle-même le {day(localtime(fall.pgh_created_at))}."
    return ""


def asked_sentence(fiche, why):
    """What becomes of a box that waits for the person's agreement."""
    return f"{why} Un courriel demande son accord à {fiche.email} : sa fiche n’entre au catalogue que si elle le donne."


def foreseen(fiche, *, tick, has_request=False):
    """What becomes of a fiche whose box changes, in sentences; it isn't so yet."""
    if not tick:
        return f"Quittera le catalogue. Un courriel le dira à {fiche.email}."
    if why := must_agree(fiche):
        return asked_sentence(fiche, why)
    sentences = [f"Entrera dans le catalogue. Un courriel le dira à {fiche.email}."]
    if lacks := fiche.missing_for_buyers():
        sentences.append(f"Les acheteurs y chercheront {', '.join(lacks)}.")
    if has_request:
        sentences.append("Sa demande de référencement sera close, sans que ce qu’elle propose soit repris.")
    return " ".join(sentences)


def departure_sentence(fiche, *, listed):
    """What the day of a departure does to a fiche that is in the catalogue; an empty string when it does nothing."""
    if not (listed and fiche.departed_on):
        return ""
    if fiche.is_departed:
        when = "La fiche n’est plus montrée dès maintenant, et la case tombera cette nuit"
    else:
        when = f"La fiche quittera le catalogue le {date_format(fiche.departed_on, 'j F Y')}"
    referent = f" et {fiche.referent.name}" if fiche.referent else ""
    return f"{when} : un courriel le dira alors à {fiche.name}{referent}."


def standing_of(fiche):
    """Whether the fiche is in the catalogue, since when, and why not, as one sentence."""
    if fiche.is_published:
        return f"Au catalogue depuis le {day(fiche.listed_since)}."
    if fiche.is_departed:
        return f"Pas au catalogue : départ de la coopérative le {day(fiche.departed_on)}."
    fall = _last_fall(fiche)
    if not fall:
        why = "la case « client public » n’a jamais été cochée"
    else:
        why = f"la case « client public » est décochée depuis le {day(localtime(fall.pgh_created_at))}"
        if reason := fall.pgh_context and fall.pgh_context.metadata.get("reason"):
            why = f"{why}, motif : « {reason} »"
    lacks = fiche.missing_for_listing()
    return f"Pas au catalogue : {why}." + (f" Pour l’y mettre, il manque {', '.join(lacks)}." if lacks else "")


def _last_fall(fiche):
    """The event by which the box fell, with its context; None while it is ticked, or was never."""
    events = fiche.events.order_by("pgh_id")
    last_ticked = events.filter(client_public=True).last()
    return last_ticked and events.filter(pgh_id__gt=last_ticked.pgh_id).select_related("pgh_context").first()
