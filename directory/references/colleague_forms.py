"""Who else took part in a reference: a row for each."""

from django import forms
from django.urls import reverse_lazy

from directory.models import Participation

from .people import colleagues, is_named

BLANK_ROWS = 5
# The last rows are folded until they serve.
FOLDED_ROWS = 3
MOST_ROWS = 30


class ColleagueForm(forms.Form):
    """Someone else who took part: found by name or by marque, and when several answer, chosen among them.

    Args:
        keeper: who keeps the reference.
        known: who takes part already, by key.

    Attributes:
        chosen: the `CoEntrepreneur` that the row holds, known or found; None for an empty row, or one taken away.
    """

    name = forms.CharField(
        label="Nom ou marque",
        required=False,
        max_length=250,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "list": "collegues",
                "data-hx-get": reverse_lazy("references:near_colleagues"),
                "data-hx-trigger": "input changed delay:300ms",
                "data-hx-target": "#collegues",
            }
        ),
    )
    # The name that the choices below were proposed for.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    member = forms.ChoiceField(
        label="Qui est-ce ?",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez parmi les personnes proposées."},
    )
    part = forms.CharField(
        label="En tant que",
        required=False,
        max_length=Participation.part.field.max_length,
        help_text="« Animatrice », « rédacteur du rapport »…",
    )
    remove = forms.BooleanField(label="Retirer", required=False)

    def __init__(self, *args, keeper, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].needed = "vide si la ligne ne sert pas"
        self.keeper = keeper
        self.typed = typed = str(self["name"].value() or "").strip()
        kept = known.get(str(self["member"].value()))
        # Who takes part already is found as they are, even if they left since.
        self.near = [kept] if kept and is_named(typed, kept) else colleagues(typed)
        self.chosen = None if self.is_bound else kept
        self.asks_who = self.is_bound and bool(self.near)
        self.fields["member"].choices = [(str(colleague.pk), str(colleague)) for colleague in self.near]
        if self.is_bound and str(self["asked"].value() or "").strip() != typed:
            self.data = self.data.copy()
            self.data.pop(self.add_prefix("member"), None)

    def clean(self):
        data = super().clean()
        name = data.get("name")
        if data.get("remove") or self.errors:
            return data
        if not name:
            if data.get("part"):
                self.add_error("name", "De qui s’agit-il ?")
            return data
        named = [colleague for colleague in self.near if is_named(name, colleague)]
        key = data.get("member") or (str(named[0].pk) if len(named) == 1 else "")
        if key:
            self.chosen = next(colleague for colleague in self.near if str(colleague.pk) == key)
            self._refuse_keeper()
        elif self.near:
            self.add_error("member", "Dites de qui il s’agit.")
        else:
            self.add_error("name", "Personne dans la coopérative ne porte ce nom ni cette marque.")
        return data

    @property
    def is_wrong(self):
        """Whether who it is is to be corrected."""
        return bool(self["name"].errors or self["member"].errors)

    def _refuse_keeper(self):
        if self.chosen == self.keeper:
            self.chosen = None
            self.add_error("name", "Vous y êtes déjà : votre part se dit plus haut.")


class ColleagueFormSet(
    forms.formset_factory(ColleagueForm, extra=BLANK_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True)
):
    """Everyone else who took part; `parts` once valid: what each did, by co-entrepreneur."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.number = index + 1 if index is not None else None

    def clean(self):
        seen = set()
        for row in self.forms:
            if row.chosen and row.chosen in seen:
                row.add_error("name", f"{row.chosen.name} est déjà parmi les participants.")
            seen.add(row.chosen)

    @property
    def first_rows(self):
        return self.forms[: len(self.forms) - len(self.folded_rows)]

    @property
    def folded_rows(self):
        """The last ones, when there are enough of them."""
        return self.forms[-FOLDED_ROWS:] if len(self.forms) >= FOLDED_ROWS else []

    @property
    def is_long(self):
        """Whether something stands in the rows that are folded."""
        return any(row.is_bound and row.has_changed() for row in self.folded_rows)

    @property
    def parts(self):
        return {row.chosen: row.cleaned_data["part"] for row in self.forms if row.chosen}
