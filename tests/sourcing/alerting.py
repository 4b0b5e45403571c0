"""Alerts, as the tests of this room ask for them."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from directory.models import Alert
from directory.sourcing.alerts import actions as alerts
from tests.jobs import run_jobs

BUYER = "achats@valferrand.example"
QUERY = "q=accueil&tri=nom&page=3"


def ask(query=QUERY, email=BUYER, browser=None, **changes):
    return (browser or Client()).post(f"/alertes/nouvelle/?{query}", {"email": email, "rhythm": 14} | changes)


def alert_of(query, *, is_confirmed):
    """An alert, and one that was confirmed a month ago."""
    alerts.ask(email=BUYER, query=query, rhythm=7)
    row = Alert.objects.get(query=query)
    if is_confirmed:
        alerts.confirm(alert_pk=row.pk)
        Alert.objects.filter(pk=row.pk).update(ends_on=timezone.localdate() + timedelta(days=300))
    row.refresh_from_db()
    return row


def links_in(mail, page):
    return re.findall(rf"/alertes/{page}/\S+/", mail.body)


def running(query="q=accueil", email=BUYER):
    """An alert that was confirmed, and whose turn comes by `later`."""
    alerts.ask(email=email, query=query, rhythm=14)
    row = Alert.objects.get(email=email, query=query)
    alerts.confirm(alert_pk=row.pk)
    run_jobs()
    row.refresh_from_db()
    return row


def more(row, changes):
    """The same alert again, but for these changes of each."""
    names = [field.name for field in Alert._meta.fields if not field.primary_key]
    Alert.objects.bulk_create(Alert(**{name: getattr(row, name) for name in names} | change) for change in changes)
