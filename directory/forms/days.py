"""Days, months and moments, with the browser's own calendar or as people write them."""

import re
from calendar import monthrange
from datetime import date, datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone

from crealead.words import plain

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
FIRST_LETTERS = 3
# « 31/12/2026 », « 31.12.2026 », « 2026-12-31 », « 1er mars 2026 », « mars 2026 », « 03/2026 », « 2026 ».
ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
FIGURES = re.compile(r"(?:(?P<day>\d{1,2})[/. -])?(?P<month>\d{1,2})[/. -](?P<year>\d{4})")
WORDS = re.compile(r"(?:(?P<day>\d{1,2})(?:er)? )?(?P<month>[a-z]+)\.? (?P<year>\d{4})")
YEAR = re.compile(r"(?P<year>\d{4})")
# The day, then « 12:00 », « 12h00 », « 12 h », « à 12h », « T12:00:00 », or nothing.
HOUR = r"(?:t| a |[ ,]+)(?P<hour>\d{1,2}) ?[:h] ?(?P<minute>\d{2})?(?:[:mn ]+(?:\d{2})?)?"
MOMENT = re.compile(rf"(?P<day>.*?)(?:{HOUR}|(?P<noon> (?:a )?midi))?")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def read_period(text):
    """The first and the last day of what is written: a day, a month or a year; None for anything else."""
    text = plain(text)
    for pattern in (ISO_DAY, FIGURES, WORDS, YEAR):
        if match := pattern.fullmatch(text):
            said = {"month": None, "day": None} | match.groupdict()
            try:
                return _bounds(int(said["year"]), _month(said["month"]), said["day"] and int(said["day"]))
            except ValueError:
                return None
    return None


def written(day, *, last):
    """A bound of a period as people write it: by its month when it is the first day of one, or the last."""
    if day.day == (monthrange(day.year, day.month)[1] if last else 1):
        return f"{MONTHS[day.month - 1]} {day.year}"
    return f"{day:%d/%m/%Y}"


class PeriodBoundField(forms.DateField):
    """The day when something began, or ended: a month or a year stands for its first day, or its last."""

    def __init__(self, *, last=False, **kwargs):
        self.last = last
        super().__init__(widget=forms.TextInput(attrs={"autocomplete": "off", "size": 18}), **kwargs)

    def prepare_value(self, value):
        return written(value, last=self.last) if isinstance(value, date) else value

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, date):
            return value or None
        period = read_period(value)
        if period is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return period[self.last]


class MomentField(forms.DateTimeField):
    """A day and an hour, both said: « 31/12/2026 12h00 » is read, « 31/12/2026 » isn't midnight."""

    widget = MomentInput
    default_error_messages = {"no_hour": "À quelle heure ? Écrivez la date et l’heure : 31/12/2026 12h00."}

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        moment = MOMENT.fullmatch(plain(value))
        period = read_period(moment["day"].strip(" ,")) if moment else None
        if period is None or period[0] != period[1]:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if moment["hour"] is None and not moment["noon"]:
            raise ValidationError(self.error_messages["no_hour"], code="no_hour")
        hour, minute = (12, 0) if moment["noon"] else (int(moment["hour"]), int(moment["minute"] or 0))
        try:
            return from_current_timezone(datetime.combine(period[0], time(hour, minute)))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def _month(text):
    if text is None or text.isdecimal():
        return text and int(text)
    named = [rank for rank, name in enumerate(MONTHS, 1) if len(text) >= FIRST_LETTERS and plain(name).startswith(text)]
    if len(named) != 1:
        raise ValueError(text)
    return named[0]


def _bounds(year, month, day):
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    return first, date(year, last_month, day or monthrange(year, last_month)[1])
