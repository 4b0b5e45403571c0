"""A phone as forms ask for it, when they aren't those of a row."""

from django import forms

from crealead.phones import EXAMPLE
from crealead.words import with_example
from directory.models.phone import LONGEST, read_phone


class PhoneField(forms.CharField):
    """A number typed in any way; cleaned into the one way that it is kept and shown. Its help ends with an example."""

    widget = forms.TelInput(attrs={"autocomplete": "tel"})

    def __init__(self, *, max_length=LONGEST, help_text="", **kwargs):
        super().__init__(max_length=max_length, help_text=with_example(help_text, EXAMPLE), **kwargs)

    def to_python(self, value):
        """What is kept, and so what the other checks see."""
        return read_phone(super().to_python(value))
