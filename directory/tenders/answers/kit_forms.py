"""What the team chooses of its kit."""

from django import forms

from directory.models import Reference
from directory.models.reference import RECENT
from directory.tenders.team.selection import MOST_REFERENCES, possible_references, references_of, team_of


class ReferenceChoices(forms.ModelMultipleChoiceField):
    """Every possible reference, the nearest to what is asked first."""

    def label_from_instance(self, reference):
        people = ", ".join(participation.co_entrepreneur.name for participation in reference.participations.all())
        remarks = "" if reference.is_recent else f" · plus de {RECENT}"
        remarks += "" if reference.publishable else " · le client n’a pas dit oui"
        return f"{reference.subject} – {reference.client}, {reference.period}{remarks} ({people})"


class ReferencesForm(forms.Form):
    """Ticked, those that go; none, the nearest go by themselves."""

    references = ReferenceChoices(
        Reference.objects.none(),
        required=False,
        label="Les références du dossier",
        help_text=f"{MOST_REFERENCES} au plus. Rien de coché : les plus proches du besoin sont prises d’elles-mêmes.",
        error_messages={"invalid_choice": "L’une de ces références n’est plus de celles de l’équipe."},
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, consultation, **kwargs):
        super().__init__(*args, **kwargs)
        team = team_of(consultation)
        possible = possible_references(consultation, team)
        field = self.fields["references"]
        field.queryset = Reference.objects.filter(pk__in=[reference.pk for reference in possible])
        # In their order, which the query doesn't have.
        field.choices = [(reference.pk, field.label_from_instance(reference)) for reference in possible]
        self.initial["references"] = [reference.pk for reference in references_of(consultation, team)]

    def clean_references(self):
        chosen = self.cleaned_data["references"]
        if len(chosen) > MOST_REFERENCES:
            raise forms.ValidationError(f"Gardez {MOST_REFERENCES} références au plus.")
        return chosen
