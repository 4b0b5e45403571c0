"""The links that stand in mails: what each opens, and for how long.

A token is a primary key under a signature: it can't be guessed, and each kind opens its own door only.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from directory.models import AccessLink

_access = Signer(salt="referencing.access", sep=".")
_status = Signer(salt="referencing.status", sep=".")


def access_url(link):
    """The address that proves its reader owns the mailbox: it serves once, within 30 minutes."""
    return settings.SITE_URL + reverse("listing:link", args=[_access.sign(link.pk)])


def status_url(request):
    """The address where a request can be followed, and withdrawn, by whoever holds it: its author."""
    return settings.SITE_URL + reverse("listing:status", args=[status_token(request)])


def status_token(request):
    return _status.sign(request.pk)


def decision_url(request):
    """The page of the admin where the référent decides."""
    return settings.SITE_URL + reverse("admin:directory_listingrequest_decide", args=[request.pk])


def access_pk(token):
    """The `AccessLink` that a token names, or None when it was forged."""
    return _pk(_access, token)


def status_pk(token):
    """The request that a token names, or None when it was forged."""
    return _pk(_status, token)


def consume_access_link(pk):
    """Use a link up, once whoever clicks at the same time.

    Returns:
        The address it proves, or None when it was used already or is too old.
    """
    used = AccessLink.objects.usable().filter(pk=pk).update(used_at=timezone.now())
    return AccessLink.objects.get(pk=pk).email if used else None


def _pk(signer, token):
    try:
        return int(signer.unsign(token))
    except BadSignature:
        return None
