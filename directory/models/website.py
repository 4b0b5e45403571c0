"""The address of a page on the web: http or https, in the database too."""

import re

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from crealead.words import with_example

SCHEMES = ["http", "https"]
EXAMPLE = "www.exemple.fr"
NOT_A_WEBSITE = "L’adresse d’un site ressemble à : https://www.exemple.fr."
# A word and a colon at the start, which no port follows.
OWN_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9])", re.IGNORECASE)
validate_website = URLValidator(schemes=SCHEMES, message=NOT_A_WEBSITE)


def read_website(text):
    """The address, with the scheme that people leave out; empty for nothing.

    Raises:
        ValidationError: with the sentence to show, for what isn't an address of the web.
    """
    text = (text or "").strip()
    if not text:
        return ""
    address = text if OWN_SCHEME.match(text) else f"https://{text.lstrip('/')}"
    validate_website(address)
    return address


def is_website(name):
    """The condition that the database holds a column to."""
    return Q(**{name: ""}) | Q(**{f"{name}__iregex": r"^https?://"})


class WebsiteField(models.URLField):
    """An address whose `clean` completes « www.… »: forms, imports and whatever asks `full_clean` keep it alike."""

    def clean(self, value, model_instance):
        return super().clean(read_website(value), model_instance)

    def formfield(self, **kwargs):
        help_text = with_example(kwargs.pop("help_text", self.help_text), EXAMPLE)
        mine = {"assume_scheme": "https", "error_messages": {"invalid": NOT_A_WEBSITE}}
        return super().formfield(**mine | kwargs, help_text=help_text)
