"""Who is at the keyboard gave the account's password not long ago: what some pages ask for again."""

from datetime import datetime, timedelta

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

CONFIRMED_FOR = timedelta(minutes=10)
SESSION_KEY = "confirmed_at"


def confirm(request):
    request.session[SESSION_KEY] = timezone.now().isoformat()


def is_confirmed(request):
    confirmed_at = request.session.get(SESSION_KEY)
    return confirmed_at is not None and datetime.fromisoformat(confirmed_at) > timezone.now() - CONFIRMED_FOR


@receiver(user_logged_in)
def _signed_in(request, **_kwargs):
    """Signing in confirms, by whatever door."""
    confirm(request)
