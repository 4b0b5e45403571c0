"""What a team changes of a consultation is done one after the other: its row is held first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import browser_of, lead_of, led
from tests.factories import ReferenceFactory

pytestmark = pytest.mark.django_db


def holds_the_consultation(browser, address, data):
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(address, data).status_code == 302
    statements = [query["sql"] for query in queries]
    return any(
        'FROM "directory_consultation"' in sql and sql.endswith(("FOR UPDATE", "FOR NO KEY UPDATE"))
        for sql in statements
    )


def test_taking_a_section_out_of_the_memo_holds_it():
    consultation = led()
    part = consultation.memo_parts.create(title="Méthode")

    address = f"/consultations/{consultation.pk}/memoire/{part.pk}/retirer/"

    assert holds_the_consultation(browser_of(lead_of(consultation)), address, {})
    assert not consultation.memo_parts.exists()


def test_choosing_the_references_of_a_kit_holds_it():
    consultation = led()
    reference = ReferenceFactory(co_entrepreneur=lead_of(consultation))

    address = f"/consultations/{consultation.pk}/dossier/references/"

    assert holds_the_consultation(browser_of(lead_of(consultation)), address, {"references": [reference.pk]})
    assert list(consultation.references.all()) == [reference]
