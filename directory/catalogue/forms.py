from django import forms

from directory.forms.text import Textarea
from directory.models import ContactMessage


class ContactForm(forms.ModelForm):
    """A buyer's message to a co-entrepreneur. `trap` is a field that people don't see: only programs fill it."""

    trap = forms.CharField(
        required=False, label="Ne pas remplir", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    class Meta:
        model = ContactMessage
        fields = ["name", "organisation", "email", "phone", "message"]
        labels = {
            "name": "Votre nom",
            "organisation": "Votre organisme",
            "email": "Votre adresse électronique",
            "phone": "Votre téléphone",
            "message": "Votre besoin",
        }
        help_texts = {
            "organisation": "Commune, intercommunalité, établissement…",
            "email": "La réponse vous y parviendra.",
            "message": "Objet, lieu, calendrier, budget si vous l’avez : ce qui aide à vous répondre juste.",
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
        }


class NeedForm(ContactForm):
    """The same, to the cooperative: a need that few fiches answer, or none. What it makes is mailed, and not kept."""

    class Meta(ContactForm.Meta):
        help_texts = ContactForm.Meta.help_texts | {
            "message": "Ce que dit votre recherche est déjà là : ajoutez lieu, calendrier, budget si vous les avez.",
        }
