"""What is typed of a memo."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from directory.models import MemoPart, MemoTrame, SectionKind

MOST_CHARACTERS = MemoPart._meta.get_field("body").max_length  # noqa: SLF001 the public face of a model's fields
NO_TITLE = "Donnez un titre à cette section."


class LongText(forms.CharField):
    """A long text, whose lines end as they are counted and kept: by one character."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class TrameForm(forms.Form):
    """The trame to start from."""

    trame = forms.ModelChoiceField(
        MemoTrame.objects.filter(is_offered=True),
        error_messages={"required": "Choisissez une trame.", "invalid_choice": "Cette trame n’est plus proposée."},
    )


class PartForm(forms.ModelForm):
    """A section, whose row is held until the end of the transaction.

    A save over what another saved meanwhile writes nothing.

    Attributes:
        is_stale: whether that happened.
    """

    is_stale = False

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    body = LongText(
        label="Votre texte",
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 24}),
    )

    class Meta:
        model = MemoPart
        fields = ["title", "criterion", "body"]
        error_messages = {"title": {"required": NO_TITLE}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("version") != self.instance.version:
            self.is_stale = True
            # The next click saves: the person has been told.
            self.data = self.data.copy()
            self.data["version"] = self.instance.version
            when = date_format(timezone.localtime(self.instance.updated_at), "j F à H \\h i")
            raise ValidationError(
                f"Cette section a été enregistrée par quelqu’un d’autre le {when}, pendant que vous l’écriviez : rien "
                "n’est enregistré. Ce que vous avez tapé est là, et son texte est plus bas : comparez, puis "
                "enregistrez de nouveau."
            )
        return cleaned

    def with_text_added(self, text):
        """The same form, unsaved, with a text put after what was typed."""
        typed = self.data.copy()
        before = typed.get("body", "").rstrip()
        typed["body"] = f"{before}\n\n{text}" if before else text
        return PartForm(instance=self.instance, initial={name: typed.get(name, "") for name in self.fields})


class NewPartForm(forms.ModelForm):
    """A section to add at the end, blank or with a text that lost its section."""

    body = LongText(max_length=MOST_CHARACTERS, required=False, widget=forms.HiddenInput)

    class Meta:
        model = MemoPart
        fields = ["title", "kind", "body"]
        error_messages = {"title": {"required": NO_TITLE}, "kind": {"required": "Choisissez une rubrique."}}


class LibraryForm(forms.Form):
    """What is looked for in the library; a value that it doesn't know is as good as none."""

    q = forms.CharField(
        label="Critère, titre ou texte",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    rubrique = forms.ChoiceField(
        label="Rubrique", required=False, choices=[("", "Toutes les rubriques"), *SectionKind.choices]
    )
