from django import forms

from crealead.addresses import EmailField
from directory.forms.trap import Trapped


class AddressForm(Trapped):
    """The address, to which a link is mailed.

    Args:
        help_text: what the address is asked for, at this door.
    """

    email = EmailField(
        label="Votre adresse électronique",
        max_length=254,
        error_messages={"required": "Tapez votre adresse électronique."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data=None, *, help_text):
        super().__init__(data)
        address = self.fields["email"]
        address.help_text = f"{help_text} {address.help_text}"
