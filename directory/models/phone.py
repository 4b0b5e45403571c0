"""The phone of a row: whatever way it was typed, in one way in the database."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from crealead.phones import EXAMPLE, NOT_A_PHONE, shown
from crealead.words import with_example

LONGEST = 30
TOO_LONG = "Ce téléphone est trop long pour être gardé : écrivez-le sans numéro de poste."


def read_phone(text):
    """The number as it is kept; empty for nothing.

    Raises:
        ValidationError: with the sentence to show, for what isn't a number, or makes one too long to keep.
    """
    if not text or not text.strip():
        return ""
    number = shown(text)
    if number is None:
        raise ValidationError(NOT_A_PHONE, code="invalid")
    if len(number) > LONGEST:
        raise ValidationError(TOO_LONG, code="max_length")
    return number


class PhoneField(models.CharField):
    """A text whose `clean` reads the number: forms, imports and whatever asks `full_clean` keep it alike."""

    def __init__(self, *args, max_length=LONGEST, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

    def clean(self, value, model_instance):
        return super().clean(read_phone(value), model_instance)

    def formfield(self, **kwargs):
        help_text = with_example(kwargs.pop("help_text", self.help_text), EXAMPLE)
        widget = forms.TelInput(attrs={"autocomplete": "tel"})
        return super().formfield(**{"widget": widget} | kwargs, help_text=help_text)
