"""Who answers for a consultation, and how to reach them."""

from directory.models import CoEntrepreneur
from directory.models.author import email_of
from directory.recipients import Person, people_of


def lead_of(consultation):
    """The seat of who leads, with their référent, or None."""
    return consultation.team.leading().select_related("co_entrepreneur__referent__user").first()


def accepted(consultation):
    """The co-entrepreneurs who said yes and are still here."""
    return CoEntrepreneur.objects.filter(pk__in=consultation.team.accepted().values("co_entrepreneur"))


def opener(consultation):
    """Who opened it."""
    if consultation.author_member:
        return of_member(consultation.author_member)
    referent = getattr(consultation.author_user, "referent", None)
    return Person(consultation.author_name, email_of(consultation.author_user), referent.phone if referent else "")


def contact(consultation):
    """Who to speak with: the lead, or who opened it as long as nobody leads."""
    lead = lead_of(consultation)
    return of_member(lead.co_entrepreneur) if lead else opener(consultation)


def answering(consultation, person):
    """Who answers this person about it: whom to speak with, or nobody else when it is them."""
    other = contact(consultation)
    return None if other == person else other


def responsible(consultation):
    """Who leads, who opened, and their référents, with who stands in for those today: each address once, if any."""
    lead = lead_of(consultation)
    members = [member for member in (lead and lead.co_entrepreneur, consultation.author_member) if member]
    people = [*told_in_place_of_lead(consultation), *map(of_member, members)]
    people += [person for member in members if member.referent for person in people_of(member.referent.user)]
    return list({person.email.lower(): person for person in people if person.email}.values())


def told_in_place_of_lead(consultation):
    """Who is told what the lead would be, while nobody leads: who opened it, or who is told for their account."""
    if consultation.author_member:
        return [of_member(consultation.author_member)]
    return people_of(consultation.author_user)


def of_member(co_entrepreneur):
    return Person(co_entrepreneur.name, co_entrepreneur.email, co_entrepreneur.phone)
