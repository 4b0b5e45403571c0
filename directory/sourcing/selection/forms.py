from directory.doors.forms import AddressForm


class SendForm(AddressForm):
    """Where a selection is sent."""

    def __init__(self, data=None):
        super().__init__(data, help_text="Elle sert à ce seul envoi.")
        email = self.fields["email"]
        email.label = "Adresse électronique de votre collègue"
        email.error_messages["required"] = "Tapez l’adresse où envoyer le lien."
        email.widget.attrs["autocomplete"] = "off"
