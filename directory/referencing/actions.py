"""What happens to a request and to the box: each action is one transaction, with its mails and its history."""

from datetime import date

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from directory.models import AccessLink, CoEntrepreneur, Consent, PublicClient, Reference, ReferencingRequest
from directory.models.consent import CONSENT_TEXT_VERSION

from . import emails
from .errors import AlreadyDecided, Incomplete, NotYours
from .members import open_request

State = ReferencingRequest.State

DEPARTURE = "Départ de la coopérative"
PLAIN_CONTENT = ("headline", "public_offer", "nationwide", "served_clients", "consents", "word_to_referent")
LIST_CONTENT = ("skills", "cpv_codes", "departments")


@transaction.atomic
def send_access_link(*, email):
    """Mail a link that proves an address, known or not. A member's goes to the address as their fiche has it."""
    member = CoEntrepreneur.objects.present().with_address(email).first()
    link = AccessLink.objects.create(email=member.email if member else email)
    emails.send_access_link(link, known=member is not None)


@transaction.atomic
def submit(*, email, first_name, last_name, trade_name, referent, co_entrepreneur=None, content):
    """File a request, or send again the one whose changes were asked. Sending twice changes nothing.

    The address is verified. Without a fiche, the référent will create or attach one. `content` is what is proposed,
    keyed by the fields of `ReferencingRequest` in `PLAIN_CONTENT` and `LIST_CONTENT`.

    Returns:
        ReferencingRequest: the one that is open for this fiche or address.
    """
    with pghistory.context(reason="Demande envoyée par son auteur"):
        if co_entrepreneur:
            _withdraw_consents(co_entrepreneur, kept=content["consents"])
        request = _open_request(email, co_entrepreneur)
        again = request is not None
        if again and request.state == State.SUBMITTED:
            return request
        request = request or ReferencingRequest(email=email)
        request.first_name, request.last_name, request.trade_name = first_name, last_name, trade_name
        request.referent = referent
        request.co_entrepreneur = co_entrepreneur or request.co_entrepreneur
        for name in PLAIN_CONTENT:
            setattr(request, name, content[name])
        request.consent_text_version = CONSENT_TEXT_VERSION
        request.state, request.submitted_at, request.reminded_days = State.SUBMITTED, timezone.now(), 0
        request.decided_by = request.decided_at = None
        try:
            with transaction.atomic():
                request.save()
        except IntegrityError:
            # The same person sent it from another tab at the same instant: theirs is the request.
            if other := _open_request(email, co_entrepreneur):
                return other
            raise
        for name in LIST_CONTENT:
            getattr(request, name).set(content[name])
        emails.tell_submitted(request, again=again)
    return request


@transaction.atomic
def accept(*, request_pk, by, comment="", co_entrepreneur=None):
    """Apply what was proposed to the fiche, and tick the box.

    References to clients already served are recorded unpublished: the référent publishes each once its client agrees.
    A fiche that is given is attached to a request that has none yet.

    Raises:
        NotYours, AlreadyDecided: see `errors`.
        Incomplete: when there is no fiche, or when it lacks something.
    """
    request = _awaiting(request_pk, by)
    if request.has_no_fiche and co_entrepreneur:
        _attach(request, by, co_entrepreneur.pk)
    if request.has_no_fiche:
        raise Incomplete(["une fiche : créez-la, ou rattachez celle qui existe"])
    with _history(by, "Demande de référencement acceptée", comment):
        fiche = _locked_fiche(request.co_entrepreneur_id)
        references = _apply(request, fiche)
        _check_complete(fiche)
        _list(fiche)
        request.co_entrepreneur = fiche
        _decide(request, by, State.ACCEPTED, comment)
        emails.tell_accepted(request, references=references)
    return request


@transaction.atomic
def ask_for_changes(*, request_pk, by, comment):
    """Send the request back to its author, with what to change.

    Raises:
        NotYours, AlreadyDecided: see `errors`.
        Incomplete: without a comment.
    """
    request = _awaiting(request_pk, by)
    if not comment.strip():
        raise Incomplete(["un commentaire, qui dit ce qu’il faut compléter"])
    with _history(by, "Compléments demandés", comment):
        _decide(request, by, State.CHANGES_ASKED, comment)
        emails.tell_changes_asked(request)
    return request


@transaction.atomic
def refuse(*, request_pk, by, reason, comment=""):
    """Close the request without listing, for a `ReferencingRequest.RefusalReason`.

    Raises:
        NotYours, AlreadyDecided: see `errors`.
        Incomplete: without one of the reasons, or for another reason that isn't told.
    """
    request = _awaiting(request_pk, by)
    if reason not in ReferencingRequest.RefusalReason.values:
        raise Incomplete(["la raison du refus"])
    if reason == ReferencingRequest.RefusalReason.OTHER and not comment.strip():
        raise Incomplete(["un commentaire, qui dit l’autre raison"])
    with _history(by, "Demande de référencement refusée", comment):
        request.refusal_reason = reason
        _decide(request, by, State.REFUSED, comment)
        emails.tell_refused(request)
    return request


@transaction.atomic
def withdraw(*, request_pk):
    """Close the request as its author wishes.

    Raises:
        AlreadyDecided: when it isn't open any more.
    """
    request = _locked_request(request_pk)
    if not request.is_open:
        raise AlreadyDecided(outcome(request))
    with pghistory.context(reason="Demande retirée par son auteur"):
        request.state = State.WITHDRAWN
        request.save(update_fields=["state"])
        emails.tell_withdrawn(request)
    return request


@transaction.atomic
def create_fiche(*, request_pk, by):
    """Create the fiche that a request lacks, from what it says, and attach it.

    Returns:
        CoEntrepreneur: followed by the request's référent, not listed.

    Raises:
        NotYours, AlreadyDecided: see `errors`.
        Incomplete: when a fiche has the same address.
    """
    request = _awaiting(request_pk, by)
    if not request.has_no_fiche:
        return request.co_entrepreneur
    if CoEntrepreneur.objects.filter(email__iexact=request.email).exists():
        raise Incomplete(["une adresse nouvelle : une fiche porte déjà celle-ci, rattachez-la plutôt"])
    with _history(by, "Fiche créée pour une demande de référencement"):
        fiche = CoEntrepreneur.objects.create(
            first_name=request.first_name,
            last_name=request.last_name,
            trade_name=request.trade_name,
            email=request.email,
            referent=request.referent,
            headline=request.headline,
            public_offer=request.public_offer,
        )
        request.co_entrepreneur = fiche
        request.save(update_fields=["co_entrepreneur"])
    return fiche


@transaction.atomic
def attach_fiche(*, request_pk, by, co_entrepreneur_pk):
    """Attach a fiche that exists to a request that has none.

    Raises:
        NotYours, AlreadyDecided: see `errors`; the fiche must be one's own too.
        Incomplete: when the fiche has another request open.
    """
    request = _awaiting(request_pk, by)
    with _history(by, "Fiche rattachée à une demande de référencement"):
        _attach(request, by, co_entrepreneur_pk)
    return request


@transaction.atomic
def tick(*, co_entrepreneur_pk, by, reason):
    """Tick the box, and tell the co-entrepreneur that their fiche is public. A ticked one stays as it is.

    Raises:
        NotYours: see `errors`.
        Incomplete: with what the fiche lacks.
    """
    fiche = _own_fiche(co_entrepreneur_pk, by)
    if fiche.client_public:
        return fiche
    _check_complete(fiche)
    with _history(by, reason):
        _list(fiche)
        emails.tell_listed(fiche)
    return fiche


@transaction.atomic
def untick(*, co_entrepreneur_pk, by, reason):
    """Untick the box, and tell the co-entrepreneur. An unticked one stays as it is.

    Nobody, `by=None`, is the daily job, which unticks those who left: their référent is told too.

    Raises:
        NotYours: see `errors`.
    """
    fiche = _own_fiche(co_entrepreneur_pk, by)
    if not fiche.client_public:
        return fiche
    with _history(by, reason):
        fiche.client_public = False
        fiche.save(update_fields=["client_public"])
        if by is None:
            emails.tell_departed(fiche)
        else:
            emails.tell_unlisted(fiche, reason=reason)
    return fiche


@transaction.atomic
def leave_catalogue(*, co_entrepreneur_pk, word=""):
    """Untick the box as the person themselves asks, and tell their référent; an unticked one stays as it is.

    A request that is open is withdrawn with it: accepting it later would list them again. `word` is for the référent.
    """
    known = CoEntrepreneur.objects.get(pk=co_entrepreneur_pk)
    # The request before the fiche, as whoever decides locks them.
    request = _open_request(known.email, known)
    fiche = _locked_fiche(co_entrepreneur_pk)
    if not fiche.client_public:
        return fiche
    with pghistory.context(member=fiche.pk, reason="Retrait du catalogue demandé par la personne"):
        fiche.client_public = False
        fiche.save(update_fields=["client_public"])
        if request:
            request.state = State.WITHDRAWN
            request.save(update_fields=["state"])
        emails.tell_left_catalogue(fiche, word=word, request_withdrawn=request is not None)
    return fiche


def outcome(request):
    """What became of a request, as a sentence: who decided what, and when."""
    if request.state == State.SUBMITTED:
        return "Cette demande attend une décision."
    if request.state == State.WITHDRAWN:
        return "Cette demande a été retirée par son auteur : rien n’a changé."
    done = {
        State.ACCEPTED: "Cette demande a été acceptée",
        State.REFUSED: "Cette demande a été refusée",
        State.CHANGES_ASKED: "Des compléments ont été demandés",
    }[request.state]
    when = date_format(timezone.localtime(request.decided_at), "j F Y à H\\hi")
    return f"{done} par {_name(request.decided_by)} le {when} : rien n’a changé."


# --- The rows, locked --------------------------------------------------------------------------------------------


def _locked_request(pk):
    """The row alone: one that is joined would be read as it stood before the lock was waited for."""
    return ReferencingRequest.objects.select_for_update().get(pk=pk)


def _locked_fiche(pk):
    return CoEntrepreneur.objects.select_for_update().get(pk=pk)


def _awaiting(pk, by):
    """The request, locked, once it is sure that this user may decide on it and that it waits for a decision."""
    request = _locked_request(pk)
    if not request.decidable_by(by):
        raise NotYours("Cette demande est suivie par une autre personne.")
    if request.state != State.SUBMITTED:
        raise AlreadyDecided(outcome(request))
    return request


def _own_fiche(pk, by):
    fiche = _locked_fiche(pk)
    if by is not None and not _follows(by, fiche):
        raise NotYours("Cette fiche est suivie par une autre personne.")
    return fiche


def _open_request(email, fiche):
    """The open request of this fiche, or else of this address, locked; None when there is none."""
    mine = ReferencingRequest.objects.open().filter(co_entrepreneur=fiche).first() if fiche else None
    found = mine or open_request(email)
    return _locked_request(found.pk) if found else None


# --- What decisions have in common -------------------------------------------------------------------------------


def _decide(request, by, state, comment):
    request.state, request.comment = state, comment.strip()
    request.decided_by, request.decided_at = by, timezone.now()
    request.save(update_fields=["state", "comment", "refusal_reason", "decided_by", "decided_at"])


def _follows(user, fiche):
    return user.is_active and (user.is_superuser or (fiche.referent is not None and fiche.referent.user_id == user.pk))


def _attach(request, by, fiche_pk):
    fiche = _locked_fiche(fiche_pk)
    if fiche.referent is None:
        fiche.referent = request.referent
        fiche.save(update_fields=["referent"])
    elif not _follows(by, fiche):
        raise NotYours("Cette fiche est suivie par une autre personne.")
    if fiche.referencing_requests.open().exclude(pk=request.pk).exists():
        raise Incomplete(["une fiche sans autre demande : celle-ci en a déjà une, ouverte"])
    request.co_entrepreneur = fiche
    request.save(update_fields=["co_entrepreneur"])


def _check_complete(fiche):
    if missing := fiche.missing_for_listing():
        raise Incomplete(missing)


def _list(fiche):
    """Tick the box; a fiche that is listed already keeps its date."""
    if not fiche.client_public:
        fiche.client_public, fiche.listed_since = True, timezone.localdate()
        fiche.save(update_fields=["client_public", "listed_since"])


def _apply(request, fiche):
    """Write what was proposed on the fiche.

    Returns:
        list[Reference]: the references created, unpublished.
    """
    fiche.headline, fiche.public_offer, fiche.nationwide = request.headline, request.public_offer, request.nationwide
    fiche.save(update_fields=["headline", "public_offer", "nationwide"])
    for name in LIST_CONTENT:
        getattr(fiche, name).set(getattr(request, name).all())
    _give_consents(request, fiche)
    served = [_reference(fiche, served, year_otherwise=request.submitted_at.year) for served in request.served_clients]
    return [reference for reference, created in served if created]


def _reference(fiche, served, *, year_otherwise):
    client = PublicClient.objects.filter(name__iexact=served["name"], type=served["type"]).first()
    client = client or PublicClient.objects.get_or_create(name=served["name"], type=served["type"])[0]
    known = fiche.references.filter(client=client, subject__iexact=served["subject"]).first()
    if known:
        return known, False
    year = served.get("year") or year_otherwise
    return Reference.objects.create(
        co_entrepreneur=fiche,
        client=client,
        subject=served["subject"],
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
    ), True


def _withdraw_consents(fiche, *, kept):
    """A consent that is no longer ticked ends at once, whatever becomes of the request."""
    fiche.consents.active().exclude(item__in=kept).update(withdrawn_at=timezone.now())


def _give_consents(request, fiche):
    """Record what was ticked, to the words that were read then; what was withdrawn since stays withdrawn."""
    for item in request.consents:
        if fiche.consents.filter(item=item, withdrawn_at__gt=request.submitted_at).exists():
            continue
        active = fiche.consents.active().filter(item=item)
        if active.filter(text_version=request.consent_text_version).exists():
            continue
        active.update(withdrawn_at=timezone.now())
        Consent.objects.create(
            co_entrepreneur=fiche,
            item=item,
            text_version=request.consent_text_version,
            given_at=request.submitted_at,
        )


def _history(by, reason, comment=""):
    """The context that the history keeps beside each change: who and why."""
    reason = f"{reason} : {comment.strip()}" if comment.strip() else reason
    return pghistory.context(user=by.pk if by else None, reason=reason)


def _name(user):
    referent = getattr(user, "referent", None)
    return referent.name if referent else user.get_full_name() or user.get_username()
