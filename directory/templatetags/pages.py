"""What the templates of pages say of where one is, of what was just done and of what is to be corrected."""

from django import template
from django.contrib.messages import WARNING
from django.utils.safestring import mark_safe

register = template.Library()
CURRENT = mark_safe(' aria-current="page"')


@register.simple_tag(takes_context=True)
def current(context, url):
    """What marks the link to the page that is shown."""
    return CURRENT if context["request"].path == url else ""


@register.simple_tag(takes_context=True)
def current_under(context, *urls):
    """The same, for the pages under one of these too."""
    return CURRENT if context["request"].path.startswith(urls) else ""


@register.filter
def look(message):
    """The panel in which a message is shown."""
    return "panneau-attention" if message.level >= WARNING else "panneau-succes"


@register.filter
def colon(label):
    """What stands between a label and what is said of it: nothing after a question."""
    return "" if str(label).endswith(("?", "!")) else "\N{NO-BREAK SPACE}:"


@register.filter
def to_correct(errors):
    """How many points of a form are to be corrected, as a title."""
    return "Un point est à corriger" if len(errors) == 1 else f"{len(errors)} points sont à corriger"
