"""Pages as they are served, on the demonstration: their spaces don't break, their apostrophes are curved."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from directory.models import CoEntrepreneur, FicheProposal, ListingRequest, Reference, TeamMember
from tests.browser.test_accessibility import ADMIN, CONSULTATION, CONSULTATIONS, LEAD, PUBLIC, REFERENCE, SPACE
from tests.cast import administrator, browser_of
from tests.test_french import FAULTS, SPACES, faults_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]


TYPOGRAPHY = SPACES | {"a straight apostrophe": FAULTS["a straight apostrophe"]}
# What is heard, or read in a field, rather than on the page.
SAID_BESIDE = re.compile(r'\b(?:alt|aria-label|placeholder|title)="([^"]*)"')


def said_on(page):
    """What a page says, whether it is seen or heard."""
    text = re.sub(r"<(script|style|textarea)\b.*?</\1>", "", page.getvalue().decode(), flags=re.DOTALL)
    return map(unescape, [strip_tags(text), *SAID_BESIDE.findall(text)])


def faults_of(browser, paths):
    """What is wrong on each page, for those where something is."""
    faulty = {}
    for path in paths:
        page = browser.get(path, follow=True)
        if wrong := [fault for said in said_on(page) for fault in faults_in(said, among=TYPOGRAPHY)]:
            faulty[path] = wrong
    return faulty


def test_pages_of_the_public(client):
    slugs = CoEntrepreneur.objects.published().values_list("slug", flat=True)[:3]
    fiches = [f"/catalogue/{slug}/{page}" for slug in slugs for page in ("", "contact/")]

    assert faults_of(client, [*PUBLIC, *fiches]) == {}


def test_pages_of_members():
    member = CoEntrepreneur.objects.get(email=LEAD)
    consultation = TeamMember.objects.filter(co_entrepreneur=member, role="lead").latest("pk").consultation_id
    reference = member.references.latest("pk").pk
    paths = [
        *(f"/mon-espace/{path}" for path in SPACE),
        *(f"/mon-espace/references/{reference}/{path}" for path in REFERENCE),
        *(f"/consultations/{path}" for path in CONSULTATIONS),
        *(f"/consultations/{consultation}/{path}" for path in CONSULTATION),
    ]

    assert faults_of(browser_of(member), paths) == {}


def test_pages_of_the_back_office():
    models = {"listingrequest": ListingRequest, "ficheproposal": FicheProposal, "reference": Reference}
    paths = [
        *ADMIN,
        *(f"/admin/directory/{name}/" for name in models),
        *(f"/admin/directory/{name}/{model.objects.latest('pk').pk}/decision/" for name, model in models.items()),
        f"/admin/directory/coentrepreneur/{CoEntrepreneur.objects.latest('pk').pk}/change/",
    ]

    assert faults_of(browser_of(administrator()), paths) == {}
