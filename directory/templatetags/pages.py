"""What the templates of pages say of where one is, of what was just done and of what is to be corrected."""

import re

from django import template
from django.conf import settings
from django.contrib.messages import WARNING
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from directory.pages.audit import AUDIT

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


@register.simple_tag
def accessibility_state():
    """How far the site meets the RGAA, as each page must say it: « partiellement conforme »."""
    return AUDIT.state().value


@register.inclusion_tag("_partials/sharing.html", takes_context=True)
def sharing(context, address="", kind="website"):
    """What stands for a public page where it is shared: the words of its blocks `title` and `description`.

    Args:
        context: of a template that extends `base.html`.
        address: of the page, absolute, when it has more than a path.
        kind: of what the page tells, as Open Graph calls it.
    """
    return {
        "title": _said(context, "title"),
        "description": _said(context, "description"),
        "address": address or settings.SITE_URL + context["request"].path,
        "image": settings.SITE_URL + static("img/partage.png"),
        "kind": kind,
    }


def _said(context, block):
    """What a block of the page says, in one line; it is as safe as on the page."""
    said = context.render_context[BLOCK_CONTEXT_KEY].get_block(block).render(context)
    # No-break spaces stay.
    return mark_safe(re.sub(r"[ \t\n]+", " ", said).strip())


@register.filter
def optional(field):
    """What marks a field that may stay empty; when something depends on it, `field.needed` says when it may not."""
    needed = getattr(field.field, "needed", "" if field.field.required else "facultatif")
    return format_html(' <span class="facultatif">({})</span>', needed) if needed else ""


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
