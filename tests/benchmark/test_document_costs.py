import pytest

from directory.benchmark import documents
from directory.models import CoEntrepreneur, Consultation

pytestmark = pytest.mark.django_db

SMALL = {"RUNS": 2, "KIT_RUNS": 1, "WARM_UP_RUNS": 1, "TEAM": 2, "REFERENCES": 3}


def test_documents_are_measured_on_data_that_go_away(monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setattr(documents, name, value)

    costs = documents.measure(progress=False)

    # The memo, the presentation, two CVs and three sheets.
    assert costs.kit_documents == 7
    assert costs.kit_bytes > 50_000
    assert all(times.p95 > 0 for times in (costs.cv, costs.sheet, costs.presentation, costs.kit))
    assert not Consultation.objects.exists()
    assert not CoEntrepreneur.objects.exists()
