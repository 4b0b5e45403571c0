"""What several forms ask in the same way: boxes folded by group, CPV codes, departments."""

import re
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Value, When
from django.forms.models import ModelChoiceIterator

from directory.models import CpvCode, Department

MOST_CPV_CODES = 20
# Beyond this, as once the whole vocabulary is imported, only divisions and groups are shown; the others are typed.
MOST_CPV_CHOICES = 400
# Two to eight digits, short codes standing for their branch, and the check digit that published ones carry.
CPV_CODE = re.compile(r"([0-9]{2,8})(?:-[0-9])?")
HOME_REGION = "76"


def cpv_choices():
    codes = CpvCode.objects.all()
    return codes if codes.count() <= MOST_CPV_CHOICES else codes.filter(code__endswith="00000")


def departments_by_region():
    """The cooperative's own region first."""
    return Department.objects.select_related("region").order_by(
        Case(When(region=HOME_REGION, then=Value(0)), default=Value(1)), "region__name__unaccent", "code"
    )


class FoldedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes, each group of choices in a `<details>`: whole without script, open where one is ticked."""

    template_name = "referencing/widgets/folded_checkboxes.html"

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

    def clean(self, value):
        # What the database can't hold can't be one of the choices: it must not reach it.
        if any("\x00" in str(one) for one in value or []):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        if len(value or []) > self.most:
            raise ValidationError(f"Choisissez-en {self.most} au plus : un acheteur cherche ce qui vous distingue.")
        return super().clean(value)


class CpvCodesField(forms.CharField):
    """Codes parted by commas, spaces or lines, with or without their check digit; cleaned into `CpvCode` objects."""

    def clean(self, value):
        text = re.sub(r"\s*[-–‑]\s*([0-9])\b", r"-\1", super().clean(value))
        words = [word for word in re.split(r"[\s,;.]+", text) if word and word.casefold() != "cpv"]
        if strange := [word for word in words if not CPV_CODE.fullmatch(word)]:
            raise ValidationError(f"Ceci n’est pas un code CPV : {', '.join(strange)}. Un code compte 8 chiffres.")
        typed = {CPV_CODE.fullmatch(word)[1].ljust(8, "0") for word in words}
        if len(typed) > MOST_CPV_CODES:
            raise ValidationError(f"Gardez {MOST_CPV_CODES} codes CPV au plus.")
        found = list(CpvCode.objects.filter(pk__in=typed))
        if unknown := typed - {code.pk for code in found}:
            raise ValidationError(f"Notre liste ne connaît pas ce code CPV : {', '.join(sorted(unknown))}.")
        return found
