"""Mail addresses: read without the signs that nobody sees, and refused when no mail could be made out to them."""

import unicodedata
from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from crealead.words import with_example

EXAMPLE = "prenom.nom@exemple.fr"
NOT_AN_ADDRESS = f"Une adresse électronique ressemble à : {EXAMPLE}."
# What is longer is no address, whatever is hidden in it, and isn't read sign by sign.
LONGEST_READ = 2000
# No machine by its number or its own name: only what a mail server of another house can be.
validate_email = EmailValidator(allowlist=[])
NO_BREAK_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}"


def visible(text):
    """The address as it is seen: what is pasted brings marks of direction, hidden spaces, soft hyphens.

    An accent may be written apart from its letter and look the same: it is put on it.
    """
    if len(text) > LONGEST_READ:
        return text
    signs = (sign for sign in text if unicodedata.category(sign) != "Cf" and sign not in NO_BREAK_SPACES)
    return unicodedata.normalize("NFC", "".join(signs)).strip()


def mailbox(address):
    """What a mail server reads of an address, to count who has it: one for « mairie@sète.fr » and « xn--… »."""
    name, at, domain = address.rpartition("@")
    # What isn't a domain is counted as it is.
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}{at}{domain}".casefold()


def validate_address(address):
    """Refuse what isn't one bare address, or one that no mail server can be given.

    Raises:
        ValidationError: with the sentence to show.
    """
    try:
        validate_email(address)
        # As Django writes it on the envelope.
        address.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError) as error:
        raise ValidationError(NOT_AN_ADDRESS, code="invalid") from error
    # Between quotes, or in letters of other widths, a mailbox has as many names as one likes: nobody's is written so.
    if address.endswith("]") or '"' in address or not address.isprintable() or _is_disguised(address):
        raise ValidationError(NOT_AN_ADDRESS, code="invalid")


def _is_disguised(address):
    return unicodedata.normalize("NFKC", address) != unicodedata.normalize("NFC", address)


class EmailField(forms.EmailField):
    """The address that every form of the site asks for; its help ends with how one looks."""

    default_validators = [validate_address]

    def __init__(self, *, help_text="", **kwargs):
        super().__init__(help_text=with_example(help_text, EXAMPLE), **kwargs)

    def to_python(self, value):
        return super().to_python(visible(value) if isinstance(value, str) else value)
