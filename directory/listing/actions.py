"""What happens to a request and to the box: each action is one transaction, with its mails and its history."""

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.decisions import AlreadyDecided, Incomplete, by_member, by_user
from directory.models import CoEntrepreneur, Departure, ListingAgreement, ListingRequest, Objection
from directory.privacy.actions import Sought, objections

from . import emails, rows
from .box import must_agree
from .content import apply, say, say_lists, withdraw_consents
from .differences import content_of, differences, keyed

State = ListingRequest.State

DEPARTURE = "Départ de la coopérative"
# Why, as the history of a fiche and of its request keeps it.
FICHE_MADE = "Fiche créée pour une demande de référencement"


@transaction.atomic
def submit(*, email, first_name, last_name, trade_name, referent=None, co_entrepreneur=None, content):
    """File a request, or send again the one whose changes were asked. Sending twice changes nothing.

    The address is verified. Without a fiche, the référent will create or attach one. `referent` is the one that its
    author chose; without a choice, who holds it already decides, or else who follows the fiche. `content` is what is
    proposed, keyed by the fields that `content.PLAIN_CONTENT` and `LIST_CONTENT` name; its `photo` is the name of a
    stored one, an empty string for none any more, or None to keep what is there.

    Returns:
        ListingRequest: the one that is open for this fiche or address.
    """
    with pghistory.context(reason="Demande envoyée par son auteur"):
        # The request first, as whoever decides locks it before what it changes.
        listing_request = rows.open_request(email, co_entrepreneur)
        if co_entrepreneur:
            withdraw_consents(co_entrepreneur, kept=content["consents"])
        # Who asks to be listed takes back what they said before.
        objections.lift(Sought(fiches=(co_entrepreneur.pk,) if co_entrepreneur else (), emails=(email,)))
        again = listing_request is not None
        if again and listing_request.state == State.SUBMITTED:
            return listing_request
        listing_request = listing_request or ListingRequest(email=email)
        say(listing_request, first_name, last_name, trade_name, content)
        listing_request.referent = referent or rows.holder(listing_request, co_entrepreneur)
        listing_request.co_entrepreneur = co_entrepreneur or listing_request.co_entrepreneur
        listing_request.corrected_at = None
        listing_request.state, listing_request.submitted_at, listing_request.reminded_days = (
            State.SUBMITTED,
            timezone.now(),
            0,
        )
        listing_request.decided_by = listing_request.decided_at = None
        try:
            with transaction.atomic():
                listing_request.save()
        except IntegrityError:
            # The same person sent it from another tab at the same instant: theirs is the request.
            if other := rows.open_request(email, co_entrepreneur):
                return other
            raise
        say_lists(listing_request, content)
        emails.tell_submitted(listing_request, again=again)
    return listing_request


@transaction.atomic
def correct(*, request_pk, first_name, last_name, trade_name, content):
    """Write again, as its author wishes, a request on which nobody has decided; it keeps its place. See `submit`.

    Whoever is about to decide is told at once, and must read it again; its author gets what changed. Nothing happens
    when nothing does.

    Raises:
        AlreadyDecided: when it waits no more.
    """
    listing_request = ListingRequest.objects.select_for_update().get(pk=request_pk)
    if not listing_request.is_awaiting:
        raise AlreadyDecided(listing_request.outcome)
    with pghistory.context(reason="Demande corrigée par son auteur"):
        if listing_request.co_entrepreneur:
            withdraw_consents(listing_request.co_entrepreneur, kept=content["consents"])
        former = content_of(listing_request)
        who = {"first_name": first_name, "last_name": last_name, "trade_name": trade_name}
        changes = differences(former, who | keyed(content))
        if not changes:
            return listing_request
        say(listing_request, first_name, last_name, trade_name, content)
        listing_request.corrected_at = timezone.now()
        listing_request.save()
        say_lists(listing_request, content)
        emails.tell_corrected(listing_request, changes=changes)
    return listing_request


@transaction.atomic
def accept(*, request_pk, by, seen=None, comment=""):
    """Apply what was proposed to the fiche, and tick the box.

    References to clients already served are recorded unpublished: the référent publishes each once its client agrees.
    `seen` is the `version` of the request that was read, if one was.

    Raises:
        NotYours, AlreadyDecided, Stale: see `directory.decisions`.
        Incomplete: when there is no fiche, or when it lacks something.
    """
    listing_request = rows.awaiting_request(request_pk, by, seen)
    if listing_request.has_no_fiche:
        raise Incomplete(["une fiche : créez-la, ou rattachez celle qui existe"])
    with by_user(by, "Demande de référencement acceptée", comment):
        fiche = rows.locked_fiche(listing_request.co_entrepreneur_id)
        if objections.of_fiche(fiche):
            raise Incomplete(["l’accord de la personne : elle s’est opposée depuis sa demande"])
        references = apply(listing_request, fiche)
        rows.check_complete(fiche)
        rows.list_fiche(fiche)
        listing_request.co_entrepreneur = fiche
        rows.decide(listing_request, by, State.ACCEPTED, comment)
        emails.tell_accepted(listing_request, references=references)
    return listing_request


@transaction.atomic
def ask_for_changes(*, request_pk, by, comment, seen=None):
    """Send the request back to its author, with what to change.

    Raises:
        NotYours, AlreadyDecided, Stale: see `directory.decisions`.
        Incomplete: without a comment.
    """
    listing_request = rows.awaiting_request(request_pk, by, seen)
    if not comment.strip():
        raise Incomplete(["un commentaire, qui dit ce qu’il faut compléter"])
    with by_user(by, "Compléments demandés", comment):
        rows.decide(listing_request, by, State.CHANGES_ASKED, comment)
        emails.tell_changes_asked(listing_request)
    return listing_request


@transaction.atomic
def refuse(*, request_pk, by, reason, seen=None, comment=""):
    """Close the request without listing, for a `ListingRequest.RefusalReason`.

    One that was sent back to its author may be too: they may never answer.

    Raises:
        NotYours, AlreadyDecided, Stale: see `directory.decisions`.
        Incomplete: without one of the reasons, or for another reason that isn't told.
    """
    listing_request = rows.awaiting_request(request_pk, by, seen, even_sent_back=True)
    if reason not in ListingRequest.RefusalReason.values:
        raise Incomplete(["la raison du refus"])
    if reason == ListingRequest.RefusalReason.OTHER and not comment.strip():
        raise Incomplete(["un commentaire, qui dit l’autre raison"])
    with by_user(by, "Demande de référencement refusée", comment):
        listing_request.refusal_reason = reason
        rows.drop_photo(listing_request)
        rows.decide(listing_request, by, State.REFUSED, comment)
        emails.tell_refused(listing_request)
    return listing_request


@transaction.atomic
def pass_on(*, request_pk, by, referent, word=""):
    """Give a request to another référent, who decides from now on; its fiche, if any, keeps its own.

    It waits for a decision, or for what its author was asked, who sends it to them. Both they and the author are told.
    `word` is for the colleague.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Incomplete: when that référent has it already, or can't decide.
    """
    listing_request = rows.awaiting_request(request_pk, by, even_sent_back=True)
    if referent.pk == listing_request.referent_id or not referent.user.is_active:
        raise Incomplete(["un autre référent, dont le compte est actif"])
    with by_user(by, f"Demande passée à {referent.name}", word):
        former, listing_request.referent = listing_request.referent, referent
        listing_request.save(update_fields=["referent"])
        emails.tell_passed_on(listing_request, former=former, by=by, word=word.strip())
    return listing_request


@transaction.atomic
def withdraw(*, request_pk):
    """Close the request as its author wishes.

    Raises:
        AlreadyDecided: when it isn't open any more.
    """
    listing_request = ListingRequest.objects.select_for_update().get(pk=request_pk)
    if not listing_request.is_open:
        raise AlreadyDecided(listing_request.outcome)
    with pghistory.context(reason="Demande retirée par son auteur"):
        listing_request.state = State.WITHDRAWN
        rows.drop_photo(listing_request)
        listing_request.save(update_fields=["state", "photo"])
        emails.tell_withdrawn(listing_request)
    return listing_request


@transaction.atomic
def announce_closing(*, request_pk):
    """Tell who decides, and its author when it waits for them, that it will be closed; once for each wait.

    Returns:
        bool: whether it was to be told; what someone is deciding right now isn't.
    """
    listing_request = (
        ListingRequest.objects.to_announce().select_for_update(skip_locked=True).filter(pk=request_pk).first()
    )
    if listing_request:
        listing_request.closing_told_at = timezone.now()
        listing_request.save(update_fields=["closing_told_at"])
        emails.tell_closing(listing_request)
    return listing_request is not None


@transaction.atomic
def close(*, request_pk):
    """Close a request that nobody decided on, or that its author didn't complete, and tell its author.

    Returns:
        bool: whether its time was over.
    """
    listing_request = (
        ListingRequest.objects.to_close().select_for_update(skip_locked=True).filter(pk=request_pk).first()
    )
    if listing_request:
        with by_user(None, "Demande close sans réponse"):
            was_to_complete = listing_request.is_to_complete
            rows.drop_photo(listing_request)
            listing_request.save(update_fields=[*listing_request.close(), "photo"])
            emails.tell_closed(listing_request, was_to_complete=was_to_complete)
    return listing_request is not None


@transaction.atomic
def create_fiche(*, request_pk, by):
    """Create the fiche that a request lacks, from what it says, and attach it.

    Returns:
        CoEntrepreneur: followed by the request's référent, not listed.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Incomplete: when a fiche has the same address.
    """
    listing_request = rows.awaiting_request(request_pk, by)
    if not listing_request.has_no_fiche:
        return listing_request.co_entrepreneur
    if CoEntrepreneur.objects.with_address(listing_request.email).exists():
        raise Incomplete(["une adresse nouvelle : une fiche porte déjà celle-ci, rattachez-la plutôt"])
    with by_user(by, FICHE_MADE):
        fiche = CoEntrepreneur.objects.create(
            first_name=listing_request.first_name,
            last_name=listing_request.last_name,
            trade_name=listing_request.trade_name,
            email=listing_request.email,
            referent=listing_request.referent,
            headline=listing_request.headline,
            public_offer=listing_request.public_offer,
        )
        listing_request.co_entrepreneur = fiche
        listing_request.save(update_fields=["co_entrepreneur"])
    return fiche


@transaction.atomic
def attach_fiche(*, request_pk, by, co_entrepreneur_pk):
    """Attach a fiche that exists to a request that has none.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`; the fiche must be one's own too.
        Incomplete: when the fiche has another request open.
    """
    listing_request = rows.awaiting_request(request_pk, by)
    with by_user(by, "Fiche rattachée à une demande de référencement"):
        rows.attach(listing_request, by, co_entrepreneur_pk)
    return listing_request


@transaction.atomic
def tick(*, co_entrepreneur_pk, by, reason):
    """Tick the box, and tell the co-entrepreneur that their fiche is public. A ticked one stays as it is.

    Who objected, or left the catalogue themselves, is asked by mail first: their fiche comes back unticked.

    A request that is open is settled with it: the fiche is listed as it is, without what the request proposes.

    Raises:
        NotYours: see `directory.decisions`.
        Incomplete: with what the fiche lacks.
    """
    fiche = rows.own_fiche(co_entrepreneur_pk, by)
    if fiche.client_public:
        return fiche
    rows.check_complete(fiche)
    if must_agree(fiche):
        rows.ask_agreement(fiche, by, reason)
        return fiche
    with by_user(by, reason):
        rows.list_fiche(fiche)
        emails.tell_listed(fiche, settled=rows.settle(fiche, by))
    return fiche


@transaction.atomic
def untick(*, co_entrepreneur_pk, by, reason):
    """Untick the box, and tell the co-entrepreneur. An unticked one stays as it is.

    Nobody, `by=None`, is the daily job, which unticks those who left: their référent is told, `end_stay` tells them.

    Raises:
        NotYours: see `directory.decisions`.
    """
    fiche = rows.own_fiche(co_entrepreneur_pk, by)
    if not fiche.client_public:
        return fiche
    with by_user(by, reason):
        fiche.client_public = False
        fiche.save(update_fields=["client_public"])
        if by is None:
            emails.tell_departed(fiche)
        else:
            emails.tell_unlisted(fiche, reason=reason)
    return fiche


@transaction.atomic
def end_stay(*, co_entrepreneur_pk):
    """End the consents of who left the cooperative, and tell them until when they read their data; once.

    Whose data is about to go is told that alone: see `warn_departed`.
    """
    fiche = rows.locked_fiche(co_entrepreneur_pk)
    if not fiche.is_departed:
        return
    row, is_new = Departure.objects.get_or_create(co_entrepreneur=fiche, left_on=fiche.departed_on)
    if is_new:
        with by_user(None, DEPARTURE):
            fiche.consents.active().update(withdrawn_at=timezone.now())
        if not Departure.objects.to_warn().filter(pk=row.pk).exists():
            emails.tell_departed_themselves(fiche)


@transaction.atomic
def warn_departed(*, departure_pk):
    """Tell who left that their data is about to go; once, and not if they came back."""
    if Departure.objects.to_warn().filter(pk=departure_pk).update(warned_at=timezone.now()):
        emails.warn_departed(CoEntrepreneur.objects.get(departures=departure_pk))


@transaction.atomic
def leave_catalogue(*, co_entrepreneur_pk, word=""):
    """Untick the box as the person themselves asks, and tell their référent; an unticked one stays as it is.

    A request that is open is withdrawn with it: accepting it later would list them again. `word` is for the référent.
    """
    known = CoEntrepreneur.objects.get(pk=co_entrepreneur_pk)
    # The request before the fiche, as whoever decides locks them.
    listing_request = rows.open_request(known.email, known)
    fiche = rows.locked_fiche(co_entrepreneur_pk)
    if not fiche.client_public:
        return fiche
    with by_member(fiche, "Retrait du catalogue demandé par la personne"):
        fiche.client_public = False
        fiche.save(update_fields=["client_public"])
        if listing_request:
            listing_request.state = State.WITHDRAWN
            rows.drop_photo(listing_request)
            listing_request.save(update_fields=["state", "photo"])
        objections.record(Sought(fiches=(fiche.pk,)), Objection.Kind.CATALOGUE)
        emails.tell_left_catalogue(fiche, word=word, request_withdrawn=listing_request is not None)
    return fiche


@transaction.atomic
def object_to_fiche(*, co_entrepreneur_pk):
    """Take out of the catalogue the fiche that its person objects to, and remember it; both are told, once.

    What is kept all the same, and erasing it, is for an administrator.
    """
    fiche = rows.locked_fiche(co_entrepreneur_pk)
    was_listed = fiche.client_public
    with by_member(fiche, "Opposition de la personne à sa fiche"):
        if was_listed:
            fiche.client_public = False
            fiche.save(update_fields=["client_public"])
        if objections.record(Sought(fiches=(fiche.pk,)), Objection.Kind.PROCESSING):
            emails.tell_objection(fiche, was_listed=was_listed)
    return fiche


@transaction.atomic
def answer_agreement(*, agreement_pk, agrees):
    """Come back to the catalogue, or not, as the person says who was asked; their référent is told.

    Returns:
        ListingAgreement: answered; or None when it may be answered no more.
    """
    agreements = ListingAgreement.objects.open().filter(pk=agreement_pk)
    if not agreements.update(answered_at=timezone.now(), agrees=agrees):
        return None
    agreement = ListingAgreement.objects.select_related("asked_by__referent").get(pk=agreement_pk)
    fiche = agreement.co_entrepreneur = rows.locked_fiche(agreement.co_entrepreneur_id)
    marks = Sought(fiches=(fiche.pk,))
    if not agrees:
        objections.record(marks, Objection.Kind.CATALOGUE)
    else:
        objections.lift(marks)
        if not fiche.missing_for_listing():
            with by_member(fiche, "Retour au catalogue accepté par la personne"):
                rows.list_fiche(fiche)
                emails.tell_listed(fiche)
    emails.tell_agreement_answered(agreement)
    return agreement
