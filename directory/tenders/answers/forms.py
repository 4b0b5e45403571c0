"""What is typed of an answer: what was sent, and what became of it."""

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from crealead.words import megabytes
from directory.forms.days import DayInput
from directory.forms.text import Textarea
from directory.models import Consultation

from .attachments import ACCEPTED, MAX_BYTES, MOST_FILES, AttachmentsField, formats_of
from .kit import MEMO_STEM

# What a memo may be, as `attachments.formats_of` tells formats.
MEMO_ENDINGS = {"pdf", "docx", "docm", "doc", "odt"}
Outcome = Consultation.Outcome


class ScoreField(forms.DecimalField):
    """A mark, or what it is out of; a comma or a point parts the decimals."""

    def __init__(self, label, needed="facultatif"):
        self.needed = needed
        super().__init__(
            label=label,
            max_digits=6,
            decimal_places=2,
            min_value=0,
            required=False,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6}),
            error_messages={"invalid": "Écrivez un nombre : 12,5."},
        )


class FinalMemoField(forms.FileField):
    """The memo that was sent, a text or a PDF; cleaned into a dict of one file by its name in the answer, or none."""

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return {}
        if file.size > MAX_BYTES:
            raise ValidationError(f"« {file.name} » dépasse {megabytes(MAX_BYTES)}.")
        formats, named = formats_of(file), PurePath(file.name).suffix.lower().removeprefix(".")
        ending = named if named in formats else next(iter(formats), None)
        if ending not in MEMO_ENDINGS:
            raise ValidationError(f"« {file.name} » n’est ni un PDF, ni un document Word ou Writer.")
        return {f"{MEMO_STEM}.{ending}": file}


class SendForm(forms.Form):
    """What was sent: the documents of the kit as they are made now, and the files added.

    Args:
        readiness: what isn't ready, see `readiness`; an unfinished memo isn't attached unless it is asked for.
    """

    with_kit = forms.BooleanField(
        label="Joindre les documents du dossier, tels qu’ils se font maintenant",
        required=False,
        initial=True,
        help_text="Présentation, CV, fiches de référence. Décochez si vous n’avez envoyé que vos propres fichiers.",
    )
    with_memo = forms.BooleanField(label="Joindre le mémoire écrit ici", required=False)
    final_memo = FinalMemoField(
        label="Votre mémoire final",
        required=False,
        help_text=f"PDF, Word ou Writer, {megabytes(MAX_BYTES)} au plus. Il remplace le mémoire écrit ici.",
    )
    attachments = AttachmentsField(
        label="Vos autres fichiers",
        required=False,
        help_text=f"DC1, bordereau de prix… Chacun est {ACCEPTED} ; {MOST_FILES} au plus, de "
        f"{megabytes(MAX_BYTES)} chacun. Un fichier qui porte le nom d’un document du dossier le remplace.",
    )
    despite = forms.BooleanField(
        label="Garder la réponse sans les documents qui n’ont pas pu être faits", required=False
    )
    is_sure = forms.BooleanField(
        label="J’ai lu ce qui va se passer : une fois gardés, ces fichiers ne se changent plus et ne s’effacent plus",
        error_messages={"required": "Cochez la case : ce que vous gardez ne se reprend pas."},
    )
    after = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": "Rouvrez la page de l’envoi : il manque où l’on en est."}
    )

    def __init__(self, *args, readiness, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["attachments"].needed = "si rien d’autre n’est joint"
        if not readiness.has_memo:
            del self.fields["with_memo"]
            return
        self.fields["with_memo"].initial = readiness.is_memo_finished
        if readiness.prompts:
            left = f"{readiness.prompts} passage{'s' if readiness.prompts > 1 else ''}"
            self.fields["with_memo"].help_text = f"Il y reste {left} à adapter : il n’est joint que si vous cochez."

    def clean(self):
        cleaned = super().clean()
        given = [cleaned.get(name) for name in ("with_kit", "with_memo", "final_memo", "attachments")]
        if not self.errors.keys() & {"final_memo", "attachments"} and not any(given):
            self.add_error("attachments", "Joignez ce que vous avez envoyé, ou cochez les documents du dossier.")
        return cleaned


class OutcomeForm(forms.Form):
    """What became of the answer, and how the buyer marked it."""

    outcome = forms.ChoiceField(
        label="Issue", required=False, choices=[("", "Pas encore connue"), *Outcome.choices], widget=forms.RadioSelect
    )
    outcome_on = forms.DateField(
        label="Connue le",
        required=False,
        widget=DayInput,
        help_text="Vide : aujourd’hui.",
        error_messages={"invalid": "Écrivez une date : 31/12/2026."},
    )
    price_score = ScoreField("Note de prix")
    price_score_out_of = ScoreField("Note de prix, sur", needed="avec la note")
    technical_score = ScoreField("Note technique")
    technical_score_out_of = ScoreField("Note technique, sur", needed="avec la note")
    feedback = forms.CharField(
        label="Ce que l’acheteur a dit",
        max_length=3000,
        required=False,
        help_text="Motifs, rapport d’analyse, ce que l’on vous a dit au téléphone.",
        widget=Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, consultation):
        super().__init__(data, initial={name: getattr(consultation, name) for name in self.base_fields})
        self.consultation = consultation

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") and "outcome_on" not in self.errors:
            cleaned["outcome_on"] = cleaned["outcome_on"] or timezone.localdate()
            opened_on = timezone.localdate(self.consultation.opened_at)
            if cleaned["outcome_on"] > timezone.localdate() or cleaned["outcome_on"].year < opened_on.year:
                self.add_error(
                    "outcome_on", "L’issue est connue depuis l’ouverture au plus tôt, aujourd’hui au plus tard."
                )
        elif not cleaned.get("outcome"):
            cleaned["outcome_on"] = None
        for name in ("price_score", "technical_score"):
            _check_score(self, name)
        return cleaned


class PartScoreForm(forms.Form):
    """How a section of the memo was marked, and by which criterion."""

    criterion = forms.CharField(label="Critère", max_length=150, required=False)
    score = ScoreField("Note")
    score_out_of = ScoreField("Note, sur", needed="avec la note")

    def __init__(self, data=None, *, part):
        initial = {name: getattr(part, name) for name in self.base_fields}
        super().__init__(data, initial=initial, prefix=f"section-{part.pk}")
        self.part = part

    @property
    def is_shown(self):
        """Whether it stands unfolded: something is written there, or to be corrected."""
        return bool(self.errors) or any(field.value() not in {None, ""} for field in self)

    def clean(self):
        cleaned = super().clean()
        _check_score(self, "score")
        return cleaned


def _check_score(form, name):
    """A mark goes with what it is out of, and doesn't exceed it."""
    score, out_of = form.cleaned_data.get(name), form.cleaned_data.get(f"{name}_out_of")
    if form.errors.keys() & {name, f"{name}_out_of"}:
        return
    if (score is None) != (out_of is None):
        form.add_error(name, "Une note va avec son maximum : 32 sur 40.")
    elif score is not None and (score > out_of or out_of == 0):
        form.add_error(name, "La note dépasse son maximum.")
