import pytest

from directory.benchmark import documents
from directory.models import CoEntrepreneur, Consultation

pytestmark = pytest.mark.django_db


def test_documents_are_measured_on_data_that_go_away(monkeypatch):
    monkeypatch.setattr(documents, "RUNS", 2)
    monkeypatch.setattr(documents, "KIT_RUNS", 1)

    costs = documents.measure(progress=False)

    # The memo, the presentation, five CVs and twenty sheets.
    assert costs.kit_documents == 27
    assert costs.kit_bytes > 100_000
    assert all(times.p95 > 0 for times in (costs.cv, costs.sheet, costs.presentation, costs.kit))
    assert not Consultation.objects.exists()
    assert not CoEntrepreneur.objects.exists()
