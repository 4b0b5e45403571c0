"""Phone numbers that a tap calls."""

import re

from django import template

from crealead.phones import e164

register = template.Library()


@register.filter
def tel(text):
    """The address that calls a number; of one that can't be read, its digits."""
    return f"tel:{e164(text) or re.sub('[^0-9+]', '', text)}"
