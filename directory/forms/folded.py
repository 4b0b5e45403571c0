"""Many choices in groups that are folded until they serve."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator


class FoldedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes, each group of choices in a `<details>`: whole without script, open where one is ticked."""

    template_name = "forms/widgets/folded_checkboxes.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["groups"] = [
            {
                "name": group,
                "options": options,
                "id": f"{context['widget']['attrs']['id']}_groupe_{index}",
                "chosen": sum(option["selected"] for option in options),
            }
            for group, options, index in context["widget"]["optgroups"]
        ]
        return context


class _GroupedIterator(ModelChoiceIterator):
    def __iter__(self):
        for group, choices in groupby(self.queryset, key=self.field.group_of):
            yield group, [self.choice(choice) for choice in choices]


class _FoldedBoundField(forms.BoundField):
    @property
    def is_unfolded(self):
        """Whether the groups themselves are in sight, where they are folded under one line."""
        return bool(self.errors or self.value())


class FoldedChoiceField(forms.ModelMultipleChoiceField):
    """Several objects of a queryset, shown in groups.

    Args:
        group_of: names the group of an object; the queryset is ordered by group.
        most: how many may be chosen.
    """

    widget = FoldedCheckboxes
    iterator = _GroupedIterator

    def __init__(self, queryset, *, group_of, most, **kwargs):
        self.group_of = group_of
        self.most = most
        super().__init__(queryset, **kwargs)

    def get_bound_field(self, form, field_name):
        return _FoldedBoundField(form, self, field_name)

    def clean(self, value):
        # What the database can't hold can't be one of the choices: it must not reach it.
        if any("\x00" in str(choice) for choice in value or []):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        if len(value or []) > self.most:
            raise ValidationError(f"Choisissez-en {self.most} au plus : un acheteur cherche ce qui vous distingue.")
        return super().clean(value)
