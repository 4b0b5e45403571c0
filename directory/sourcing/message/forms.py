"""What is typed of a message to several, of an answer to it, and of the consultation that comes of it."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from crealead.words import SPELLED, day
from directory.forms.clients import ClientForm
from directory.forms.days import DayInput
from directory.forms.messages import MessageForm
from directory.forms.text import Textarea
from directory.models import GroupMessage, GroupRecipient
from directory.models.contact_message import one_line
from directory.models.group_message import FEWEST, FURTHEST, MOST, SOONEST

Answer, Reason = GroupRecipient.Answer, GroupRecipient.Reason
BETWEEN = f"de {SPELLED[FEWEST]} à {SPELLED[MOST]} fiches"
# The address or the number of somebody else, which nobody is asked for.
REACHES_SOMEBODY = re.compile(r"@|\d(?:[\s./-]?\d){7}")
# From the day when answers are in to the one when the team answers, unless the team says otherwise.
FOR_THE_TEAM = timedelta(days=14)
BAD_DAY = "Écrivez une date : 31/12/2026."


class GroupMessageForm(MessageForm):
    """A buyer's message to several.

    Args:
        fiches: those that they keep, among whom they choose; all are chosen when one message may go to all.
    """

    recipients = forms.MultipleChoiceField(
        label="À qui",
        widget=forms.CheckboxSelectMultiple,
        help_text=f"Choisissez {BETWEEN}. Chacun reçoit un courriel à part, et ne sait pas à qui d’autre vous écrivez.",
        error_messages={
            "required": f"Choisissez {BETWEEN}.",
            "invalid_choice": "Une fiche que vous aviez choisie n’est plus au catalogue : relisez votre choix.",
        },
    )
    answer_by = forms.DateField(
        label="Réponse attendue au plus tard le",
        widget=DayInput,
        error_messages={"required": "Pour quel jour vous faut-il une réponse ?", "invalid": BAD_DAY},
    )

    class Meta(MessageForm.Meta):
        model = GroupMessage
        fields = ["subject", "message", "place", "answer_by", "name", "organisation", "email"]
        labels = MessageForm.Meta.labels | {"subject": "Objet"}
        help_texts = MessageForm.Meta.help_texts | {
            "subject": "En quelques mots : c’est l’objet du courriel.",
            "message": "Le même texte part à chacun.",
            "email": "Un courriel vous y demandera de confirmer ; les réponses y parviendront.",
        }
        error_messages = MessageForm.Meta.error_messages | {"subject": {"required": "Quel est l’objet ?"}}
        widgets = MessageForm.Meta.widgets | {"subject": forms.TextInput(attrs={"autocomplete": "off"})}

    field_order = ["recipients"]

    def __init__(self, data=None, *, fiches, initial=None):
        self.fiches = {fiche.slug: fiche for fiche in fiches}
        chosen = list(self.fiches) if len(self.fiches) <= MOST else []
        super().__init__(data, initial={"recipients": chosen} | (initial or {}))
        self.fields["recipients"].choices = [
            (fiche.slug, f"{fiche.name}, {fiche.trade_name}" if fiche.trade_name else fiche.name) for fiche in fiches
        ]
        first, last = self._bounds()
        answer_by = self.fields["answer_by"]
        answer_by.help_text = (
            f"Entre le {day(first)} et le {day(last)}. Ce jour-là au plus tard, un courriel vous dit qui a répondu "
            "quoi, même si personne n’est disponible."
        )
        answer_by.widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    @staticmethod
    def _bounds():
        today = timezone.localdate()
        return today + SOONEST, today + FURTHEST

    def clean_recipients(self):
        slugs = self.cleaned_data["recipients"]
        if not FEWEST <= len(slugs) <= MOST:
            raise ValidationError(f"Choisissez {BETWEEN} : il y en a {len(slugs)}.")
        return [self.fiches[slug] for slug in self.fiches if slug in slugs]

    def clean_subject(self):
        subject = one_line(self.cleaned_data["subject"])
        if not subject:
            raise ValidationError(self.fields["subject"].error_messages["required"])
        return subject

    def clean_answer_by(self):
        answer_by = self.cleaned_data["answer_by"]
        first, last = self._bounds()
        if not first <= answer_by <= last:
            raise ValidationError(f"Choisissez un jour entre le {day(first)} et le {day(last)}.")
        return answer_by


class AnswerForm(forms.Form):
    """One of the three answers; the button that is pressed says which, and what goes with it is asked beside it."""

    prefix = None
    given = None

    @property
    def content(self):
        """What `actions.answer` takes of it."""
        return {"given": self.given, "reason": "", "word": ""} | self.cleaned_data


class InterestedForm(AnswerForm):
    prefix, given = "oui", Answer.INTERESTED

    word = forms.CharField(
        label="Un mot pour l’acheteur",
        required=False,
        max_length=GroupRecipient.LONGEST_WORD,
        widget=Textarea(attrs={"rows": 3}),
    )


class DeclinedForm(AnswerForm):
    prefix, given = "non", Answer.DECLINED

    reason = forms.ChoiceField(
        label="Pourquoi",
        choices=[("", "Choisissez"), *Reason.choices],
        error_messages={"required": "Dites pourquoi, d’un choix dans la liste."},
    )
    word = forms.CharField(
        label="En quelques mots",
        required=False,
        max_length=GroupRecipient.LONGEST_WORD,
        widget=Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        data = super().clean()
        if data.get("reason") == Reason.OTHER and not data.get("word"):
            self.add_error("word", "Dites en quelques mots laquelle.")
        return data


class KnowsForm(AnswerForm):
    prefix, given = "autre", Answer.KNOWS

    word = forms.CharField(
        label="Qui",
        max_length=200,
        help_text="Un nom, une marque ou un métier : l’acheteur le cherchera au catalogue. Ni adresse, ni téléphone.",
        error_messages={"required": "Écrivez un nom, une marque ou un métier."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_word(self):
        word = self.cleaned_data["word"]
        if REACHES_SOMEBODY.search(word):
            raise ValidationError("Ni adresse, ni téléphone de quelqu’un d’autre : un nom ou un métier suffit.")
        return one_line(word)


ANSWERS = {form.given.value: form for form in (InterestedForm, DeclinedForm, KnowsForm)}


class TeamForm(ClientForm):
    """What a consultation needs beside the buyer's words: which client of the directory they are, and a date.

    Args:
        message: the `GroupMessage` that it comes of.
    """

    deadline = forms.DateField(
        label="L’équipe répond à l’acheteur au plus tard le",
        help_text="Une date proposée : changez-la selon ce que l’acheteur demande.",
        widget=DayInput,
        error_messages={"required": "Pour quel jour l’équipe répond-elle ?", "invalid": BAD_DAY},
    )

    def __init__(self, data=None, *, message):
        proposed = max(message.answer_by, timezone.localdate()) + FOR_THE_TEAM
        super().__init__(data, initial={"client_name": message.organisation, "deadline": proposed})
        self.fields["client_name"].label = self["client_name"].label = "Acheteur"

    def clean_deadline(self):
        deadline, today = self.cleaned_data["deadline"], timezone.localdate()
        if not today < deadline <= today + timedelta(days=2 * 365):
            raise ValidationError("Choisissez un jour à venir, dans les deux ans.")
        return deadline
