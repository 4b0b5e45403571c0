"""Phone numbers that a tap calls."""

from django import template

from crealead.phones import tel

register = template.Library()
register.filter(tel)
