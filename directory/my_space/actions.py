"""What a member does in their space, and what is decided of their proposals: one transaction each, with its mails."""

from django.db import transaction
from django.utils import timezone

from crealead.words import day
from directory.decisions import Incomplete, Refused, Stale, awaiting, by_member, by_user, check_own
from directory.models import (
    CoEntrepreneur,
    Consent,
    ConsentText,
    Cv,
    CvEntry,
    FicheProposal,
    NotMyTrade,
    PortfolioImage,
)
from directory.models.consent import CONSENT_TEXT_VERSION
from directory.models.files import discard
from directory.models.portfolio import MOST_IMAGES
from directory.rights import follows

from . import emails, tasks
from .proposals import content_of, differences, label_of, open_proposal, rows_of, version_of

State = FicheProposal.State
# Of what one said not to be one’s trade.
MOST_DECLINED = 200


# --- Proposals ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(*, co_entrepreneur_pk, seen, content, photo=None, keep_photo=False, word=""):
    """Propose to change the fiche; what was proposed before and not decided is replaced.

    `content` holds the fields as `proposals.content_of` gives them, without the photo: that is `photo`, re-encoded, or
    with `keep_photo` the one of the proposal that is replaced. `seen` is the `version_of` what the person was shown.

    Returns:
        FicheProposal, or None when nothing differs from the fiche, or from the proposal that is open.

    Raises:
        Stale: the fiche or the proposal isn't any more what the person was shown.
    """
    fiche = _locked_fiche(co_entrepreneur_pk)
    former, present = open_proposal(fiche), content_of(fiche)
    if seen != version_of(present, former):
        raise Stale
    kept = former.photo if former and keep_photo and not photo else None
    changes = differences(content, present)
    if photo or kept:
        changes["photo"] = True
    if not changes or (former and not photo and (changes, word) == (former.changes, former.word_to_referent)):
        return None
    with by_member(fiche, "Modification proposée par la personne"):
        proposal = FicheProposal(
            co_entrepreneur=fiche,
            changes=changes,
            before={name: present[name] for name in changes},
            photo=kept.name if kept else "",
            word_to_referent=word,
        )
        if former:
            _close(former, State.WITHDRAWN, keep_photo=kept is not None)
        if photo:
            proposal.photo.save(photo.name, photo, save=False)
        proposal.save()
        emails.tell_proposed(proposal, labels=_labels(changes), again=former is not None)
    return proposal


@transaction.atomic
def withdraw_proposal(*, co_entrepreneur_pk):
    """Give up the proposal that is open, if one still is; the référent is told."""
    fiche = _locked_fiche(co_entrepreneur_pk)
    if proposal := open_proposal(fiche):
        with by_member(fiche, "Proposition retirée par son auteur"):
            _close(proposal, State.WITHDRAWN)
            emails.tell_withdrawn(proposal)


@transaction.atomic
def accept_proposal(*, proposal_pk, by, fields, seen, comment=""):
    """Write these fields of a proposal on the fiche; with some left out, it is accepted in part.

    `seen` is the `version_of` the fiche that the proposal was compared with.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Incomplete: without a field, without the reason why others are left out, or when a listed fiche would lack
            what it needs.
        Stale: the fiche isn't any more what was compared.
    """
    proposal = _awaiting(proposal_pk, by)
    fiche = proposal.co_entrepreneur
    accepted = [name for name in FicheProposal.FIELDS if name in proposal.changes and name in fields]
    partly = len(accepted) < len(proposal.changes)
    if not accepted:
        raise Incomplete(["au moins un champ coché ; pour n’en prendre aucun, refusez la proposition"])
    if partly and not comment.strip():
        raise Incomplete(["la raison pour laquelle le reste n’est pas repris"])
    if seen != version_of(content_of(fiche)):
        raise Stale
    with by_user(by, "Proposition acceptée en partie" if partly else "Proposition acceptée", comment):
        _apply(proposal, fiche, accepted)
        proposal.accepted_fields = accepted
        _decide(proposal, by, State.PARTLY if partly else State.ACCEPTED, comment)
        emails.tell_accepted(proposal, accepted=_labels(accepted), left=_labels(proposal.changes, but=accepted))
    return proposal


@transaction.atomic
def refuse_proposal(*, proposal_pk, by, comment):
    """Leave the fiche as it is, and say why.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Incomplete: without a reason.
    """
    proposal = _awaiting(proposal_pk, by)
    if not comment.strip():
        raise Incomplete(["la raison du refus"])
    with by_user(by, "Proposition refusée", comment):
        _decide(proposal, by, State.REFUSED, comment)
        emails.tell_refused(proposal, labels=_labels(proposal.changes))
    return proposal


@transaction.atomic
def announce_closing(*, proposal_pk):
    """Tell the référent that a proposal will be closed for want of a decision; once for each.

    Returns:
        bool: whether it was to be told; what someone is deciding right now isn't.
    """
    proposal = FicheProposal.objects.to_announce().select_for_update(skip_locked=True).filter(pk=proposal_pk).first()
    if proposal:
        proposal.closing_told_at = timezone.now()
        proposal.save(update_fields=["closing_told_at"])
        emails.tell_closing(proposal)
    return proposal is not None


@transaction.atomic
def close_proposal(*, proposal_pk):
    """Close a proposal that nobody decided on, and tell its author.

    Returns:
        bool: whether its time was over.
    """
    proposal = FicheProposal.objects.to_close().select_for_update(skip_locked=True).filter(pk=proposal_pk).first()
    if proposal:
        with by_user(None, "Proposition close sans réponse"):
            proposal.close()
            _close(proposal, State.CLOSED)
            emails.tell_closed(proposal, labels=_labels(proposal.changes))
    return proposal is not None


# --- What isn't their trade --------------------------------------------------------------------------------------


@transaction.atomic
def say_not_my_trade(*, co_entrepreneur_pk, kind, key, words):
    """Keep that a word or a value isn't this person's trade, once; past `MOST_DECLINED`, the oldest makes room."""
    fiche = _locked_fiche(co_entrepreneur_pk)
    fiche.not_my_trade.get_or_create(kind=kind, key=key, defaults={"words": words})
    newest = fiche.not_my_trade.order_by("-said_at", "-pk")[:MOST_DECLINED]
    fiche.not_my_trade.exclude(pk__in=newest.values("pk")).delete()


def take_back_not_my_trade(*, co_entrepreneur_pk, pk):
    """It may be their trade after all."""
    NotMyTrade.objects.filter(co_entrepreneur=co_entrepreneur_pk, pk=pk).delete()


# --- Consents ----------------------------------------------------------------------------------------------------


@transaction.atomic
def give_consent(*, co_entrepreneur_pk, item):
    """Record that the person accepts, in the words of today, to show an item; once given, it stays as it is."""
    fiche = _locked_fiche(co_entrepreneur_pk)
    active = fiche.consents.active().filter(item=item)
    if active.filter(text_version=CONSENT_TEXT_VERSION).exists():
        return
    with by_member(fiche, "Accord donné par la personne"):
        active.update(withdrawn_at=timezone.now())
        Consent.objects.create(co_entrepreneur=fiche, item=item)


@transaction.atomic
def withdraw_consent(*, co_entrepreneur_pk, item):
    """End a consent: the public pages no longer show the item from the next request on."""
    fiche = _locked_fiche(co_entrepreneur_pk)
    with by_member(fiche, "Accord retiré par la personne"):
        fiche.consents.active().filter(item=item).update(withdrawn_at=timezone.now())


def why_not_on_paper(fiche, *, item, text_version, signed_on):
    """Why a paper that the person signed can't be recorded as their consent, as a sentence; empty when it can."""
    text = ConsentText.objects.get(version=text_version)
    given = fiche.consents.filter(item=item)
    withdrawn = given.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at").first()
    if fiche.is_departed:
        return "Cette personne a quitté la coopérative : ses accords ont pris fin."
    if signed_on > timezone.localdate():
        return "Ce jour n’est pas encore venu."
    if signed_on < text.since:
        return f"Ces phrases datent du {day(text.since)} : le papier ne peut pas être signé avant."
    if withdrawn and signed_on <= timezone.localdate(withdrawn.withdrawn_at):
        return (
            f"Cet accord a été retiré le {day(timezone.localdate(withdrawn.withdrawn_at))} : il y faut un papier signé "
            "depuis, ou l’accord de la personne dans son espace."
        )
    if given.active().filter(text_version__in=ConsentText.objects.filter(since__gte=text.since).values("version")):
        return "Cet accord est déjà donné."
    return ""


@transaction.atomic
def record_paper_consent(*, co_entrepreneur_pk, by, item, text_version, signed_on, scan):
    """Record what the person agreed to on paper; `scan` is one that `directory.forms.files.made_anew` gave.

    Raises:
        NotYours: see `directory.decisions`.
        Refused: see `why_not_on_paper`.
    """
    fiche = _locked_fiche(co_entrepreneur_pk)
    check_own("Cette fiche", may=follows(by, fiche))
    if why := why_not_on_paper(fiche, item=item, text_version=text_version, signed_on=signed_on):
        raise Refused(why)
    with by_user(by, "Accord signé sur papier"):
        # One to older words.
        fiche.consents.active().filter(item=item).update(withdrawn_at=timezone.now(), withdrawn_by=by)
        consent = Consent(co_entrepreneur=fiche, item=item, text_version=text_version, signed_on=signed_on, given_by=by)
        consent.scan.save(scan.name, scan, save=False)
        consent.save()
        emails.tell_paper_consent(consent)
    return consent


@transaction.atomic
def withdraw_consent_for(*, consent_pk, by):
    """End a consent as the person asked somebody of the team to; once ended, it stays as it is.

    Raises:
        NotYours: see `directory.decisions`.
    """
    fiche = _locked_fiche(Consent.objects.get(pk=consent_pk).co_entrepreneur_id)
    check_own("Cette fiche", may=follows(by, fiche))
    with by_user(by, "Accord retiré à la demande de la personne"):
        consents = fiche.consents.active().filter(pk=consent_pk)
        if consents.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            emails.tell_consent_withdrawn(Consent.objects.get(pk=consent_pk))


# --- The CV ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_cv(*, co_entrepreneur, seen, title, summary, entries):
    """Write the CV of a member, all its lines anew: `entries`, dicts of the fields of `CvEntry`, in their order.

    `seen` is the version that the person was shown; 0 when there was no CV yet.

    Raises:
        Stale: it was saved elsewhere since.
    """
    _, is_new = Cv.objects.get_or_create(co_entrepreneur=co_entrepreneur, defaults={"version": 0})
    cv = Cv.objects.select_for_update().get(co_entrepreneur=co_entrepreneur)
    if cv.version != seen and not is_new:
        raise Stale
    cv.title, cv.summary, cv.updated_at = title, summary, timezone.now()
    cv.version += 1
    cv.save()
    cv.entries.all().delete()
    CvEntry.objects.bulk_create(CvEntry(cv=cv, position=rank, **entry) for rank, entry in enumerate(entries))
    return cv


def confirm_cv(*, co_entrepreneur):
    """Say that the CV, read again, still holds."""
    Cv.objects.filter(co_entrepreneur=co_entrepreneur).update(updated_at=timezone.now())


# --- The portfolio -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_image(*, co_entrepreneur_pk, photo, alternative_text, caption, on_cv):
    """Add an image, re-encoded, at the end of the portfolio; the référent is told next morning.

    Returns:
        PortfolioImage, or None when there are `MOST_IMAGES` already.
    """
    fiche = _locked_fiche(co_entrepreneur_pk)
    last = fiche.portfolio_images.last()
    if fiche.portfolio_images.count() >= MOST_IMAGES:
        return None
    image = PortfolioImage(
        co_entrepreneur=fiche,
        alternative_text=alternative_text,
        caption=caption,
        on_cv=on_cv,
        position=last.position + 1 if last else 0,
    )
    image.photo.save(photo.name, photo, save=False)
    image.save()
    tasks.tell_images_tomorrow(image)
    return image


@transaction.atomic
def move_image(*, co_entrepreneur_pk, image_pk, step):
    """Move an image one place down (`step` 1) or up (-1); the ends stay where they are."""
    images = list(_locked_fiche(co_entrepreneur_pk).portfolio_images.all())
    place = next((place for place, image in enumerate(images) if image.pk == image_pk), None)
    if place is None or not 0 <= place + step < len(images):
        return
    images[place], images[place + step] = images[place + step], images[place]
    for position, image in enumerate(images):
        image.position = position
    PortfolioImage.objects.bulk_update(images, ["position"])


@transaction.atomic
def remove_image(*, co_entrepreneur_pk, image_pk):
    """Delete an image and its file; nothing when it is gone already."""
    for image in _locked_fiche(co_entrepreneur_pk).portfolio_images.filter(pk=image_pk):
        discard(image.photo)
        image.delete()


# --- What they have in common ------------------------------------------------------------------------------------


def _locked_fiche(pk):
    """The fiche, locked alone: whoever writes on it or on its proposals takes this lock first."""
    return CoEntrepreneur.objects.select_for_update().get(pk=pk)


def _awaiting(pk, by):
    """The proposal and its fiche, locked, once it is sure that this user may decide and that it waits for them."""
    fiche = _locked_fiche(FicheProposal.objects.get(pk=pk).co_entrepreneur_id)
    proposal = awaiting(FicheProposal.objects, pk, may_decide=lambda _: follows(by, fiche), whose="Cette fiche")
    proposal.co_entrepreneur = fiche
    return proposal


def _apply(proposal, fiche, accepted):
    plain = [name for name in accepted if name not in FicheProposal.LISTS and name != "photo"]
    for name in plain:
        setattr(fiche, name, proposal.changes[name])
    if fiche.client_public and (missing := fiche.missing_for_listing()):
        raise Incomplete(missing)
    if "photo" in accepted:
        discard(fiche.photo)
        fiche.photo = proposal.photo.name
        # The file is the fiche's from now on.
        proposal.photo = ""
        plain.append("photo")
    fiche.save(update_fields=plain)
    for name in set(accepted) & set(FicheProposal.LISTS):
        getattr(fiche, name).set(rows_of(name, proposal.changes[name]))


def _decide(proposal, by, state, comment):
    proposal.decide(state, by=by)
    proposal.comment = comment.strip()
    _close(proposal, state)


def _close(proposal, state, *, keep_photo=False):
    """End a proposal; a photo that nobody will look at any more isn't kept."""
    if not keep_photo:
        discard(proposal.photo)
    proposal.photo, proposal.state = "", state
    proposal.save()


def _labels(names, *, but=()):
    return [label_of(name) for name in FicheProposal.FIELDS if name in names and name not in but]
