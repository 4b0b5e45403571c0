"""The links that stand in mails: a primary key under a signature, which can't be guessed and opens its own page only.

All kinds are declared here and nowhere else: were a salt to change, the links already mailed under it would die.
"""

from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from crealead.mail import page_url


class SignedLink:
    """A kind of link.

    Args:
        salt: what sets its signatures apart from any other's.
        page: the URL name of what it opens, which takes the token as its only argument.
    """

    def __init__(self, salt, page):
        self._signer, self.page = Signer(salt=salt, sep="."), page

    def token(self, row):
        return self._signer.sign(row.pk)

    def path(self, row):
        return reverse(self.page, args=[self.token(row)])

    def url(self, row):
        """The whole address, as a mail carries it."""
        return page_url(self.page, self.token(row))

    def key(self, token):
        """The primary key of the row that a token names, or None when it was forged."""
        try:
            return int(self._signer.unsign(token))
        except BadSignature:
            return None


# To an `AccessLink`: proves that its reader owns the mailbox.
LISTING = SignedLink("referencing.access", "listing:link")
MY_SPACE = SignedLink("my_space.access", "my_space:link")
# To a `ListingRequest`: whoever holds it, hence its author, follows the request and may withdraw it.
LISTING_STATUS = SignedLink("referencing.status", "listing:status")
# To a `ListingAgreement`: whoever holds it, hence who was asked, says whether they come back to the catalogue.
LISTING_AGREEMENT = SignedLink("listing.agreement", "listing:agreement")
# To a `CoEntrepreneur` for whom a fiche was made: whoever holds it, hence its person, objects.
OBJECTION = SignedLink("listing.objection", "listing:objection")
# To a `TeamMember`: whoever holds it, hence who was asked in, answers.
INVITATION = SignedLink("tenders.invitation", "tenders:invitation")

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
