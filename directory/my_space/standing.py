"""Whether a fiche is in the catalogue: the reason that decides, since when, and who can change it."""

from dataclasses import dataclass

from django.db.models import Q, Subquery
from django.utils import timezone

from crealead.words import day
from directory.decisions import Actors
from directory.models import ListingRequest


@dataclass(frozen=True)
class Standing:
    """Where a fiche stands towards the catalogue, in a sentence each; `may_ask` where only the person can begin."""

    is_visible: bool
    reason: str
    who: str
    may_ask: bool = False

    @property
    def word(self):
        return "Oui" if self.is_visible else "Non"

    @property
    def hook(self):
        return "yes" if self.is_visible else "no"

    @property
    def look(self):
        return "panneau-succes" if self.is_visible else "panneau-attention"


WRITTEN = r"\S"
# Who reads it, as the subject of « peut »: the person themselves, or who follows them.
YOU, THEM = "Vous pouvez", "La personne peut"


def standing_of(fiche, person=THEM):
    """The `Standing` of a fiche, today, told to `YOU` or of `THEM`."""
    if fiche.is_departed:
        return Standing(
            False,
            f"la fiche n’est plus montrée depuis le {day(fiche.departed_on)}, jour du départ de la coopérative.",
            f"Si cette date est fausse, {_referent(fiche)} peut la corriger.",
        )
    if fiche.client_public:
        until = f" ; elle en sortira le {day(fiche.departed_on)}, jour du départ" if fiche.departed_on else ""
        return Standing(
            True,
            f"la fiche est au catalogue depuis le {day(fiche.listed_since)}{until}.",
            f"{_capital(_referent(fiche))} peut l’en retirer. {person} aussi le quitter, depuis « Mon espace ».",
        )
    requests = ListingRequest.objects.of_fiche(fiche).select_related("referent").order_by("-submitted_at")
    last = requests.first()
    if last and last.is_open:
        return _of_open_request(last, person)
    return _of_unticked(fiche, last, person)


def _of_open_request(listing_request, person):
    if listing_request.is_to_complete:
        return Standing(
            False,
            f"des compléments ont été demandés le {day(timezone.localdate(listing_request.decided_at))}.",
            f"{person} compléter la demande, depuis « Mon espace ».",
            may_ask=True,
        )
    name = listing_request.referent.name
    return Standing(
        False,
        f"la demande de référencement attend {name} depuis le {day(timezone.localdate(listing_request.submitted_at))}.",
        f"{name} peut y répondre.",
    )


def _of_unticked(fiche, last, person):
    event = _ended(fiche, Q(client_public=True))
    refused_at = last.decided_at if last and last.is_refused else None
    if event and not (refused_at and refused_at > event.pgh_created_at):
        since = day(timezone.localdate(event.pgh_created_at))
        context = event.pgh_context.metadata if event.pgh_context else None
        if (context or {}).get("member") == fiche.pk:
            return Standing(
                False,
                f"la personne que montre la fiche a elle-même quitté le catalogue le {since}.",
                f"{person} demander à y revenir ; personne d’autre ne le fera.",
                may_ask=True,
            )
        name = Actors([context]).name(context)
        by = f" par {name}" if name else ""
        return Standing(
            False,
            f"la case « client public » a été décochée le {since}{by}{_why(context)}.{_lacking(fiche)}",
            f"{_capital(_referent(fiche))} peut la cocher de nouveau. {person} aussi le demander.",
            may_ask=True,
        )
    if refused_at:
        return Standing(
            False,
            f"la demande de référencement a été refusée le {day(timezone.localdate(refused_at))} : "
            f"{last.refusal_told[0].lower()}{last.refusal_told[1:]}.",
            f"{person} en faire une nouvelle, et {_referent(fiche)} l’accepter.",
            may_ask=True,
        )
    if fiche.referent_id is None:
        since = _since(fiche, Q(referent__isnull=False))
        return Standing(
            False,
            f"personne ne suit la fiche, {since} : nul ne peut donc cocher la case « client public ».",
            "Un référent peut la suivre, ou la coopérative la confier à l’un d’eux.",
        )
    if not fiche.public_offer.strip():
        return Standing(
            False,
            f"l’offre aux clients publics n’est pas écrite, {_since(fiche, Q(public_offer__regex=WRITTEN))}.",
            f"{person} l’écrire en demandant le référencement, et {_referent(fiche)} l’accepter.",
            may_ask=True,
        )
    since = _since(fiche, Q(client_public=True))
    asked = "aucune demande n’attend" if last or fiche.listed_since else "personne n’a encore demandé le référencement"
    return Standing(
        False,
        f"la case « client public » n’est pas cochée, {since} : {asked}.",
        f"{person} le demander, et {_referent(fiche)} cocher la case.",
        may_ask=True,
    )


def _ended(fiche, held):
    """The event of the history in which what this condition says of the fiche ended last; None when it never held."""
    last = fiche.events.filter(held).order_by("-pgh_id").values("pgh_id")[:1]
    return fiche.events.filter(pgh_id__gt=Subquery(last)).select_related("pgh_context").order_by("pgh_id").first()


def _since(fiche, held):
    """Since when a condition doesn't hold, in words."""
    event = _ended(fiche, held)
    if event:
        return f"depuis le {day(timezone.localdate(event.pgh_created_at))}"
    return f"depuis sa création, le {day(timezone.localdate(fiche.created_at))}"


def _why(context):
    reason = (context or {}).get("reason") or ""
    return f" (« {reason} »)" if reason else ""


def _lacking(fiche):
    missing = fiche.missing_for_listing()
    return f" Il manque aujourd’hui {' et '.join(missing)}." if missing else ""


def _referent(fiche):
    return fiche.referent.name if fiche.referent else "la coopérative"


def _capital(words):
    return words[:1].upper() + words[1:]
