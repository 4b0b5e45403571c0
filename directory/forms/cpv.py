"""CPV codes as forms ask for them: chosen in a list, or typed."""

import re

from django import forms
from django.core.exceptions import ValidationError

from directory.models import CpvCode

MOST_CPV_CODES = 20
# Beyond this, as once the whole vocabulary is imported, only divisions and groups are shown; the others are typed.
MOST_CPV_CHOICES = 400
# Two to eight digits, short codes standing for their branch, and the check digit that published ones carry.
CPV_CODE = re.compile(r"([0-9]{2,8})(?:-[0-9])?")
# Among the words of a label, what was meant as a code: figures alone, or too many for a word.
MISTYPED = re.compile(r"^[0-9-]+$|(?:[^0-9]*[0-9]){3}")


def cpv_choices():
    codes = CpvCode.objects.all()
    return codes if codes.count() <= MOST_CPV_CHOICES else codes.filter(code__endswith="00000")


class CpvCodesField(forms.CharField):
    """Codes as notices print them, cleaned into `CpvCode` objects.

    With or without their check digit, « CPV » before, their label after, a slash between. Words alone are refused.
    """

    def clean(self, value):
        text = re.sub(r"\s*[-–‑]\s*([0-9])\b", r"-\1", super().clean(value))
        words = [word for word in re.split(r"[\s,;:./|()«»]+", text) if word]
        codes = [match for word in words if (match := CPV_CODE.fullmatch(word))]
        strange = [word for word in words if not CPV_CODE.fullmatch(word) and (not codes or MISTYPED.search(word))]
        if strange:
            raise ValidationError(f"Ceci n’est pas un code CPV : {', '.join(strange)}. Un code compte 8 chiffres.")
        typed = {match[1].ljust(8, "0") for match in codes}
        if len(typed) > MOST_CPV_CODES:
            raise ValidationError(f"Gardez {MOST_CPV_CODES} codes CPV au plus.")
        codes = list(CpvCode.objects.filter(pk__in=typed))
        if unknown := typed - {code.pk for code in codes}:
            raise ValidationError(f"Notre liste ne connaît pas ce code CPV : {', '.join(sorted(unknown))}.")
        return codes
