from directory.forms.messages import MessageForm
from directory.models import ContactMessage
from directory.models.contact_message import BUDGETS


class ContactForm(MessageForm):
    """A buyer's message to a co-entrepreneur."""

    class Meta(MessageForm.Meta):
        model = ContactMessage
        fields = ["message", "place", "timing", "budget", "name", "organisation", "email", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["budget"].choices = [("", "Pas encore connu"), *BUDGETS]


class NeedForm(ContactForm):
    """The same, to the cooperative: a need that few fiches answer, or none. What it makes is mailed, and not kept."""

    class Meta(ContactForm.Meta):
        help_texts = ContactForm.Meta.help_texts | {"message": "Ce que dit votre recherche est déjà là : complétez-le."}
