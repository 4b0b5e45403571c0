"""A site as forms ask for it, when they aren't those of a row."""

from django import forms

from crealead.words import with_example
from directory.models.website import EXAMPLE, NOT_A_WEBSITE, read_website


class WebsiteField(forms.URLField):
    """The address of a page on the web, « www.… » completed. Its help ends with how one looks."""

    # Not the browser's own field, which refuses « www.… » before we complete it.
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"})

    def __init__(self, *, max_length=200, help_text="", **kwargs):
        super().__init__(
            max_length=max_length,
            assume_scheme="https",
            help_text=with_example(help_text, EXAMPLE),
            error_messages={"invalid": NOT_A_WEBSITE},
            **kwargs,
        )

    def clean(self, value):
        return read_website(super().clean(value))
