import pytest
from django.utils import timezone

from directory.listing.forms import ServedClientFormSet


def rows(**typed):
    return ServedClientFormSet(
        {"clients-TOTAL_FORMS": "5", "clients-INITIAL_FORMS": "0"}
        | {f"clients-{name.replace('__', '-')}": value for name, value in typed.items()},
        prefix="clients",
    )


def test_an_emptied_row_asks_for_nothing():
    clients = ServedClientFormSet(
        {"clients-TOTAL_FORMS": "5", "clients-INITIAL_FORMS": "1", "clients-0-name": ""},
        prefix="clients",
        initial=[{"name": "CCAS", "type": "action-sociale", "subject": "Écoute", "year": 2023}],
    )

    assert clients.is_valid()
    assert clients.served_clients() == []


def test_rows_keep_what_is_filled_in_wherever_it_stands():
    clients = rows(**{"3__name": "CCAS", "3__type": "action-sociale", "3__subject": "Écoute", "3__year": "2023"})

    assert clients.is_valid()
    assert clients.served_clients() == [{"name": "CCAS", "type": "action-sociale", "subject": "Écoute", "year": 2023}]


@pytest.mark.parametrize("year", ["1979", str(timezone.localdate().year + 1), "deux mille", "9" * 5000])
def test_a_year_is_one_of_the_past(year):
    clients = rows(**{"0__name": "CCAS", "0__type": "action-sociale", "0__subject": "Écoute", "0__year": year})

    assert set(clients.forms[0].errors) == {"year"}


def test_a_sixth_client_is_refused():
    clients = ServedClientFormSet({"clients-TOTAL_FORMS": "6", "clients-INITIAL_FORMS": "0"}, prefix="clients")

    assert clients.non_form_errors()
    assert len(clients.forms) == 5
