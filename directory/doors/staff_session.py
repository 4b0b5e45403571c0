"""The session of the back office: it lasts from the last visit, as a member's does."""

from datetime import datetime, timedelta

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

# A visit is written down once in that time: of an account here, of a member in `session`.
SEEN_EVERY = timedelta(hours=1)
KEY = "seen_at"


def renew(request):
    """Write down the visit of the account that is in, once an hour; the session's cookie is given anew with it."""
    seen_at = request.session.get(KEY)
    if seen_at is None or datetime.fromisoformat(seen_at) <= timezone.now() - SEEN_EVERY:
        request.session[KEY] = timezone.now().isoformat()


@receiver(user_logged_in)
def _signed_in(request, **_kwargs):
    request.session[KEY] = timezone.now().isoformat()
