"""What the home page of a member's space says: their fiche, what waits, and what each tool holds."""

from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from directory.doors import links
from directory.models import Consent, Consultation, Cv, FicheProposal, TeamMember

from .completeness import completeness_of
from .proposals import in_words

# By state of the last proposal: how it reads, and the look of its panel.
PROPOSAL_PANELS = {
    FicheProposal.State.SUBMITTED: ("Votre proposition attend une réponse", "panneau-info"),
    FicheProposal.State.ACCEPTED: ("Votre proposition est acceptée", "panneau-succes"),
    FicheProposal.State.PARTLY: ("Votre proposition est acceptée en partie", "panneau-attention"),
    FicheProposal.State.REFUSED: ("Votre proposition n’est pas reprise", "panneau-attention"),
    FicheProposal.State.CLOSED: ("Votre proposition est restée sans réponse", "panneau-attention"),
}


def context_of(fiche):
    """What `my_space/home.html` reads, for a fiche fetched `with_fiche()`."""
    cv = Cv.objects.filter(co_entrepreneur=fiche).first()
    proposal = fiche.proposals.select_related("decided_by__referent").first()
    listing_request = fiche.listing_requests.select_related("referent", "decided_by__referent").first()
    has_answer = listing_request is not None and (listing_request.is_open or listing_request.is_refused)
    return {
        "fiche": fiche,
        "completeness": completeness_of(fiche, cv=cv, proposal=proposal if proposal and proposal.is_awaiting else None),
        "proposal": proposal,
        "panel": _proposal_panel(proposal),
        "listing_request": listing_request,
        "shows_listing": has_answer or not fiche.is_published,
        "may_ask": not fiche.is_published and not (listing_request and listing_request.is_open),
        "status_url": links.LISTING_STATUS.path(listing_request) if listing_request else "",
        "won": Consultation.objects.won_without_reference(fiche),
        "deadlines": _deadlines_of(fiche),
        "tools": _tools(fiche, cv),
    }


def _proposal_panel(proposal):
    """The title, the look and the lines of what is said of a proposal; None without one, or once it is withdrawn."""
    if proposal is None or proposal.state not in PROPOSAL_PANELS:
        return None
    title, look = PROPOSAL_PANELS[proposal.state]
    return {"title": title, "look": look, "lines": [_told(proposal, field) for field in in_words(proposal.changes)]}


def _told(proposal, field):
    """A field that was proposed, and what became of it when the others had another fate."""
    if proposal.state != FicheProposal.State.PARTLY:
        return field.label
    return f"{field.label}, {'repris' if field.name in proposal.accepted_fields else 'pas repris'}"


def _deadlines_of(fiche):
    """The seats whose answer is still to be sent, the nearest deadline first."""
    return (
        fiche.team_seats.exclude(state=TeamMember.State.DECLINED)
        .filter(consultation__deadline__gt=timezone.now(), consultation__outcome="")
        .select_related("consultation__buyer")
        .order_by("consultation__deadline", "pk")
    )


def _tools(fiche, cv):
    """The tools of the space, each with what it holds, in words; `waits` for the one that wants an answer."""
    invitations = fiche.team_seats.filter(state=TeamMember.State.INVITED).count()
    return [
        {"url": reverse("my_space:cv"), "label": "Mon CV", "words": _cv_words(cv), "waits": False},
        {
            "url": reverse("my_space:portfolio"),
            "label": "Mes réalisations",
            "words": _portfolio_words(fiche),
            "waits": False,
        },
        {
            "url": reverse("references:list"),
            "label": "Mes références",
            "words": _reference_words(fiche),
            "waits": False,
        },
        {
            "url": reverse("tenders:register"),
            "label": "Consultations",
            "words": _tender_words(fiche, invitations),
            "waits": invitations > 0,
        },
    ]


def _cv_words(cv):
    if cv is None:
        return "À écrire."
    day = date_format(timezone.localtime(cv.updated_at), "j F Y")
    return f"À jour, relu le {day}." if cv.is_fresh else f"À relire : il date du {day}."


def _portfolio_words(fiche):
    count = fiche.portfolio_images.count()
    if not count:
        return "Pour montrer votre travail en images."
    shown = any(consent.item == Consent.Item.PORTFOLIO for consent in fiche.active_consents)
    return f"{count} image{pluralize(count)}{'' if shown else f', pas encore montrée{pluralize(count)}'}."


def _reference_words(fiche):
    count = fiche.references.count()
    return f"{count} référence{pluralize(count)}." if count else "Aucune pour le moment."


def _tender_words(fiche, invitations):
    if invitations:
        return f"{invitations} invitation{pluralize(invitations)} attend{pluralize(invitations, ',ent')} votre réponse."
    seats = fiche.team_seats.filter(state=TeamMember.State.ACCEPTED).count()
    return f"Vous êtes dans {seats} équipe{pluralize(seats)}." if seats else "Répondre à un marché, seul ou en équipe."
