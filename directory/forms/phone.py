"""A phone as forms ask for it, when they aren't those of a row."""

from django import forms

from directory.models.phone import LONGEST, read_phone


class PhoneField(forms.CharField):
    """A number typed in any way; cleaned into the one way that it is kept and shown."""

    widget = forms.TelInput(attrs={"autocomplete": "tel"})

    def __init__(self, *, max_length=LONGEST, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value):
        """What is kept, and so what the other checks see."""
        return read_phone(super().to_python(value))
