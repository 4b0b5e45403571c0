"""Signing in to the back office: by username or by address, and what is said once that is locked."""

import unicodedata
from datetime import timedelta
from http import HTTPStatus

from axes.helpers import get_client_parameters, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.db.models import Max, Q
from django.dispatch import receiver
from django.shortcuts import render
from django.utils import timezone

from crealead.middleware import client_address

# Of what axes writes down; capitals may take three signs for one.
LONGEST = 255


def username_of(typed):
    """The username that is meant by what was typed: one, or the address of a single open account.

    What means no account, or several, is given back as it is: no username has it.
    """
    typed = (typed or "").replace("\0", "")
    if "@" not in typed:
        return typed
    # One query whatever it finds.
    accounts = (
        get_user_model()
        .objects.filter(Q(username=typed) | Q(email__iexact=typed.strip(), is_active=True))
        .values_list("username", flat=True)[:3]
    )
    return accounts[0] if len(accounts) == 1 and typed not in accounts else typed


class UsernameOrAddressBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **kwargs):
        return super().authenticate(request, username=username_of(username), password=password, **kwargs)


def counted_username(request, credentials):
    """The name under which axes counts failures: what was typed, and nothing that is known of it.

    Were a username and the address of its account one name, the lock of the one would tell that the other is theirs.
    """
    return _counted(credentials.get("username") if credentials else request.POST.get("username"))


def _counted(typed):
    """In whatever capitals, as the database compares addresses: to it « ı » is « i »."""
    return unicodedata.normalize("NFKC", (typed or "").replace("\0", "")).strip().upper().casefold()[:LONGEST]


@receiver(user_logged_in)
def _forget_failures_by_address(request, user, **_kwargs):
    """Who is in has no failures any more: axes forgets those of the username."""
    AccessAttempt.objects.filter(username=_counted(user.email), ip_address=client_address(request)).delete()


def locked(request, _response, credentials):
    """The page of a login that axes has locked: until when, and what to do."""
    attempts = AccessAttempt.objects.none()
    username = counted_username(request, credentials)
    for condition in get_client_parameters(username, client_address(request), "", request, credentials):
        attempts |= AccessAttempt.objects.filter(**condition)
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    until = last + get_cool_off(request)
    context = {
        "failure_limit": get_failure_limit(request, credentials),
        # To the minute, and not one that has begun.
        "until": until + timedelta(seconds=59),
    }
    response = render(request, "admin/locked.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = max(1, int((until - timezone.now()).total_seconds()) + 1)
    return response
