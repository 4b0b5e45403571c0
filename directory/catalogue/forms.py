from django import forms

from directory.forms.text import Textarea
from directory.models import ContactMessage
from directory.models.contact_message import BUDGETS


class ContactForm(forms.ModelForm):
    """A buyer's message to a co-entrepreneur. `trap` is a field that people don't see: only programs fill it."""

    trap = forms.CharField(
        required=False, label="Ne pas remplir", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    class Meta:
        model = ContactMessage
        fields = ["message", "place", "timing", "budget", "name", "organisation", "email", "phone"]
        labels = {
            "name": "Votre nom",
            "organisation": "Votre organisme",
            "email": "Votre adresse électronique",
            "phone": "Votre téléphone",
            "message": "Ce qu’il vous faut",
            "place": "Lieu",
            "timing": "Quand",
            "budget": "Budget",
        }
        help_texts = {
            "organisation": "Commune, intercommunalité, établissement…",
            "email": "La réponse vous y parviendra.",
            "message": "Commencez par l’essentiel : les premiers mots font l’objet du courriel.",
            "place": "Commune, département, sur place ou à distance.",
            "timing": "Une date, un mois, ou d’ici quand.",
            "budget": "Une tranche suffit, et n’engage à rien.",
        }
        error_messages = {
            "name": {"required": "Écrivez votre nom."},
            "organisation": {"required": "Pour quel organisme écrivez-vous ?"},
            "email": {"required": "Écrivez l’adresse où vous répondre."},
            "message": {"required": "Dites ce dont vous avez besoin."},
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "message": Textarea(attrs={"rows": 8}),
            "place": forms.TextInput(attrs={"autocomplete": "off"}),
            "timing": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["budget"].choices = [("", "Pas encore connu"), *BUDGETS]


class NeedForm(ContactForm):
    """The same, to the cooperative: a need that few fiches answer, or none. What it makes is mailed, and not kept."""

    class Meta(ContactForm.Meta):
        help_texts = ContactForm.Meta.help_texts | {"message": "Ce que dit votre recherche est déjà là : complétez-le."}
