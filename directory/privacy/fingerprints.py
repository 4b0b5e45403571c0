"""The keyed fingerprint of a mark of a person: whoever has it without the key can't try names on it."""

import re

from django.utils.crypto import salted_hmac

from crealead.phones import e164
from crealead.words import plain

from .vocabulary import By


def fingerprint(use: str, by: By, mark, key: str) -> str:
    """The same however the mark is written: accents, capitals, spaces, the signs between the digits of a number.

    Args:
        use: what it serves; the same mark has another fingerprint in another use.
        by: what the mark is.
        mark: a text, or the key of a row.
        key: the secret.
    """
    text = str(mark)
    if by is By.PHONE:
        text = e164(text) or re.sub(r"\D", "", text)
    return salted_hmac(f"directory.privacy.{use}.{by.name}", plain(text), secret=key, algorithm="sha256").hexdigest()
