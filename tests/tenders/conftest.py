import pytest

from tests.cast import browser_of, lead_of, led


@pytest.fixture
def consultation():
    """One that a member opened and leads."""
    return led()


@pytest.fixture
def as_lead(consultation):
    return browser_of(lead_of(consultation))
