"""Texts of several lines, counted as one counts them."""

from django import forms


class Textarea(forms.Textarea):
    """A line break is one sign, as for who counts: browsers send two."""

    def value_from_datadict(self, data, files, name):
        text = super().value_from_datadict(data, files, name)
        return text.replace("\r\n", "\n") if text else text
