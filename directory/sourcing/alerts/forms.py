from django import forms

from directory.doors.forms import AddressForm
from directory.models import Alert


class AlertForm(AddressForm):
    """The address to which what is new is mailed, and how often."""

    rhythm = forms.TypedChoiceField(
        label="À quel rythme, au plus",
        choices=[(value, label.capitalize()) for value, label in Alert.Rhythm.choices],
        coerce=int,
        initial=Alert.Rhythm.TWO_WEEKS,
        error_messages={
            "required": "Choisissez un rythme.",
            "invalid_choice": "Choisissez un rythme parmi ceux de la liste.",
        },
    )

    def __init__(self, data=None):
        super().__init__(data, help_text="Les nouvelles fiches y parviendront, une fois que vous aurez confirmé.")
