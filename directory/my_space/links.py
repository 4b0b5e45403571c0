"""The link that stands in the mail of who comes in: a key under a signature, and the page to go to afterwards."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from directory.models import AccessLink

_signer = Signer(salt="my_space.access", sep=".")


def access_url(link, *, then=""):
    """The address that proves its reader owns the mailbox: it serves once, within 30 minutes, and leads to `then`."""
    return with_suite(settings.SITE_URL + reverse("my_space:link", args=[_signer.sign(link.pk)]), then)


def access_pk(token):
    """The `AccessLink` that a token names, or None when it was forged."""
    try:
        return int(_signer.unsign(token))
    except BadSignature:
        return None


def use_up(pk):
    """Use a link up, once whoever clicks at the same time.

    Returns:
        The address it proves, or None when it was used already or is too old.
    """
    used = AccessLink.objects.usable().filter(pk=pk).update(used_at=timezone.now())
    return AccessLink.objects.get(pk=pk).email if used else None


def with_suite(url, path):
    return f"{url}?{urlencode({'suite': path})}" if path else url


def local_path(text):
    """The path, when it leads to a page of this site; an empty string for anything else."""
    safe = text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if safe else ""
