"""Records of a sourcing, as the tests of this room begin with them, fill their forms and read what they say."""

import json
import zipfile
from html import unescape
from io import BytesIO

from django.http import QueryDict
from django.test import Client
from pypdf import PdfReader

from directory.models import ClosedRecord, SourcingRecord
from directory.search.filters import CatalogueFilter
from directory.search.index import Index
from directory.sourcing.record import actions
from directory.sourcing.record.standing import Standing
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

NEED = "Former les agents d’accueil de la mairie, au printemps 2027."
BUYER = "achats@valferrand.example"


def now():
    """The index of what the test has written."""
    return Index.load(None)


def search(query="q=accueil"):
    return CatalogueFilter(QueryDict(query), now())


def served(*, first_name, last_name, kind="commune", **fields):
    """A listed fiche with a published reference for this type of client."""
    fiche = CoEntrepreneurFactory(listed=True, first_name=first_name, last_name=last_name, **fields)
    ReferenceFactory(co_entrepreneur=fiche, client=PublicClientFactory(type=kind)).participants.add(fiche)
    return fiche


def open_record(*, kept=(), query="q=accueil", need=NEED):
    return actions.start(
        need=need,
        organisation="Commune de Valferrand",
        search=search(query) if query is not None else None,
        fiches=[fiche.pk for fiche in kept],
    )


def close(record, years=1):
    record = SourcingRecord.objects.get(pk=record.pk)
    seen = actions.outline(Standing(record))
    return actions.close(record_pk=record.pk, seen=seen, years=years)


def reachable(record, email=BUYER):
    actions.ask_email(record_pk=record.pk, email=email, seen=actions.state_of_email(fresh(record)))
    actions.confirm_email(record_pk=record.pk, email=email)
    return SourcingRecord.objects.get(pk=record.pk)


def fresh(record):
    return SourcingRecord.objects.get(pk=record.pk)


# --- What their forms send -----------------------------------------------------------------------------------------


def need_form(record, **changes):
    return {"need": NEED, "organisation": "", "cpv_codes": "", "amount": "", "seen": record.need_version} | changes


def kept_form(record, **changes):
    rows = list(record.kept.all())
    form = {"seen": record.kept_version}
    for rank, row in enumerate(rows, 1):
        form |= {f"rang-{row.pk}": rank, f"note-{row.pk}": row.note}
    return form | changes


def set_aside(record, **values):
    given = {"fiches": [], "query": "", "label": "", "is_rest": False, "reason": "fit", "words": ""}
    return actions.set_aside(record_pk=record.pk, **given | values)


# --- What they say -------------------------------------------------------------------------------------------------


def text_of(response):
    return unescape(response.text).replace("\u00a0", " ")


def files_of(closed):
    url = fresh(closed.record).get_absolute_url()
    return {kind: Client().get(f"{url}dossier.{kind}").content for kind in ("pdf", "ods", "json")}


def told(closed):
    """All that our copy says, wherever."""
    files = files_of(closed)
    row = ClosedRecord.objects.get(pk=closed.pk)
    pdf = "".join(page.extract_text() for page in PdfReader(BytesIO(files["pdf"])).pages)
    ods = zipfile.ZipFile(BytesIO(files["ods"])).read("content.xml").decode()
    page = text_of(Client().get(row.record.get_absolute_url()))
    return "\n".join(
        [page, " ".join(pdf.split()), ods, files["json"].decode(), json.dumps(row.data, ensure_ascii=False)]
    )
