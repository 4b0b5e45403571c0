import pytest
from django.core.signing import Signer

from directory.doors import links
from directory.models import AccessLink

KINDS = {
    "referencing.access": links.LISTING,
    "referencing.status": links.LISTING_STATUS,
    "my_space.access": links.MY_SPACE,
    "tenders.invitation": links.INVITATION,
}


@pytest.mark.parametrize("salt", KINDS)
def test_a_link_mailed_long_ago_still_opens_its_page(salt):
    token = Signer(salt=salt, sep=".").sign(7)

    assert KINDS[salt].key(token) == 7


@pytest.mark.parametrize("salt", KINDS)
def test_a_link_opens_no_other_page_than_its_own(salt):
    token = KINDS[salt].token(AccessLink(pk=7))

    assert [kind.key(token) for kind in KINDS.values() if kind is not KINDS[salt]] == [None] * 3


@pytest.mark.parametrize("token", ["", "7", "7.forged", "é", "\x00", "x" * 2000])
def test_a_forged_token_names_nothing(token):
    assert links.LISTING.key(token) is None
