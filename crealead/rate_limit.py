"""How often one sender may use a public form, counted in the database so that every worker counts together."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from crealead.addresses import mailbox
from crealead.words import moment

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
    return salted_hmac(f"rate-limit:{scope}:{start}", _network(mailbox(sender)), algorithm="sha256").hexdigest()


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


@dataclass(frozen=True)
class Limits:
    """How many mails of one kind leave in a window, by who asks and to whom, and what is said past it."""

    scope: str
    # By name of what is counted: a network, where a whole town hall may be, an address.
    most: dict[str, int]
    # Why, as a sentence, by the same names; then what becomes of this one, with `{hour}`, or `{moment}` with its day,
    # from which it may leave.
    reasons: dict[str, str]
    advice: str
    window: timedelta = timedelta(hours=1)

    def passed(self, senders):
        """Count one more, and tell which limit it is over; None for one that may leave.

        Args:
            senders: by name of `most`, who or what is counted, in this order: past a limit, the next aren't counted.
        """
        for name, sender in senders.items():
            if not allow(scope=f"{self.scope}-{name}", sender=sender, limit=self.most[name], window=self.window):
                return name
        return None

    def told(self, name):
        """What is said to who passed a limit, and when they may come back."""
        end = end_of(self.window)
        hour = date_format(timezone.localtime(end), r"H \h i")
        return f"{self.reasons[name]} {self.advice.format(hour=hour, moment=moment(end))}"
