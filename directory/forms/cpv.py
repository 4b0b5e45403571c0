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
# Of the divisions that begin with a zero, 03 and 09, a spreadsheet keeps seven digits.
LOST_ZERO = re.compile(r"[39][0-9]{6}")
# Among the words of a label, what was meant as a code: figures alone, or too many for a word.
MISTYPED = re.compile(r"^[0-9-]+$|(?:[^0-9]*[0-9]){3}")


def cpv_choices():
    codes = CpvCode.objects.all()
    return codes if codes.count() <= MOST_CPV_CHOICES else codes.filter(code__endswith="00000")


def cpv_codes_in(text):
    """The codes of a text as notices print them, from two digits to eight, without their check digit.

    Raises:
        ValidationError: for words alone, and for what was meant as a code and isn't one.
    """
    text = re.sub(r"(?<!\s)\s*[-–‑]\s*([0-9])\b", r"-\1", text)
    words = [word for word in re.split(r"[\s,;:./|()«»]+", text) if word]
    codes = [match for word in words if (match := CPV_CODE.fullmatch(word))]
    strange = [word for word in words if not CPV_CODE.fullmatch(word) and (not codes or MISTYPED.search(word))]
    if strange:
        raise ValidationError(f"Ceci n’est pas un code CPV : {', '.join(strange)}. Un code compte 8 chiffres.")
    return [match[1] for match in codes]


def cpv_meanings(digits):
    """The codes that digits may mean, the likeliest first: a short one is its branch, or lost its first zero."""
    branch = digits.ljust(8, "0")
    return [f"0{digits}", branch] if LOST_ZERO.fullmatch(digits) else [branch]


def known_cpv_codes(text, known):
    """The codes of a text, each once, out of those that `known` maps by their eight digits.

    Raises:
        ValidationError: as `cpv_codes_in`, and for codes that aren't known.
    """
    codes, unknown = {}, []
    for digits in cpv_codes_in(text):
        code = next((known[meaning] for meaning in cpv_meanings(digits) if meaning in known), None)
        if code is None:
            unknown.append(cpv_meanings(digits)[-1])
        else:
            codes[code.pk] = code
    if unknown:
        raise ValidationError(f"Notre liste ne connaît pas ce code CPV : {', '.join(sorted(set(unknown)))}.")
    return list(codes.values())


class CpvCodesField(forms.CharField):
    """Codes as notices print them, cleaned into `CpvCode` objects.

    With or without their check digit, « CPV » before, their label after, a slash between. Words alone are refused.
    """

    def clean(self, value):
        text = super().clean(value)
        typed = set(cpv_codes_in(text))
        if len(typed) > MOST_CPV_CODES:
            raise ValidationError(f"Gardez {MOST_CPV_CODES} codes CPV au plus.")
        return known_cpv_codes(text, CpvCode.objects.in_bulk([code for word in typed for code in cpv_meanings(word)]))
