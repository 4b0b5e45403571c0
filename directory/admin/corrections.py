"""What is to correct in a form of the back office: summed up at the top of its page, and named field by field."""

from django import forms
from django.utils.text import capfirst

USUAL = forms.Field().error_messages["required"]


def error_lines(form):
    """What is to correct, as the top of the page sums it up: (label, id of the field, sentence) for each error.

    What has no place on the page has no label nor id.
    """
    lines = [("", "", sentence) for sentence in form.non_field_errors()]
    for field in form:
        label, target = ("", "") if field.is_hidden else (capfirst(field.label), field.id_for_label or field.auto_id)
        lines += [(label, target, sentence) for sentence in field.errors]
    return lines


def lines_of_page(form, formsets):
    """The same, for the page of a row and of what hangs from it."""
    lines = error_lines(form)
    for formset in formsets:
        kind = capfirst(formset.model._meta.verbose_name)
        lines += [("", "", f"{kind} : {sentence}") for sentence in formset.non_form_errors()]
        for number, row in enumerate(formset.forms, 1):
            for label, target, sentence in error_lines(row):
                lines.append((f"{kind} {number}, {label}", target, sentence) if label else ("", "", sentence))
    return lines


def name_required(fields):
    """Have each field that has no words of its own say which it is when it is left empty."""
    for name, field in fields.items():
        if field.error_messages.get("required") == USUAL:
            label = capfirst(field.label or name)
            chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
            field.error_messages["required"] = f"{'Choisissez' if chosen else 'Remplissez'} « {label} »."
