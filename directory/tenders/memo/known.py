"""What a memo knows by itself: the prompts of a trame that the consultation, its team and the cooperative answer."""

from django.conf import settings
from django.utils import timezone

from crealead.words import day, moment
from directory.models import TeamMember

from .text import fill

Role = TeamMember.Role


def known_of(consultation):
    """The answers by prompt, in lower case; administrators may write these prompts in any trame. Some are empty."""
    seats = list(consultation.team.accepted().select_related("co_entrepreneur").order_by("invited_at", "pk"))
    lead = next((seat.co_entrepreneur for seat in seats if seat.role == Role.LEAD), None)
    stand_in = next((seat.co_entrepreneur for seat in seats if seat.role == Role.STAND_IN), None)
    cooperative = settings.COOPERATIVE
    return {
        "objet de la consultation": consultation.subject,
        "référence de la consultation": consultation.reference,
        "acheteur": consultation.buyer.name,
        "lot": consultation.lot,
        "date limite": moment(consultation.deadline),
        "date de remise des offres": day(timezone.localdate(consultation.deadline)),
        "fin du marché": day(consultation.contract_ends_on),
        "lieux d’exécution": ", ".join(str(department) for department in consultation.departments.all()),
        "pilote": lead.name if lead else "",
        "téléphone": lead.phone if lead else "",
        "adresse électronique": lead.email if lead else "",
        "prénom et nom du suppléant": stand_in.name if stand_in else "",
        "équipe": ", ".join(seat.co_entrepreneur.name for seat in seats),
        "nom de la coopérative": cooperative["name"],
        "adresse de la coopérative": cooperative["address"],
        "téléphone de la coopérative": cooperative["phone"],
        "adresse électronique de la coopérative": cooperative["email"],
    }


def filled(consultation, parts):
    """The same sections, unsaved, with what is known by now: a lead who accepted since the memo began is in it."""
    known = known_of(consultation)
    for part in parts:
        part.title, part.body = fill(part.title, known), fill(part.body, known)
    return parts


def parts_of(consultation):
    """The sections of a memo, as `filled` gives them."""
    return filled(consultation, list(consultation.memo_parts.all()))
