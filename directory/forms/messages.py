"""What a buyer types to write, to one or to several: the same fields, asked and refused in the same words."""

from django import forms

from .text import Textarea
from .trap import Trapped


class MessageForm(Trapped, forms.ModelForm):
    """What a buyer types, whoever it goes to.

    A form that extends it says in its `Meta` of which model, and which fields.
    """

    class Meta:
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
