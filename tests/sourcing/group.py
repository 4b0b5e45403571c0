"""A message to several, as tests send it and find its links."""

import re
from datetime import timedelta
from html import unescape

from django.test import Client
from django.utils import timezone

from directory.doors import links
from directory.models import CoEntrepreneur, GroupMessage
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

BUYER = "achats@valferrand.example"
NEED = "Bonjour,\nNous cherchons qui anime trois ateliers avec les habitants."
NAMES = [("Inès", "Aubrac", "Fil Rouge"), ("Karim", "Zerrouki", "Passerelle"), ("Odile", "Quintin", "")]


def fiches(count=3):
    """Listed people, with names that no text of ours has."""
    known = [*NAMES, *((f"Prénom{n}", f"Etrange{n}", "") for n in range(30))]
    return [
        CoEntrepreneurFactory(
            listed=True, first_name=first, last_name=last, trade_name=trade, email=f"{last.lower()}@example.org"
        )
        for first, last, trade in known[:count]
    ]


def url_of(people):
    return "/messages/nouveau/?" + "&".join(f"f={fiche.slug}" for fiche in people)


def typed(people, *, days=10, **changes):
    return {
        "recipients": [fiche.slug for fiche in people],
        "subject": "Trois ateliers d’habitants",
        "message": NEED,
        "place": "Valferrand",
        "answer_by": (timezone.localdate() + timedelta(days=days)).isoformat(),
        "name": "Agathe Delmas",
        "organisation": "Mairie de Valferrand",
        "email": BUYER,
    } | changes


def write(people, *, browser=None, days=10, **changes):
    """Type it from a selection of these people, and send the form."""
    return (browser or Client()).post(url_of(people), typed(people, days=days, **changes))


def links_of(text, page):
    return re.findall(rf"/messages/{page}/\S+/", text)


def links_in(mail, page):
    return links_of(mail.body, page)


def sent(count=3, *, days=10):
    """A message that was confirmed; who got it, each with their row and the path of their link; the author's path."""
    people = fiches(count)
    write(people, days=days)
    [mail] = run_jobs()
    Client().post(links_in(mail, "confirmer")[0])
    run_jobs()
    message = GroupMessage.objects.get()
    recipients = list(message.recipients.order_by("pk"))
    return message, recipients


def answer_path(recipient):
    return links.GROUP_ANSWER.path(recipient)


def author_path(message):
    return links.GROUP_MESSAGE.path(message)


def say(recipient, given, browser=None, **fields):
    return (browser or Client()).post(answer_path(recipient), {"answer": given} | fields)


def interested(recipient, word=""):
    return say(recipient, "interested", **{"oui-word": word})


def declined(recipient, reason="busy", word=""):
    return say(recipient, "declined", **{"non-reason": reason, "non-word": word})


def knows(recipient, word="Nora Haddad"):
    return say(recipient, "knows", **{"autre-word": word})


def text_of(response):
    return unescape(response.text).replace("\u00a0", " ")


def leave(fiche):
    """Untick a fiche."""
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False)


def reread(row):
    row.refresh_from_db()
    return row
