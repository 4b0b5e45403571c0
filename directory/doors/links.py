"""The links that stand in mails: a key and a moment under a signature, which can't be guessed and opens one page only.

Each kind lasts for a time, and is for one use where it writes: what was written since makes it a link that only reads.

All kinds are declared here and nowhere else: were a salt to change, the links already mailed under it would die.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from crealead.mail import page_url
from directory.models import access_link, alert, group_message, listing_agreement, sourcing_record

MICROSECONDS = 1_000_000


class DeadLinkError(Exception):
    """A link opens nothing: its time is over, or what it led to is there no more; `is_forged` when it isn't whole."""

    def __init__(self, *, is_forged=False):
        self.is_forged = is_forged
        super().__init__()


class SignedLink:
    """A kind of link.

    Args:
        salt: what sets its signatures apart from any other's.
        page: the URL name of what it opens, which takes the token as its only argument.
        lasts: how long it opens anything, from when it was made.
    """

    def __init__(self, salt, page, *, lasts):
        self._signer, self.page, self.lasts = Signer(salt=salt, sep="."), page, lasts

    def token(self, row):
        # To the microsecond: it is compared with when the row was written.
        return self._signer.sign(f"{row.pk}-{int(timezone.now().timestamp() * MICROSECONDS)}")

    def path(self, row):
        return reverse(self.page, args=[self.token(row)])

    def url(self, row):
        """The whole address, as a mail carries it."""
        return page_url(self.page, self.token(row))

    def key(self, token):
        """The primary key of the row that a token names, or None when it was forged."""
        key, _ = self._read(token)
        return key

    def made_at(self, token):
        """When a link was made, or None for one that doesn't say it, or that was forged."""
        _, made_at = self._read(token)
        return made_at

    def find(self, token, rows, *, written):
        """The row that a link leads to, and whether the link may write: nothing was written since it was made.

        Args:
            token: what the link carries.
            rows: the queryset in which the row is looked for.
            written: the attribute that says when what the link writes was last written, or asked for.

        Raises:
            DeadLinkError
        """
        key, made_at = self._read(token)
        if key is None:
            raise DeadLinkError(is_forged=True)
        row = rows.filter(pk=key).first()
        written_at = row and getattr(row, written)
        # Links didn't always say when they were made.
        made_at = made_at or written_at
        if row is None or made_at + self.lasts <= timezone.now():
            raise DeadLinkError
        return row, made_at >= written_at

    def _read(self, token):
        """The key, and when the link was made, or None for one that doesn't say it; two None when it was forged."""
        try:
            key, _, made_at = self._signer.unsign(token).partition("-")
            return int(key), datetime.fromtimestamp(int(made_at) / MICROSECONDS, tz=UTC) if made_at else None
        except (BadSignature, ValueError):
            return None, None


# To an `AccessLink`: proves that its reader owns the mailbox.
LISTING = SignedLink("referencing.access", "listing:link", lasts=access_link.LIFETIME)
MY_SPACE = SignedLink("my_space.access", "my_space:link", lasts=access_link.LIFETIME)
# To a `ListingRequest`: whoever holds it, hence its author, follows the request, and may write it again or withdraw it.
LISTING_STATUS = SignedLink("referencing.status", "listing:status", lasts=timedelta(days=60))
# To a `ListingAgreement`: whoever holds it, hence who was asked, says whether they come back to the catalogue.
LISTING_AGREEMENT = SignedLink("listing.agreement", "listing:agreement", lasts=listing_agreement.LIFETIME)
# To a `CoEntrepreneur` for whom a fiche was made: whoever holds it, hence its person, objects.
OBJECTION = SignedLink("listing.objection", "listing:objection", lasts=timedelta(days=365))
# To a `TeamMember`: whoever holds it, hence who was asked in, answers.
INVITATION = SignedLink("tenders.invitation", "tenders:invitation", lasts=timedelta(days=60))
# To an `Alert`: the first proves that its reader owns the mailbox; whoever holds the second keeps or ends it.
ALERT_CONFIRMATION = SignedLink("sourcing.alert_confirmation", "alerts:confirm", lasts=alert.TO_CONFIRM)
ALERT = SignedLink("sourcing.alert", "alerts:alert", lasts=2 * alert.LASTS)
# To a `GroupMessage`: the first proves that its reader owns the mailbox; whoever holds the second follows or erases it.
GROUP_CONFIRMATION = SignedLink("sourcing.group_confirmation", "group_messages:confirm", lasts=group_message.TO_CONFIRM)
GROUP_MESSAGE = SignedLink(
    "sourcing.group_message", "group_messages:message", lasts=group_message.FURTHEST + group_message.KEPT
)
# To a `GroupRecipient`: whoever holds it, hence who was written to, answers.
GROUP_ANSWER = SignedLink(
    "sourcing.group_answer", "group_messages:answer", lasts=group_message.FURTHEST + group_message.KEPT
)
# To a `SourcingRecord` whose address was typed by who has its key: proves that its reader owns the mailbox.
RECORD_EMAIL = SignedLink("sourcing.record_email", "sourcing:record_confirm", lasts=sourcing_record.EMAIL_TO_CONFIRM)

# Those that open a door, by the page they open: a job says by it which kind it is to mail.
OF_DOORS = {kind.page: kind for kind in (LISTING, MY_SPACE)}


# --- The page to go to once in -----------------------------------------------------------------------------------


def with_suite(url, path):
    """The address of a door, which leads to this path, or of itself to where the door leads."""
    return f"{url}?{urlencode({'suite': path})}" if path else url


def suite_of(request):
    """Where to go once in, when it is a page of this site; an empty string for anything else."""
    path = request.GET.get("suite", "")
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else ""
