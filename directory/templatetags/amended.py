"""Django's own templates of the admin, but for what keeps some people from reading what they make."""

import re

from django import template
from django.utils.safestring import mark_safe

register = template.Library()
# What each is mended of: once Django mends it too, nothing is found and nothing changes.
AMENDED = {
    "admin/filter.html": [
        # The choice in force is told by a class alone.
        (re.compile(r'(<li class="selected">\s*<a)'), r'\1 aria-current="true"'),
    ],
    "admin/includes/fieldset.html": [
        # A label of what nobody fills.
        (
            re.compile(
                r'(<div class="form-row [^"]*\bhidden\b[^"]*">(?:(?!</div>).)*?)<label [^>]*>.*?</label>', re.DOTALL
            ),
            r"\1",
        ),
    ],
    "admin/search_form.html": [(re.compile(r'alt="Search"'), 'alt="Chercher"')],
    "admin/change_list_results.html": [
        # What a row is about heads it; the box that selects it has another class.
        (re.compile(r"<th(?= class=\"field-)"), '<th scope="row"'),
        (re.compile(r'<table id="result_list">'), '<table id="result_list" aria-labelledby="content-title">'),
        (re.compile(r'(<th scope="col" class="[^"]*\bsorted (ascending|descending)[^"]*")'), r'\1 aria-sort="\2"'),
        # Links that a title alone names.
        (re.compile(r'(title="([^"]+)">)(?=</a>)'), r'\1<span class="visually-hidden">\2</span>'),
    ],
    "admin/widgets/related_widget_wrapper.html": [
        (re.compile(r'(title="([^"]+)"\s*>\s*<img [^>]*alt=")(?=")'), r"\1\2"),
    ],
    "admin/edit_inline/tabular.html": [
        (re.compile(r'(aria-labelledby="([^"]+-heading)".*?)<table>', re.DOTALL), r'\1<table aria-labelledby="\2">'),
        (re.compile(r'<th class="original"></th>'), '<td class="original"></td>'),
        (re.compile(r"<th>\s*</th>"), "<td></td>"),
        (re.compile(r"<th(?= class=\"column-|>)"), '<th scope="col"'),
    ],
}


@register.simple_tag(takes_context=True)
def amended(context, name):
    """What Django's template of that name makes, mended; ours, of the same name, holds this tag alone."""
    engine = context.template.engine
    djangos, _ = engine.find_template(name, skip=[engine.get_template(name).origin])
    page = djangos.render(context)
    for pattern, right in AMENDED[name]:
        page = pattern.sub(right, page)
    return mark_safe(page)
