"""The pages that follow a form, opened by who sent none: they claim nothing."""

import re

import pytest
from django.urls import get_resolver, reverse

from tests.cast import browser_of, messages_of, text_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db

FOLLOWS = re.compile(r"(^|_)(sent|saved|done|complete|thanks)$")
DOORS = {"listing:sent", "my_space:sent", "admin:password_reset_done", "alerts:sent", "group_messages:sent"}
# Where one is led to, and what is shown of the form itself.
ELSEWHERE = {"listing:saved": "/referencement/demande/", "admin:password_change_done": "/admin/"}
# Where one is led to by an address alone.
TO_THE_FORM = {"catalogue:need_sent": "catalogue:need"}
CLAIM = re.compile(r"vien(t|s|nent) d(e |’)|est parti|envoyé|enregistré|modifié|l’adresse que vous avez tapée")


def names(resolver=None, space=""):
    """Every named page of the site, with its namespace."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


def test_each_is_held_here():
    following = {name for name in names() if FOLLOWS.search(name.rpartition(":")[2])}

    assert following == DOORS | set(ELSEWHERE) | set(TO_THE_FORM) | {"catalogue:contact_sent"}


@pytest.mark.parametrize("name", sorted(DOORS))
def test_after_an_address(client, name):
    page = text_of(client.get(reverse(name)))
    main = page.partition("<h1")[2]

    assert "Si vous venez de taper" in main
    assert not CLAIM.search(main)


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_after_what_is_kept_in_a_session(referent, name):
    assert browser_of(referent).get(reverse(name)).url == ELSEWHERE[name]


@pytest.mark.parametrize("name", sorted(TO_THE_FORM))
def test_after_what_is_proved_by_the_address(client, name):
    for receipt in ("", "?recu=x", "?recu=1764374400:1vP0aa:signature"):
        assert client.get(reverse(name) + receipt).url == reverse(TO_THE_FORM[name])


def test_after_a_message(client):
    fiche = CoEntrepreneurFactory(listed=True)
    page = text_of(client.get(reverse("catalogue:contact_sent", args=[fiche.slug])))

    assert "Aucun message à montrer" in page
    assert not CLAIM.search(page.partition("<main")[2].replace("qui vient de l’envoyer", ""))


def test_a_password_that_was_changed_is_said_once(referent):
    browser = browser_of(referent)
    typed = {"old_password": "une-phrase-de-passe-longue", "new_password1": "autre-phrase-longue-34"}

    page = browser.post(
        reverse("admin:password_change"), typed | {"new_password2": typed["new_password1"]}, follow=True
    )

    assert page.request["PATH_INFO"] == "/admin/"
    assert messages_of(page) == ["Votre mot de passe est changé."]
    assert "mot de passe est changé" not in browser.get("/admin/").text
