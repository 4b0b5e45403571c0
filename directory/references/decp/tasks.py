"""A file of open data, read in the background."""

import logging
from dataclasses import astuple

from django.conf import settings
from django.core.serializers import serialize
from django.db import transaction
from procrastinate.contrib.django import app

from crealead.words import MEGABYTE
from directory.models import ContractFile

from .json_stream import UnreadableFileError
from .reading import read

logger = logging.getLogger(__name__)

State = ContractFile.State
STOPPED = "la lecture s’est arrêtée sur une erreur. Envoyez-le de nouveau ; si elle revient, prévenez le site."


@app.task(name="read_contract_file")
def read_contract_file(*, pk):
    """Read a file that was sent, and write down what it holds. Run again after a crash, it starts afresh."""
    under_way = ContractFile.objects.filter(pk=pk, state__in=[State.QUEUED, State.RUNNING])
    if not under_way.update(state=State.RUNNING, read_bytes=0):
        return
    contract_file = under_way.get()
    try:
        with contract_file.file.open("rb") as file:
            reading = read(
                file,
                siren=settings.COOPERATIVE["siret"][:9],
                source=contract_file.name,
                progress=_progress(under_way),
            )
    except UnreadableFileError as error:
        _finish(under_way, state=State.FAILED, problem=str(error))
    except Exception:
        logger.exception("the file of contracts %d can't be read", pk)
        _finish(under_way, state=State.FAILED, problem=STOPPED)
    else:
        _finish(under_way, state=State.READ, reading=_as_data(reading))


def _progress(under_way):
    """What is called with the bytes read each time some are: it tells the page at each megabyte."""
    read_bytes = told = 0

    def tell(more):
        nonlocal read_bytes, told
        read_bytes += more
        if read_bytes - told >= MEGABYTE:
            told = read_bytes
            under_way.update(read_bytes=read_bytes)

    return tell


def _as_data(reading):
    return {
        "rows": reading.rows,
        "repeated": reading.repeated,
        "dropped": [astuple(problem) for problem in reading.dropped],
        "dropped_count": reading.dropped_count,
        "warnings": [astuple(problem) for problem in reading.warnings],
        "warnings_count": reading.warnings_count,
        "suggestions": serialize("python", reading.suggestions.values()),
    }


@transaction.atomic
def _finish(under_way, **outcome):
    """Write the outcome down, and put the file itself away: it is published, and what was read of it is kept."""
    contract_file = under_way.select_for_update().first()
    if contract_file is None:
        return
    for name, value in outcome.items():
        setattr(contract_file, name, value)
    storage, stored = contract_file.file.storage, contract_file.file.name
    contract_file.file = ""
    contract_file.save()
    transaction.on_commit(lambda: storage.delete(stored))
