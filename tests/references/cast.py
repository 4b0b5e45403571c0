"""A co-entrepreneur in their space, and what their browser sends."""

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from directory.doors.session import COOKIE, sign_in
from directory.models import Reference
from directory.references.forms import BLANK_ROWS
from tests.factories import ReferenceFactory

PDF = b"%PDF-1.7 attestation"


def browser_of(member):
    """A browser that is in this member's space."""
    client = Client()
    response = HttpResponse()
    sign_in(response, member)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    return client


def filled(**changed):
    """What a browser sends of a form filled in properly for a new client, nobody else taking part."""
    return (
        {
            "client_name": "Communauté de communes du Test",
            "client_type": "intercommunalite",
            "subject": "Schéma directeur des mobilités actives",
            "starts_on": "2025-03-01",
            "ends_on": "2025-09-30",
            "role": Reference.Role.SOLE,
            "amount_shown": Reference.AmountShown.BAND,
            "version": "1",
        }
        | rows()
        | changed
    )


def rows(*people):
    """The rows of colleagues: (name, part) or (name, part, key of who was chosen among those proposed for the name)."""
    sent = {"collegues-TOTAL_FORMS": str(max(BLANK_ROWS, len(people))), "collegues-INITIAL_FORMS": "0"}
    for number, (name, part, *key) in enumerate(people):
        sent |= {f"collegues-{number}-name": name, f"collegues-{number}-part": part}
        if key:
            sent |= {f"collegues-{number}-asked": name, f"collegues-{number}-member": str(key[0])}
    return sent


def awaiting(**kwargs):
    """A reference that waits for a référent."""
    return ReferenceFactory(state=Reference.State.TO_VALIDATE, decided_at=None, submitted_at=timezone.now(), **kwargs)


def content_of(file):
    with file.open("rb") as opened:
        return opened.read()


def text_of(response):
    """The page with its spaces made plain."""
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")
