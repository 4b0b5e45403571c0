"""The mails of a team: who is told what. Each is queued in the transaction of the action that calls it."""

from crealead.mail import page_url
from directory.doors import links
from directory.tenders.consultations.emails import send
from directory.tenders.consultations.people import answering, lead_of, of_member, told_in_place_of_lead


def invite(seat):
    """To who is asked in: the page where they answer."""
    lead = lead_of(seat.consultation)
    context = {
        "lead": lead if lead and lead.pk != seat.pk else None,
        "invitation_url": links.INVITATION.url(seat),
    }
    _to_seat(seat, "tender_invitation", context)


def tell_answered(seat):
    """To the lead, what someone invited answered; to who opened the consultation when the lead is the one who did."""
    lead = lead_of(seat.consultation)
    is_lead_told = lead and lead.pk != seat.pk
    people = [of_member(lead.co_entrepreneur)] if is_lead_told else told_in_place_of_lead(seat.consultation)
    for person in people:
        send(person, "tender_answered", {"seat": seat, "url": page_url("tenders:team", seat.consultation.pk)})


def tell_removed(seat):
    _to_seat(seat, "tender_removed", {})


def tell_role(seat):
    _to_seat(seat, "tender_role", {"url": page_url("tenders:detail", seat.consultation.pk)})


def _to_seat(seat, template, context):
    person = of_member(seat.co_entrepreneur)
    context = {"seat": seat, "consultation": seat.consultation, **context}
    send(person, template, context, answered_by=answering(seat.consultation, person))
