"""Whoever types an address learns nothing of whose it is: not from the page, nor from what the page took."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import Alert, GroupMessage
from directory.sourcing.alerts import actions as alerts
from tests import cast
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.sourcing import group

pytestmark = pytest.mark.django_db

DOORS = [
    "/admin/mot-de-passe/",
    "/mon-espace/connexion/",
    "/referencement/demande/",
    "/alertes/nouvelle/?q=accueil",
    "/messages/nouveau/?f=un-fiche&f=deux-fiche",
]


@pytest.fixture
def known():
    """Whom some door or other knows."""
    referent = cast.referent()
    alerts.ask(email="achats@example.org", query="q=accueil", rhythm=7)
    alert = Alert.objects.get()
    alerts.confirm(alert_pk=alert.pk)
    author = GroupMessage.objects.create(
        name="Élue",
        organisation="Mairie",
        email="elue@example.org",
        message="Bonjour",
        answer_by=timezone.localdate(),
        confirmed_at=timezone.now(),
    )
    gone = cast.other_member(departed_on=timezone.localdate())
    return [
        referent.email,
        cast.administrator().email,
        cast.referent(user__is_active=False, user__email="ferme@example.org").user.email,
        cast.member(referent=referent).email,
        gone.email,
        alert.email,
        author.email,
        ListingRequestFactory(email="demande@example.org").email,
    ]


def shape(sql):
    """A query without what it is about."""
    return re.sub(r"'[^']*'|\d+", "?", sql)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_does_the_same_for_every_address(door, known):
    people = [CoEntrepreneurFactory(listed=True, first_name=name, last_name="Fiche") for name in ("Un", "Deux")]
    typed = group.typed(people) | {"rhythm": "7"}

    def told(email):
        with CaptureQueriesContext(connection) as queries:
            page = Client().post(door, typed | {"email": email}, follow=True)
        return page.status_code, page.redirect_chain, page.text, [shape(query["sql"]) for query in queries]

    assert [told(email) for email in known] == [told("personne@example.org")] * len(known)
