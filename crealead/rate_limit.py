"""How often one sender may use a public form, counted in the database so that every worker counts together."""

import ipaddress
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

IPV6 = 6
# What the page on privacy says of counters.
LONGEST_WINDOW = timedelta(days=1)


def _network(sender):
    """The sender, or the /64 network of an IPv6 address: whoever has one address of it has them all."""
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == IPV6 else sender


def _key(scope, sender, window, now):
    start = int(now.timestamp()) // int(window.total_seconds())
    return salted_hmac(f"rate-limit:{scope}:{start}", _network(sender).casefold(), algorithm="sha256").hexdigest()


def allow(*, scope, sender, limit, window):
    """Count one more use of `scope` by `sender`, and tell whether it is still within `limit` per `window`.

    Args:
        scope: the name of the form.
        sender: an address (IP or mail); only its keyed hash is stored, for the length of the window.
        limit: how many uses are allowed in a window.
        window: a `timedelta`; windows are fixed, counted from the epoch.

    Raises:
        ValueError: for a window of more than `LONGEST_WINDOW`.
    """
    if window > LONGEST_WINDOW:
        raise ValueError(f"{window} is longer than counters are said to be kept.")
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_ratelimit (key, count, expires_at) VALUES (%s, 1, %s)
            ON CONFLICT (key) DO UPDATE SET count = directory_ratelimit.count + 1
            RETURNING count
            """,
            [_key(scope, sender, window, now), now + window],
        )
        return cursor.fetchone()[0] <= limit


def give_back(*, scope, sender, window):
    """Forget one use: it turned out to be an honest one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE directory_ratelimit SET count = count - 1 WHERE key = %s AND count > 0",
            [_key(scope, sender, window, timezone.now())],
        )


def end_of(window):
    """When the window that runs now ends: those who used all of it may come back then."""
    seconds = int(window.total_seconds())
    start = int(timezone.now().timestamp()) // seconds * seconds
    return datetime.fromtimestamp(start + seconds, tz=UTC)
