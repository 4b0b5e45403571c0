"""The field that people don't see: what only programs fill is neither kept nor mailed, and is answered the same."""

from django import forms


class Trapped(forms.Form):
    """A form of the public, with a `trap`. Its page shows it by `_partials/trap.html`."""

    trap = forms.CharField(
        required=False,
        label="Ne pas remplir",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
