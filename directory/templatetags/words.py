"""What French makes of a name in a sentence."""

from django import template

from crealead.words import of

register = template.Library()
register.filter(of)
