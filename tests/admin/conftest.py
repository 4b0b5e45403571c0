import pytest

from tests.cast import awaiting


@pytest.fixture
def waiting(member):
    """A reference that waits for `referent`."""
    return awaiting(co_entrepreneur=member, subject="Schéma cyclable", results="Voté à l’unanimité")
