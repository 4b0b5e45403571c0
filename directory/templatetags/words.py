"""What French makes of a name, or of a time, in a sentence."""

from django import template

from crealead.words import ago, of, time_left

register = template.Library()
register.filter(ago)
register.filter(of)
register.filter(time_left)
