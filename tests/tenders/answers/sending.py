"""An answer sent from the page of its consultation."""

from tests import cast
from tests.cast import browser_of, lead_of

DC1 = b"%PDF-1.7 le DC1"


def pdf(name="DC1.pdf", content=DC1):
    return cast.pdf(name, content)


def send(consultation, browser=None, **changed):
    data = {"with_kit": "on", "attachments": [pdf()], "after": "0", "is_sure": "on"} | changed
    browser = browser or browser_of(lead_of(consultation))
    return browser.post(f"/consultations/{consultation.pk}/envoi/", {k: v for k, v in data.items() if v is not None})


def files_in(media):
    return [path for path in media.rglob("*") if path.is_file()]
