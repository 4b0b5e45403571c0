"""A phone as forms ask for it, when they aren't those of a row."""

from django import forms

from directory.models.phone import read_phone


class PhoneField(forms.CharField):
    """A number typed in any way; cleaned into the one way that it is kept and shown."""

    widget = forms.TelInput(attrs={"autocomplete": "tel"})

    def __init__(self, *, max_length=30, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value):
        return read_phone(super().clean(value))
