"""Fifty files and more, hostile or clumsy: none is an error of ours, none takes the memory of a worker."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.admin import hostile_files
from tests.cast import admin_url

MOST_MEGABYTES = 300
# Sends each file of a folder as a browser would, and says what answered, what it took at most and how long.
SENDER = """
import json, os, pathlib, sys, time
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crealead.settings")
django.setup()
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.conf import settings
from django.test import Client, override_settings
from directory.models import ContractFile
from directory.references.decp.tasks import read_contract_file

def memory(name):
    [line] = [line for line in open("/proc/self/status") if line.startswith(name)]
    return int(line.split()[1]) // 1024

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
override_settings(STORAGES=settings.STORAGES | {"staticfiles": PLAIN}).enable()
folder, user, *addresses = sys.argv[1:]
browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
browser.force_login(get_user_model().objects.get(pk=user))
for address in addresses:
    browser.get(address)
rest = memory("VmRSS")
for path in sorted(pathlib.Path(folder).glob("[fc]*/*")):
    address = addresses[path.parent.name == "contracts"]
    content = path.read_bytes()
    open("/proc/self/clear_refs", "w").write("5")
    began = time.monotonic()
    response = browser.post(address, {"file": SimpleUploadedFile(path.name, content)}, follow=True)
    for contract_file in ContractFile.objects.filter(state="queued"):
        read_contract_file(pk=contract_file.pk)
        response = browser.get(response.request["PATH_INFO"])
    print(json.dumps([path.name, response.status_code, memory("VmHWM") - rest, round(time.monotonic() - began, 1)]))
"""


@pytest.mark.django_db(transaction=True)
def test_no_file_is_an_error_of_ours_nor_takes_the_memory_of_a_worker(referent, database_url, tmp_path):
    for folder, files in [("fiches", hostile_files.FICHES), ("contracts", hostile_files.CONTRACTS)]:
        (tmp_path / folder).mkdir()
        for name, make in files.items():
            (tmp_path / folder / name).write_bytes(make())
    addresses = admin_url("coentrepreneur_import"), admin_url("contractsuggestion_import")

    sender = subprocess.run(
        [sys.executable, "-c", SENDER, str(tmp_path), str(referent.user.pk), *addresses],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "ENVIRONMENT": "development",
            "DATABASE_URL": urlsplit(database_url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "VAR_DIR": str(tmp_path / "var"),
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    answers = [json.loads(line) for line in sender.stdout.splitlines()]
    assert len(answers) == len(hostile_files.FICHES) + len(hostile_files.CONTRACTS) >= 50, sender.stderr[-2000:]
    assert [answer for answer in answers if answer[1] != 200] == [], sender.stderr[-2000:]
    assert [answer for answer in answers if answer[2] > MOST_MEGABYTES] == []
