"""The links that stand in mails."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

_invitation = Signer(salt="tenders.invitation", sep=".")


def invitation_url(seat):
    """The address where an invitation is answered, by whoever the mail went to."""
    return settings.SITE_URL + reverse("tenders:invitation", args=[invitation_token(seat)])


def invitation_token(seat):
    """A primary key under a signature, of this room alone: it can't be guessed."""
    return _invitation.sign(seat.pk)


def invited_pk(token):
    """The seat that a token names, or None when it was forged."""
    try:
        return int(_invitation.unsign(token))
    except BadSignature:
        return None


def url_to(name, consultation, *args):
    """A page of a consultation, whole."""
    return settings.SITE_URL + reverse(f"tenders:{name}", args=[consultation.pk, *args])
