"""The way in to a request: the address, the link of the mail, the form, and the page that says where it stands."""

from urllib.parse import urlsplit

from django.urls import reverse

from directory.doors import links
from directory.listing.forms import SERVED_CLIENTS
from directory.models import Skill
from tests.cast import link_in
from tests.jobs import run_jobs

START = "/referencement/demande/"
FORM = "/referencement/demande/formulaire/"


def enter(client, email):
    """Prove an address as people do: type it, read the mail, click, click."""
    client.post(START, {"email": email})
    [message] = run_jobs()
    return client.post(link_in(message, "/demande/"))


def filled(**changed):
    """What a browser sends of a form filled in properly."""
    return {
        "headline": "Former les agents d’accueil",
        "public_offer": "Deux jours dans vos locaux.",
        "skills": [Skill.objects.order_by("pk").first().pk],
        "nationwide": "on",
        "clients-TOTAL_FORMS": str(SERVED_CLIENTS),
        "clients-INITIAL_FORMS": "0",
    } | changed


def answer(client, **changed):
    return client.post(FORM, filled(**changed))


def status_url(request):
    return reverse("listing:status", args=[links.LISTING_STATUS.token(request)])


def leads_to_status(url, request):
    """Whether an address is that of the page of a request: each link is made anew."""
    return links.LISTING_STATUS.key(urlsplit(url).path.rstrip("/").split("/")[-1]) == request.pk


def leave(client, to, *, at="", **typed):
    """Save, from the part where one is, and go."""
    return client.post(FORM, filled(**typed) | {"aller": to, "etape": at})


def correct(client, **typed):
    """Send again what was sent, changed."""
    return client.post(f"{FORM}?corriger=1", filled(**typed))
