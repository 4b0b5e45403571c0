"""The mails of an answer: who is told what. Each is queued in the transaction of the action that calls it."""

from crealead.mail import page_url
from directory.models import CoEntrepreneur
from directory.tenders.consultations.emails import send
from directory.tenders.consultations.people import accepted, answering, lead_of, of_member, told_in_place_of_lead


def tell_dropped(consultation, kit):
    """To the lead, or to who opened the consultation while nobody leads: what the kit held has changed."""
    lead = lead_of(consultation)
    people = [of_member(lead.co_entrepreneur)] if lead else told_in_place_of_lead(consultation)
    for person in people:
        context = {"consultation": consultation, "kit": kit, "url": page_url("tenders:kit", consultation.pk)}
        send(person, "tender_kit_dropped", context)


def tell_sent(answer, *, people, but):
    """To the team, and to those of whom something was sent: to whom, when, and what of theirs.

    Args:
        answer: what was kept.
        people: by the name of a file made by the house, the keys of those whom it tells of.
        but: the co-entrepreneur who sent it, or None.
    """
    consultation = answer.consultation
    team = set(accepted(consultation).values_list("pk", flat=True))
    told = CoEntrepreneur.objects.present().filter(pk__in=team.union(*people.values()))
    for member in told.exclude(pk=but.pk if but else None):
        context = {
            "consultation": consultation,
            "answer": answer,
            "member": member,
            "files": [name for name, pks in people.items() if member.pk in pks],
            "url": page_url("tenders:detail", consultation.pk) if member.pk in team else "",
            "privacy_url": page_url("pages:privacy"),
        }
        person = of_member(member)
        send(person, "tender_sent", context, answered_by=answering(consultation, person))
