"""A form whose token is no longer good, since the session changed in another tab: shown again, one click from sent."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.cache import never_cache

# Of a page whose address may be a secret: no other is told more than the site's name, which lets forms prove where they
# come from.
UNTOLD_ADDRESS = "strict-origin"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 the name of a field
# What is asked for again rather than written in a page.
SECRET = re.compile(r"passw|secret|otp", re.IGNORECASE)
LETTER = re.compile(r"[^\W\d_]")


@dataclass
class Kept:
    """What a form held.

    Attributes:
        fields: its (name, value) pairs, but for what is secret.
        secrets: the names of what is to be typed again.
        files: the names of the files that are to be chosen again.
    """

    fields: list
    secrets: list
    files: list

    @property
    def words(self):
        """What costs time to type again, rather than keys and counters: the values of several words."""
        return [value for _, value in self.fields if any(LETTER.search(word) for word in value.split()[:-1])]


@never_cache
def failure(request, reason=""):  # noqa: ARG001 the name that Django calls it by
    """Django's `CSRF_FAILURE_VIEW`: the form again with a fresh token, if it comes from a page of this site.

    What another site sends is never shown: it would be one click away from being done in the reader's name.
    """
    context = {"kept": _kept(request), "action": request.get_full_path()}
    response = render(request, "403_csrf.html", context, status=403)
    response["Referrer-Policy"] = UNTOLD_ADDRESS
    return response


def _kept(request):
    """What the form held, or None when it isn't ours or can't be read."""
    if request.method != "POST" or not _is_ours(request):
        return None
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values if name != TOKEN]
        files = [file.name for _, sent in request.FILES.lists() for file in sent]
    except (UnreadablePostError, MultiPartParserError, SuspiciousOperation):
        return None
    fields = [(name, value) for name, value in pairs if not SECRET.search(name)]
    secrets = list(dict.fromkeys(name for name, _ in pairs if SECRET.search(name)))
    return Kept(fields, secrets, files) if fields or secrets else None


def _is_ours(request):
    """Whether a page of this very site sent it, as the browser says; it must say so."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    told = request.headers.get("Origin") or request.headers.get("Referer", "")
    here = urlsplit(request.build_absolute_uri("/"))
    there = urlsplit(told)
    return (there.scheme, there.netloc) == (here.scheme, here.netloc)
