"""What the templates of mails need that pages don't: in plain text, the end of a line shows."""

import re

from django import template

register = template.Library()
# No-break spaces stay.
BREAK = re.compile(r"[ \t]*\n[ \t\n]*")


class ParagraphNode(template.Node):
    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        return BREAK.sub(" ", self.nodelist.render(context)).strip(" ")


@register.tag
def paragraph(parser, _token):
    """`{% paragraph %}…{% endparagraph %}`: written on several lines, sent as one."""
    nodelist = parser.parse(["endparagraph"])
    parser.delete_first_token()
    return ParagraphNode(nodelist)
