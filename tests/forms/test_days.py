from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.forms.days import MomentField, PeriodBoundField, written


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("mars 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("Mars\u00a02024 ", date(2024, 3, 1), date(2024, 3, 31)),
        ("FÉVRIER 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("févr. 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("aout 2024", date(2024, 8, 1), date(2024, 8, 31)),
        ("03/2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("15/03/2024", date(2024, 3, 15), date(2024, 3, 15)),
        ("15.3.2024", date(2024, 3, 15), date(2024, 3, 15)),
        ("2024-03-15", date(2024, 3, 15), date(2024, 3, 15)),
        ("1er mars 2024", date(2024, 3, 1), date(2024, 3, 1)),
    ],
)
def test_a_month_or_a_year_stands_for_its_bounds(typed, first, last):
    assert PeriodBoundField().clean(typed) == first
    assert PeriodBoundField(last=True).clean(typed) == last


@pytest.mark.parametrize(
    "typed", ["hier", "jui 2024", "ma 2024", "13/2024", "31/02/2024", "24", "0000", "99999", "mars", "2024 2025"]
)
def test_what_is_not_a_period_is_refused(typed):
    with pytest.raises(ValidationError):
        PeriodBoundField().clean(typed)


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("day", [date(2024, 3, 1), date(2024, 2, 29), date(2024, 12, 31), date(2024, 3, 15)])
def test_what_a_field_shows_it_reads_again(day, last):
    field = PeriodBoundField(last=last)

    assert field.clean(field.prepare_value(day)) == day
    assert not field.has_changed(day, written(day, last=last))


def test_nothing_is_no_bound():
    assert PeriodBoundField(required=False).clean("") is None


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-31T12:00",
        "2026-12-31 12:00:00",
        "31/12/2026 12:00",
        "31/12/2026 12h00",
        "31/12/2026 12 h 00",
        "31/12/2026 à 12h",
        "31 décembre 2026 à 12h00",
        "31/12/2026, 12h00",
        "31/12/2026\u00a0à\u202f12 H 00",
        "31 décembre 2026 à midi",
    ],
)
def test_a_moment_is_read_however_it_is_typed(typed):
    assert timezone.localtime(MomentField().clean(typed)).isoformat() == "2026-12-31T12:00:00+01:00"


@pytest.mark.parametrize("typed", ["31/12/2026", "2026-12-31", "31 décembre 2026"])
def test_a_moment_without_an_hour_asks_for_it(typed):
    with pytest.raises(ValidationError, match="quelle heure"):
        MomentField().clean(typed)


@pytest.mark.parametrize(
    "typed", ["demain", "12h00", "mars 2026 12h00", "31/12/2026 25h00", "31/12/2026 12h75", "2027-03-28T02:30"]
)
def test_what_is_not_a_moment_is_refused(typed):
    with pytest.raises(ValidationError):
        MomentField().clean(typed)


def test_a_moment_that_is_one_already_stays():
    moment = timezone.now()

    assert MomentField().clean(moment) == moment
    assert isinstance(MomentField().widget, forms.DateTimeInput)
