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


def cpv_choices():
    codes = CpvCode.objects.all()
    return codes if codes.count() <= MOST_CPV_CHOICES else codes.filter(code__endswith="00000")


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
        codes = list(CpvCode.objects.filter(pk__in=typed))
        if unknown := typed - {code.pk for code in codes}:
            raise ValidationError(f"Notre liste ne connaît pas ce code CPV : {', '.join(sorted(unknown))}.")
        return codes
