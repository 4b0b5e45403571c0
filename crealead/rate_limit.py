"""How often one sender may use a public form, counted in the database so that every worker counts together."""

import ipaddress

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

IPV6 = 6


def _network(sender):
    """The sender, or the /64 network of an IPv6 address: whoever has one address of it has them all."""
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == IPV6 else sender


def allow(*, scope, sender, limit, window):
    """Count one more use of `scope` by `sender`, and tell whether it is still within `limit` per `window`.

    Args:
        scope: the name of the form.
        sender: an address (IP or mail); only its keyed hash is stored, for the length of the window.
        limit: how many uses are allowed in a window.
        window: a `timedelta`; windows are fixed, counted from the epoch.
    """
    now, sender = timezone.now(), _network(sender)
    seconds = int(window.total_seconds())
    start = int(now.timestamp()) // seconds
    key = salted_hmac(f"rate-limit:{scope}:{start}", sender.casefold(), algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_ratelimit (key, count, expires_at) VALUES (%s, 1, %s)
            ON CONFLICT (key) DO UPDATE SET count = directory_ratelimit.count + 1
            RETURNING count
            """,
            [key, now + window],
        )
        return cursor.fetchone()[0] <= limit
