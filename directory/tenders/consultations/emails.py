"""The mails of a consultation: who is told what. Each is queued in the transaction of the action that calls it."""

from crealead.mail import page_url, queue_mail_to

from .people import accepted, answering, contact, of_member, responsible


def tell_duplicate(consultation, other):
    """To the teams of both, and their référents: neither goes on before it has spoken."""
    for own, twin in ((consultation, other), (other, consultation)):
        for person in responsible(own):
            context = {"consultation": own, "other": twin, "url": page_url("tenders:detail", own.pk)}
            send(person, "tender_duplicate", context, answered_by=contact(twin))


def tell_settled(notice):
    """To the other team, what this one has said."""
    for person in responsible(notice.other):
        context = {"notice": notice, "url": page_url("tenders:detail", notice.other.pk)}
        send(person, "tender_duplicate_settled", context, answered_by=contact(notice.consultation))


def tell_won(consultation):
    """To those who took part: it is won, and a reference waits for one of them to propose it."""
    path = f"{page_url('references:add')}?consultation={consultation.pk}"
    for member in accepted(consultation):
        send(of_member(member), "tender_won", {"member": member, "consultation": consultation, "url": path})


def remind(seat, *, days):
    """To who accepted: the deadline is near."""
    left = f"Encore {days} jours" if days > 1 else "Dernier jour"
    context = {"seat": seat, "left": left, "url": page_url("tenders:detail", seat.consultation_id)}
    person = of_member(seat.co_entrepreneur)
    send(person, "tender_deadline", context, answered_by=answering(seat.consultation, person))


def send(person, template, context, *, answered_by=None):
    queue_mail_to(person, template=template, context=context | {"person": person}, answered_by=answered_by)
