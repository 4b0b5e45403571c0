"""The benchmark's data are valid, and its report says what it must; no time is asserted."""

import pytest
from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.test import override_settings

from directory.benchmark import database, documents, machine, measures, report
from directory.benchmark.server import Throughput
from directory.benchmark.words import COMMON, RARE, RARE_FICHES
from directory.models import CoEntrepreneur, SearchDocument
from directory.search import rebuild
from tests.databases import leading_to

SIZE = 50
RUNS = {"LEAST_COLD_RUNS": 1, "MOST_COLD_RUNS": 2, "HOT_RUNS": 2, "WARM_UP_RUNS": 1, "SAVES": 4, "UNTICKS": 2}
FILLED = [
    "CoEntrepreneur",
    "CoEntrepreneur_skills",
    "CoEntrepreneur_cpv_codes",
    "CoEntrepreneur_departments",
    "Reference",
    "Certification",
    "PublicClient",
    "Referent",
]


@pytest.fixture(scope="module")
def _filled(django_db_setup, databases, migrated, django_db_blocker):
    """A database as the benchmark fills it, for the time of this module."""
    name = databases.name("benchmark")
    with django_db_blocker.unblock():
        databases.copy_for_tests(migrated, name)
        with leading_to(name):
            database.fill(SIZE, progress=False)
            yield
    databases.drop(name)


@pytest.mark.usefixtures("_filled")
class TestData:
    @pytest.mark.parametrize("name", FILLED)
    def test_rows_written_without_triggers_are_valid(self, name):
        rows = list(apps.get_model("directory", name).objects.all())

        for row in rows:
            row.full_clean()

        assert rows

    def test_every_fiche_is_published_with_the_document_that_its_triggers_would_write(self):
        different = sum(rebuild.repair(pks) for pks in rebuild.stretches())

        assert different == 0
        assert CoEntrepreneur.objects.published().count() == SearchDocument.objects.count() == SIZE

    def test_a_common_word_is_common_and_a_rare_one_is_rare(self):
        def fiches_with(word):
            return SearchDocument.objects.filter(document=SearchQuery(word, config="directory_french")).count()

        assert fiches_with(RARE) == RARE_FICHES
        assert SIZE * 0.2 < fiches_with(COMMON) < SIZE * 0.6


@pytest.mark.usefixtures("_filled")
def test_report_has_a_line_for_each_query_each_floor_and_each_aim(monkeypatch):
    for name, value in RUNS.items():
        monkeypatch.setattr(measures, name, value)
    rates = {"trivial view": 1000.0, "catalogue, hot": 900.0, "catalogue, 304": 300.0}
    busy = {"trivial view": 0.97, "catalogue, hot": 0.4}
    throughput = Throughput(2, rates, [90 * 2**20], unticked_is_gone=True, client_share=busy)
    with override_settings(ROOT_URLCONF="directory.benchmark.urls"):
        measured = measures.measure(progress=False)
        queries = list(measures.addresses())

    written = report.markdown(
        [report.Sizing(12_000, 3.0, measured, [throughput], 0.5)],
        documents.DocumentCosts(*[measures.Times([0.01, 0.02])] * 4, kit_documents=27, kit_bytes=2**20),
        machine=machine.description(),
        date="2026-11-22",
    )

    lines = {line.split("|")[1].strip(): line for line in written.splitlines() if line.startswith("| ")}
    assert {*queries, *rates, "floor: a trivial view", "floor: one raw query (SELECT 1)", "a CV"} <= set(lines)
    assert "0.90 ×, held" in lines["hot page against the trivial view"]
    assert "0.30 ×, missed by 0.10" in lines["304 against the trivial view"]
    assert lines["a fiche unticked is gone, over HTTP too"].rstrip(" |").endswith("held")
    assert "- PostgreSQL: " in written
    assert "×" in lines["cold page without words / trivial view"]
    assert "**The client was the bottleneck** with 2 workers: trivial view." in written
