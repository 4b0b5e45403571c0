from django import forms

from crealead.addresses import EmailField


class AddressForm(forms.Form):
    """The address, to which a link is mailed. `trap` is a field that people don't see: only programs fill it.

    Args:
        help_text: what the address is asked for, at this door.
    """

    email = EmailField(
        label="Votre adresse électronique",
        max_length=254,
        error_messages={"required": "Tapez votre adresse électronique."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    trap = forms.CharField(
        required=False,
        label="Ne pas remplir",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data=None, *, help_text):
        super().__init__(data)
        address = self.fields["email"]
        address.help_text = f"{help_text} {address.help_text}"
