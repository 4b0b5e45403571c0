"""What French makes of a name, or of a time, in a sentence."""

from django import template

from crealead.words import ago, file_size, file_told, of, time_left

register = template.Library()
register.filter(ago)
register.filter(file_size)
register.filter(file_told)
register.filter(of)
register.filter(time_left)
