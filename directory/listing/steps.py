"""Where a request stands, as its author reads it: a title, and the steps behind and ahead."""

from dataclasses import dataclass

from crealead.words import moment
from directory.models import ListingRequest

State = ListingRequest.State

TITLES = {
    State.SUBMITTED: "Votre demande est entre de bonnes mains",
    State.CHANGES_ASKED: "Votre demande est à compléter",
    State.ACCEPTED: "Votre demande est acceptée",
    State.REFUSED: "Votre demande n’est pas acceptée",
    State.WITHDRAWN: "Votre demande est retirée",
    State.CLOSED: "Votre demande est close sans réponse",
}


@dataclass
class Step:
    """A step of a request.

    Attributes:
        state: « fait », « courant » or « avenir », as the style sheet says it.
        line: what is said of it, or an empty string.
        heard: what only a screen reader says after the line.
        comment: the référent's word, in a panel of this `look`.
        is_awaited: whether everything waits for this step.
    """

    title: str
    state: str
    line: str = ""
    heard: str = ""
    comment: str = ""
    look: str = ""
    is_awaited: bool = False


def steps_of(listing_request):
    """The steps, in order: the sending, what was corrected of it, then what followed and what will."""
    sent = Step("Demande envoyée", "fait", f"Le {moment(listing_request.submitted_at)}.", "Étape passée.")
    return [sent, *_corrected(listing_request), *FOLLOWING[listing_request.state](listing_request)]


def _corrected(listing_request):
    """What its author corrected since the last sending, as the history keeps it: one step for all."""
    if listing_request.corrected_at is None:
        return []
    events = listing_request.events.filter(corrected_at__gte=listing_request.submitted_at)
    corrections = sorted(set(events.values_list("corrected_at", flat=True)))
    moments = dict.fromkeys(map(moment, corrections or [listing_request.corrected_at]))
    return [Step("Demande corrigée", "fait", f"Corrigée le {', puis le '.join(moments)}.", "Étape passée.")]


def _submitted(listing_request):
    return [
        Step(
            "Lecture par votre référent",
            "courant",
            f"{listing_request.referent.name} a reçu votre demande.",
            "Étape en cours.",
            is_awaited=True,
        ),
        Step("Réponse", "avenir", "Elle vous parviendra par courriel, et se lira ici."),
    ]


def _changes_asked(listing_request):
    return [
        Step(
            "Compléments demandés",
            "courant",
            f"Le {moment(listing_request.decided_at)}.",
            "Étape en cours.",
            comment=listing_request.comment,
            look="panneau-attention",
            is_awaited=True,
        ),
        Step("Réponse", "avenir", "Après votre nouvel envoi."),
    ]


def _withdrawn(_listing_request):
    return [Step("Demande retirée", "courant", "Par vous. Vous pouvez en faire une nouvelle quand vous voulez.")]


def _closed(listing_request):
    when = moment(listing_request.decided_at)
    return [Step("Demande close", "courant", f"Le {when}, après trop d’attente. Vous pouvez en faire une nouvelle.")]


def _decided(listing_request):
    title, state, reason = "Acceptée", "fait", ""
    if listing_request.is_refused:
        title, state = "Refusée", "courant"
        reason = f" La raison : {told}." if (told := listing_request.refusal_told) else ""
    line = f"Le {moment(listing_request.decided_at)}.{reason}"
    return [
        Step("Lue par votre référent", "fait"),
        Step(title, state, line, comment=listing_request.comment, look="panneau-info"),
    ]


FOLLOWING = {
    State.SUBMITTED: _submitted,
    State.CHANGES_ASKED: _changes_asked,
    State.WITHDRAWN: _withdrawn,
    State.CLOSED: _closed,
    State.ACCEPTED: _decided,
    State.REFUSED: _decided,
}
