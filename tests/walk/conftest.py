"""The walk is rendered once, by Django's client; what follows reads the pages, or loads them in a browser."""

from dataclasses import dataclass

import pytest
from django.db import transaction

from tests import cast

from .visits import Visit, World, visits


@dataclass(frozen=True)
class Page:
    visit: Visit
    status: int
    headers: dict
    html: str


@pytest.fixture(scope="module")
def world(on_demonstration, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def pages(world):
    """What each visit shows, and in error what each of their forms shows once it is sent empty."""
    return [page for visit in visits(world) for page in _shown(world, visit)]


def _shown(world, visit):
    browser = world.browsers[visit.who]
    answer = browser.get(visit.path)
    if answer.streaming:
        cast.body_of(answer)
        return
    if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code in {301, 302, 403}:
        return
    html = answer.getvalue().decode()
    if not html:
        return
    yield Page(visit, answer.status_code, dict(answer.headers), html)
    if 'method="post"' in html:
        with transaction.atomic():
            sent = browser.post(visit.path, {})
            if sent.streaming:
                cast.body_of(sent)
            transaction.set_rollback(True)
        is_page = sent.get("Content-Type", "").startswith("text/html") and not sent.streaming
        if is_page and sent.content and sent.status_code in {200, 400, 409, 422}:
            error = Visit(visit.route, f"{visit.path}#sent-empty", visit.who)
            yield Page(error, sent.status_code, dict(sent.headers), sent.text)
