"""The forms of a CV: its head, and its lines under each heading."""

from django import forms

from crealead.words import moment
from directory.forms.text import Textarea
from directory.models import Cv, CvEntry
from directory.models.cv import FIRST_YEAR, LAST_YEAR

# A CV is read in two pages.
MOST_LINES = 20
# Blank ones at the end of each heading, and at each « Ajouter une ligne ».
BLANK_LINES = 1
Kind = CvEntry.Kind


class CvForm(forms.Form):
    """The head of a CV."""

    title = forms.CharField(
        label="Votre métier",
        max_length=Cv.title.field.max_length,
        required=False,
        help_text="Tel qu’il se lira en tête : « Formatrice en communication publique ».",
    )
    summary = forms.CharField(
        label="Vous, en quelques lignes",
        max_length=Cv.summary.field.max_length,
        required=False,
        help_text="Ce que vous apportez à une équipe. 1 200 caractères au plus.",
        widget=Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def _year(label):
    return forms.IntegerField(
        label=label,
        required=False,
        help_text="En quatre chiffres.",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Une année s’écrit en chiffres : 2024."},
    )


class LineForm(forms.Form):
    """A line that is a name and a few words: a language, a tool. A row that was emptied is gone."""

    title = forms.CharField(
        label="Intitulé", max_length=200, error_messages={"required": "Donnez un intitulé à cette ligne."}
    )
    description = forms.CharField(
        label="Précisions",
        max_length=CvEntry.description.field.max_length,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].needed = "vide si la ligne ne sert pas"

    def has_changed(self):
        """Whether anything was typed; a rank alone isn't a line."""
        return any(field.data for field in self.written)

    @property
    def written(self):
        """The fields of the line itself, without its rank nor the box that takes it away."""
        return [field for field in self if field.name not in {"ORDER", "DELETE"}]

    @property
    def is_there(self):
        """Whether it is a line, and not the room for one."""
        return bool(self.initial) or self.has_changed()


class DatedLineForm(LineForm):
    """A line with where and when: a post, a diploma, a training."""

    organisation = forms.CharField(label="Organisme", max_length=200, required=False)
    starts_year = _year("Année de début")
    ends_year = _year("Année de fin")

    field_order = ["title", "organisation", "starts_year", "ends_year", "description"]

    def clean(self):
        data = super().clean()
        start, end = data.get("starts_year"), data.get("ends_year")
        if start and end and end < start:
            self.add_error("ends_year", "La fin vient après le début.")
        return data


class LineFormSet(forms.BaseFormSet):
    """The lines of one heading, in the order of their ranks."""

    def initial_form_count(self):
        """None once sent: lines are written anew, and an emptied one is gone wherever it came from."""
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Rang"
        form.fields["ORDER"].error_messages["invalid"] = "Un rang s’écrit en chiffres."
        form.fields["ORDER"].widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        form.fields["DELETE"].label = "Retirer cette ligne"


def _formset(form):
    return forms.formset_factory(
        form,
        formset=LineFormSet,
        extra=BLANK_LINES,
        can_order=True,
        can_delete=True,
        max_num=MOST_LINES,
        absolute_max=2 * MOST_LINES,
        validate_max=True,
    )


FORMSETS = {
    Kind.EXPERIENCE: _formset(DatedLineForm),
    Kind.QUALIFICATION: _formset(DatedLineForm),
    Kind.TRAINING: _formset(DatedLineForm),
    Kind.LANGUAGE: _formset(LineForm),
    Kind.TOOL: _formset(LineForm),
}


class CvEditor:
    """The forms of one CV, read together.

    Attributes:
        headings: the formset of the lines of each `CvEntry.Kind`.
        added_told: what is said of a line that was just added.
    """

    added_told = ""

    def __init__(self, cv, data=None):
        """`cv` may be None: there is none yet."""
        added = data.get("add") if data is not None else None
        if added in Kind.values:
            data = _with_blank_lines(data, added)
        entries = list(cv.entries.all()) if cv and data is None else []
        said = {"title": cv.title, "summary": cv.summary, "version": cv.version} if cv else {"version": 0}
        self.head = CvForm(data, initial=said)
        self.headings = {
            kind: formset(
                data,
                prefix=kind.value,
                initial=[
                    {name: getattr(entry, name) for name in formset.form.base_fields}
                    for entry in entries
                    if entry.kind == kind
                ],
            )
            for kind, formset in FORMSETS.items()
        }
        if added in Kind.values:
            self._lead_to(Kind(added))

    def _lead_to(self, kind):
        """Say that a line is there for more, and open the page on it."""
        row = self.headings[kind].forms[-1]
        next(iter(row.fields.values())).widget.attrs["autofocus"] = True
        self.added_told = f"« {kind.label} » : une ligne vide est à la fin. Rien n’est encore enregistré."

    def is_valid(self):
        return all([self.head.is_valid(), *(lines.is_valid() for lines in self.headings.values())])

    @property
    def has_errors(self):
        return self.head.is_bound and not self.is_valid()

    @property
    def content(self):
        """What `actions.save_cv` expects, once valid."""
        head = self.head.cleaned_data
        return {
            "seen": head["version"],
            "title": head["title"],
            "summary": head["summary"],
            "entries": [
                {"kind": kind} | {name: row.cleaned_data[name] for name in lines.form.base_fields}
                for kind, lines in self.headings.items()
                for row in lines.ordered_forms
            ],
        }

    def tell_changed(self, cv):
        """Say that the CV was saved elsewhere meanwhile; the next click writes over it."""
        self.head.data = self.head.data.copy()
        self.head.data["version"] = cv.version
        when = moment(cv.updated_at)
        self.head.add_error(
            None,
            f"Votre CV a été enregistré depuis une autre fenêtre, le {when} : rien de ce qui suit n’est encore "
            "enregistré. Tout ce que vous avez tapé est là ; enregistrer maintenant remplacera l’autre version.",
        )


def _with_blank_lines(data, kind):
    """The same data, with more room under a heading; nothing is saved."""
    data = data.copy()
    key = f"{kind}-TOTAL_FORMS"
    count = data.get(key, "0")
    count = int(count) if count.isascii() and count.isdecimal() and len(count) < len(str(MOST_LINES)) + 1 else 0
    data[key] = max(count, min(count + BLANK_LINES, MOST_LINES))
    return data
