"""No page is forgotten: what the site answers at is walked, or said here to be no page."""

import pytest

from .visits import NO_PAGE, routes

pytestmark = pytest.mark.walk


def test_every_route_is_walked_or_is_no_page(pages):
    walked = {page.visit.route for page in pages}

    assert set(routes()) - walked - set(NO_PAGE) == set()
