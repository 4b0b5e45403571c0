from datetime import date

import pytest

from directory.models import Reference


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "words"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), "2024"),
        (date(2023, 1, 1), date(2024, 12, 31), "2023–2024"),
        (date(2024, 3, 1), date(2024, 3, 31), "mars 2024"),
        (date(2024, 3, 1), date(2024, 6, 30), "mars 2024 – juin 2024"),
        (date(2024, 3, 1), date(2024, 6, 5), "1er mars 2024 – 5 juin 2024"),
        (date(2024, 3, 4), date(2024, 6, 30), "4 mars 2024 – 30 juin 2024"),
        (date(2024, 3, 1), None, "depuis mars 2024"),
        (date(2024, 3, 4), None, "depuis le 4 mars 2024"),
    ],
)
def test_dates_are_read_as_precisely_as_they_were_said(starts_on, ends_on, words):
    assert Reference(starts_on=starts_on, ends_on=ends_on).dates == words
