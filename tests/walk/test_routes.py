"""No page is forgotten: what the site answers at is visited, or said to be no page."""

import re

import pytest

from .visits import NO_PAGE, routes, visits

pytestmark = pytest.mark.walk
# What the admin makes of each model: visited for each that has a row.
OF_A_ROW = re.compile(r"^admin:\w+_(change|history|delete)$")


def test_every_route_is_visited_or_is_no_page(world):
    visited = {visit.route for visit in visits(world)}
    forgotten = set(routes()) - visited - set(NO_PAGE)

    assert sorted(route for route in forgotten if not OF_A_ROW.match(route)) == []
