"""The fixtures themselves: the site stands, and what they watch for is seen."""

import pytest


def test_the_site_answers_and_its_worker_lives(shared_page):
    shared_page.goto("/")

    health = shared_page.request.get("/healthz")

    assert health.json() == {"database": "ok", "worker": "ok", "mail": "ok"}


def test_a_missing_page_is_no_fault(shared_page):
    answer = shared_page.goto("/nulle-part/")

    assert answer.status == 404


def test_a_request_to_another_host_is_a_fault(site, browser):
    from tests.browser.conftest import _collect_faults

    faults = []
    context = browser.new_context(base_url=site.url)
    _collect_faults(context, site.url, faults)
    page = context.new_page()

    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://example.org/")
    context.close()

    assert "request to https://example.org/" in faults
