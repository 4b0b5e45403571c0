"""What pages say of insurances."""

from django import template

from directory.models.insurance import covers_of

register = template.Library()
register.simple_tag(covers_of, name="covers")
