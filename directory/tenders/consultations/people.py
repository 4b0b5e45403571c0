"""Who answers for a consultation, and how to reach them."""

from dataclasses import dataclass

from directory.models import CoEntrepreneur, TeamMember


@dataclass(frozen=True)
class Person:
    """Someone to write to."""

    name: str
    email: str


def lead_of(consultation):
    """The seat of who leads, with their référent, or None."""
    return (
        consultation.team.filter(role=TeamMember.Role.LEAD)
        .exclude(state=TeamMember.State.DECLINED)
        .select_related("co_entrepreneur__referent__user")
        .first()
    )


def accepted(consultation):
    """The co-entrepreneurs who said yes and are still here."""
    seats = consultation.team.filter(state=TeamMember.State.ACCEPTED)
    return CoEntrepreneur.objects.present().filter(pk__in=seats.values("co_entrepreneur"))


def opener(consultation):
    """Who opened it."""
    if consultation.author_member:
        return of_member(consultation.author_member)
    return Person(consultation.author_name, consultation.author_user.email)


def contact(consultation):
    """Who to speak with: the lead, or who opened it as long as nobody leads."""
    lead = lead_of(consultation)
    return of_member(lead.co_entrepreneur) if lead else opener(consultation)


def responsible(consultation):
    """Who leads, who opened, and their référents, with who stands in for those today: each address once."""
    lead = lead_of(consultation)
    members = [member for member in (lead and lead.co_entrepreneur, consultation.author_member) if member]
    people = [opener(consultation), *map(of_member, members)]
    referents = [member.referent for member in members if member.referent]
    for referent in referents:
        people += [Person(person.name, person.email) for person in (referent, *referent.deputies())]
    return list({person.email.lower(): person for person in people}.values())


def of_member(co_entrepreneur):
    return Person(co_entrepreneur.name, co_entrepreneur.email)
