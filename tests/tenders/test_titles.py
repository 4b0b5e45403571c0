"""The title of each page says which consultation, search and page it is, and no two say the same."""

import re

import pytest

from tests.cast import browser_of, lead_of, led

pytestmark = pytest.mark.django_db
PAGES = ["", "equipe/", "equipe/inviter/", "memoire/trame/", "dossier/", "envoi/", "issue/", "modifier/"]


def title_of(response):
    return " ".join(re.search(r"<title>(.*?)</title>", response.text, re.DOTALL)[1].split())


def test_each_page_of_a_consultation_names_it():
    consultation = led()
    browser = browser_of(lead_of(consultation))

    titles = [title_of(browser.get(f"/consultations/{consultation.pk}/{path}", follow=True)) for path in PAGES]

    assert [title for title in titles if consultation.subject not in title] == []
    assert len(set(titles)) == len(titles)


def test_the_register_says_what_was_looked_for():
    browser = browser_of(lead_of(led()))

    title = title_of(browser.get("/consultations/?q=cantine&etat=ouvertes"))

    assert "cantine" in title
    assert "ouvertes" in title
    assert title != title_of(browser.get("/consultations/"))
