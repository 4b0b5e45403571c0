"""What an answer is made of: who takes part, and which references speak for them."""

from datetime import date

from django.db.models import Prefetch

from directory.models import Certification, CvEntry, Insurance, Participation, Reference

MOST_REFERENCES = 20
# Digits of a CPV code that two services share when they are of the same kind: its class.
CPV_CLASS = 4


def team_of(consultation):
    """Those who accepted and haven't left, the lead first, with what tells their experience and their labels."""
    return list(
        consultation.team.accepted()
        .select_related("co_entrepreneur__cv", "stands_in_for__co_entrepreneur")
        .prefetch_related(
            Prefetch("co_entrepreneur__cv__entries", CvEntry.objects.order_by("position", "pk")),
            Prefetch("co_entrepreneur__certifications", Certification.objects.select_related("label")),
        )
        .by_role()
    )


def references_of(consultation, team):
    """The references that speak for a team: those it chose, or else the first twenty that may be published.

    Returns:
        list[Reference]: see `possible_references`; one that was chosen and isn't possible any more is left out.
    """
    possible = possible_references(consultation, team)
    chosen = set(consultation.references.values_list("pk", flat=True))
    if chosen:
        return [reference for reference in possible if reference.pk in chosen]
    return [reference for reference in possible if reference.publishable][:MOST_REFERENCES]


def possible_references(consultation, team):
    """Every validated reference of a team: those of the last three years first, as buyers ask.

    Within them, the most alike first: of the same class of CPV code, then for a client of the same type.

    Args:
        consultation: a `Consultation`.
        team: what `team_of` gives.

    Returns:
        list[Reference]: with their clients and who took part.
    """
    classes = {code.pk[:CPV_CLASS] for code in consultation.cpv_codes.all()}
    taken_part = Participation.objects.filter(co_entrepreneur__in=[seat.co_entrepreneur_id for seat in team])
    references = (
        Reference.objects.validated()
        .filter(pk__in=taken_part.values("reference"))
        .select_related("client__department")
        .prefetch_related(
            "cpv_codes", Prefetch("participations", Participation.objects.select_related("co_entrepreneur"))
        )
    )

    def rank(reference):
        alike = classes & {code.pk[:CPV_CLASS] for code in reference.cpv_codes.all()}
        same_type = reference.client.type == consultation.buyer.type
        ends_on = reference.ends_on or date.max
        return (not reference.is_recent, not alike, not same_type, -ends_on.toordinal(), reference.pk)

    return sorted(references, key=rank)


def insurances_of(team):
    """What insures the cooperative, and those of the team for their own trade."""
    members = [seat.co_entrepreneur_id for seat in team]
    return list(Insurance.objects.covering(members).select_related("co_entrepreneur"))
