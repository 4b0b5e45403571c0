"""A worker has read what every page needs before it takes its first request."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

TOLD = "import crealead.wsgi, directory.search.index as index; print(index._shared and index._shared.version.number)"


def _started(tmp_path, database):
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": "development", "VAR_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", TOLD],
        cwd=settings.BASE_DIR,
        env=environment | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_the_index_before_it_takes_requests(tmp_path):
    parameters = connection.get_connection_params()
    host = parameters["host"].replace("/", "%2F")
    database = f"postgresql://{parameters['user']}@/{parameters['dbname']}?host={host}"

    assert int(_started(tmp_path, database).stdout) >= 0


def test_a_worker_whose_database_is_down_starts_all_the_same(tmp_path):
    started = _started(tmp_path, "postgresql:///x?host=/nowhere")

    assert started.stdout == "None\n"
    assert "WARNING crealead.wsgi not warmed up: " in started.stderr
