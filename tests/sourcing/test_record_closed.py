"""A closed record: what it says doesn't change by any way, but for the masking of who leaves."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from directory.listing import actions as listing
from directory.models import ClosedRecord, CoEntrepreneur, Skill, SourcingRecord, Threshold, Unfreezing
from directory.models.masking import RETIRED
from directory.privacy.actions import Sought, erase, lines_of, records, told_of
from directory.sourcing.record import actions, frozen
from directory.sourcing.record.tasks import tend_records
from tests.documents.pdf import Pdf
from tests.factories import CoEntrepreneurFactory

from .records import (
    NEED,
    close,
    files_of,
    fresh,
    kept_form,
    need_form,
    open_record,
    served,
    set_aside,
    text_of,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    skill = Skill.objects.first()
    fields = {"phone": "04 67 12 34 99", "website": "https://zyglotrax.example", "city": "Quervimpt-les-Bains"}
    return [
        served(first_name="Lucie", last_name="Astruc", trade_name="Passerelles d’Oc", skills=[skill], **fields),
        served(first_name="Karim", last_name="Belaïd", skills=[skill]),
        served(first_name="Nora", last_name="Cazal"),
        served(first_name="Yves", last_name="Dupin"),
    ]


@pytest.fixture
def closed(people):
    record = open_record(kept=people[:2])
    first, _ = record.kept.all()
    note = "Lucie Astruc a répondu vite, et Passerelles d’Oc connaît nos communes."
    actions.save_kept(record_pk=record.pk, seen=0, notes={first.pk: note}, order=[row.pk for row in record.kept.all()])
    set_aside(record, fiches=[people[2].pk], words="Nora Cazal n’est pas libre.", reason="unavailable")
    return close(record)


def test_closing_needs_no_more_than_what_was_read_and_then_holds_all(client, people):
    record = open_record(kept=people[:1])
    url = f"{record.get_absolute_url()}cloturer/"
    page = client.get(url)
    seen = page.context["form"]["seen"].value()

    answer = client.post(url, {"years": 2, "seen": seen})
    record = SourcingRecord.objects.get()
    after = client.get(answer.url)

    assert "3 fiches trouvées restent sans motif" in text_of(page)
    assert answer.status_code == 302
    assert (record.need, record.kept.count(), record.searches.count()) == ("", 0, 0)
    assert record.ends_on == timezone.localdate() + timedelta(days=730)
    assert NEED in text_of(after)
    assert "Lucie Astruc" in text_of(after)
    assert "Plus rien ne le change" in text_of(after)


def test_what_changed_while_one_read_is_told_before_it_is_closed(client, people):
    record = open_record(kept=people[:1])
    url = f"{record.get_absolute_url()}cloturer/"
    seen = client.get(url).context["form"]["seen"].value()
    actions.add(record_pk=record.pk, fiches=[people[1].pk])

    page = client.post(url, {"years": 1, "seen": seen})

    assert page.status_code == 409
    assert not fresh(record).is_closed
    assert client.post(url, {"years": 1, "seen": page.context["form"]["seen"].value()}).status_code == 302


def test_an_empty_record_is_not_closed(client, people):
    record = open_record(query=None)
    url = f"{record.get_absolute_url()}cloturer/"
    page = client.get(url)

    assert "Pas encore" in text_of(page)
    assert client.post(url, {"years": 1, "seen": "x"}).status_code == 200
    assert not fresh(record).is_closed


def test_it_says_what_was_seen_and_nothing_private(closed, people):
    words = told(closed)
    line = closed.data["kept"][0]

    assert line["headline"] == people[0].headline
    assert line["offer"] == people[0].public_offer
    assert line["skills"] == [skill.name for skill in people[0].skills.all()]
    assert len(line["references"]) == 1
    for private in ("04 67 12 34 99", "zyglotrax", "Quervimpt", "photo.webp", people[0].email):
        assert private not in words.replace("ni photo", "")


def test_the_fingerprint_is_of_the_data_that_anyone_may_take(closed):
    files = files_of(closed)

    assert sha256(files["json"]).hexdigest() == closed.fingerprint
    assert sha256(files["pdf"]).hexdigest() == closed.pdf_fingerprint


def test_the_pdf_is_tagged_and_names_the_rules_and_the_threshold_of_the_day(closed):
    pdf = Pdf(bytes(closed.pdf))
    words = pdf.text
    threshold = Threshold.objects.of(timezone.localdate())[Threshold.Kind.SERVICES]

    assert pdf.failures == []
    for said in ("R2111-1", "R2122-8", closed.fingerprint[:16], "empreinte", f"{threshold.amount // 1000}"):
        assert said in words
    assert closed.record.key not in words


def test_it_is_byte_for_byte_the_same_after_every_source_changed_by_http_and_sql(closed, people):
    before, record = files_of(closed), fresh(closed.record)
    url, client = record.get_absolute_url(), Client()

    # By HTTP: every form of every page.
    for page, form in [
        ("", {"action": "add", "address": f"/catalogue/{people[3].slug}/"}),
        ("", {"action": "keep", "pk": people[3].pk}),
        ("", {"action": "take_back", "pk": 1}),
        ("besoin/", need_form(record, need="Autre chose que cela.")),
        ("gardees/", kept_form(record)),
        ("ecarter/", {"fiches": [people[3].pk], "reason": "fit"}),
        ("cloturer/", {"years": 3, "seen": "x"}),
        ("suite/", {"outcome": "contract"}),
        ("adresse/", {"email": "achats@example.org"}),
        ("effacer/", {}),
    ]:
        assert client.post(url + page, form).status_code in {200, 302, 409}
    # By SQL: all that it was read from.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_coentrepreneur SET headline = 'Zyglotrax', public_offer = 'Zyglotrax'")
        cursor.execute("UPDATE directory_coentrepreneur SET trade_name = 'Quervimpt'")
        cursor.execute("UPDATE directory_reference SET subject = 'Zyglotrax'")
        cursor.execute("DELETE FROM directory_coentrepreneur_skills")
        cursor.execute("UPDATE directory_threshold SET amount = 1000")
        cursor.execute("UPDATE directory_sourcingrecord SET need = 'Zyglotrax', organisation = 'Zyglotrax'")

    assert files_of(closed) == before
    assert "Zyglotrax" not in told(closed)


# Of each frozen column, what no way writes in it; what is opened for the masking, or for the erasure, lets none through.
FORGED = {
    "id": "id + 1",
    "record_id": "(SELECT id FROM directory_sourcingrecord WHERE id <> record_id LIMIT 1)",
    "closed_at": "now()",
    "fingerprint": "repeat('0', 64)",
    "pdf_fingerprint": "repeat('0', 64)",
    "pdf": "''",
    "fiches": "'{}'",
    "data": "'{}'",
}
# The same of what the data say: a place in them, and what is written there.
FORGED_DATA = {
    "format": "2",
    "closed_at": '"2020-01-01T00:00:00+00:00"',
    "answered": "12",
    "need,need": '"Autre chose"',
    "need,organisation": '""',
    "searches,0,sentence": '"Autre chose"',
    "searches,0,seed": '"co-entrepreneur retiré"',
    "searches": "[]",
    "kept,0,place": "2",
    "kept,0,name": '"Zoé Estève"',
    "kept,0,fiche": "null",
    "kept,0,offer": '""',
    "kept,0,note": '"Une autre note"',
    "kept,0,skills": "[]",
    "kept,0,phone": '"04 67 12 34 99"',
    "set_aside,0,reason": '"co-entrepreneur retiré"',
    "set_aside,0,words": '"co-entrepreneur retiré a tout inventé"',
    "set_aside,0,count": "12",
    "set_aside,0,fiches": "[]",
    "without_reason,count": "0",
    "rules,thresholds": "[]",
    "rules,on": '"co-entrepreneur retiré"',
    "cooperative,siret": '"1"',
}
PURPOSES = ["", *(f"{purpose}:" for purpose in Unfreezing.Purpose)]


def refused(sql, values=(), *, purpose):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('directory.unfrozen', %s, true)", [purpose])
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_database_refuses_any_change_of_any_column_whatever_opens_it(closed, purpose):
    open_record()
    assert FORGED.keys() == {field.attname for field in ClosedRecord._meta.concrete_fields}

    for column, value in FORGED.items():
        refused(f"UPDATE directory_closedrecord SET {column} = {value}", purpose=purpose)
    for place, value in FORGED_DATA.items():
        forged = "jsonb_set(data, string_to_array(%s, ','), %s::jsonb)"
        refused(f"UPDATE directory_closedrecord SET data = {forged}", [place, value], purpose=purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_it_is_deleted_as_an_erasure_alone(closed, purpose):
    refused("DELETE FROM directory_sourcingrecord", purpose=purpose)
    if purpose not in {"purge:", "buyer:"}:
        refused("DELETE FROM directory_closedrecord", purpose=purpose)


@pytest.mark.parametrize("purpose", ["", "purge:", "buyer:"])
def test_not_even_a_masking_is_let_through_for_another_purpose(closed, people, purpose):
    data = records.masked(closed.data, {people[0].pk}) | {"salt": ""}

    refused(
        "UPDATE directory_closedrecord SET data = %s, fiches = array_remove(fiches, %s)",
        [json.dumps(data), people[0].pk],
        purpose=purpose,
    )


def test_a_masking_keeps_no_more_and_no_fewer_than_whom_it_names(closed, people):
    data = json.dumps(records.masked(closed.data, {people[0].pk}) | {"salt": ""})

    for fiches in (closed.fiches, [people[1].pk]):
        refused("UPDATE directory_closedrecord SET data = %s, fiches = %s", [data, fiches], purpose="retiring:")


def depart(fiche):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate())


def leave(fiche):
    listing.leave_catalogue(co_entrepreneur_pk=fiche.pk)


def object_to(fiche):
    listing.object_to_fiche(co_entrepreneur_pk=fiche.pk)


def be_erased(fiche):
    erase(Sought(fiches=(fiche.pk,)), by=None, reason="À la demande de la personne")


@pytest.mark.parametrize("gone", [depart, leave, object_to, be_erased])
def test_who_leaves_is_masked_at_once_and_the_reasons_and_the_fingerprint_stay(closed, people, gone):
    before = closed.fingerprint

    gone(people[0])
    gone(people[2])
    words = told(closed)
    row = ClosedRecord.objects.get(pk=closed.pk)

    for name in ("Astruc", "Lucie", "Passerelles", "Nora", "Cazal"):
        assert name not in words
    assert "Co-entrepreneur retiré" in words
    assert "a répondu vite" in words
    assert "n’est pas libre" in words
    assert "Karim Belaïd" in words
    assert (row.fingerprint, before in words) == (before, True)
    assert row.data["salt"] == ""
    assert people[0].pk not in row.fiches
    assert set(Unfreezing.objects.values_list("of_table", "operation")) == {("directory_closedrecord", "update")}


def test_in_the_words_about_them_a_name_alone_means_them(people):
    record = open_record(kept=people[:2])
    set_aside(record, fiches=[people[2].pk], words="Mme Cazal n’est pas libre, Cazal Nora non plus.", reason="fit")
    closed = close(record)

    be_erased(people[2])
    words = told(closed)

    assert "Cazal" not in words
    assert "n’est pas libre" in words


def test_whoever_is_unticked_for_now_is_not_masked(closed, people):
    CoEntrepreneur.objects.filter(pk=people[0].pk).update(client_public=False)

    assert "Lucie Astruc" in told(closed)


def test_the_daily_job_masks_what_nobody_reads(closed, people):
    depart(people[0])

    assert tend_records()[0] == 1
    assert tend_records()[0] == 0
    assert "Astruc" not in json.dumps(ClosedRecord.objects.get().data)


def test_who_asks_what_is_kept_of_them_reads_their_own_lines_alone(closed, people):
    [line] = [line for line in lines_of(Sought(fiches=(people[2].pk,))) if line.entry.model == "directory.ClosedRecord"]

    words = json.dumps([told_of(line, row, (people[2].pk,)) for row in line.rows()], ensure_ascii=False, default=str)

    assert "Nora Cazal" in words
    assert "n’est pas libre" in words
    assert "Lucie" not in words
    assert NEED not in words


@pytest.mark.parametrize(
    ("name", "other", "words", "masked"),
    [
        ("Lucie Astruc", "Karim Belaïd", "Ni lucie ni Karim", "Ni lucie ni Karim"),
        ("Lucie Astruc", "Karim Belaïd", "Ni Lucie ni Karim", "Ni … ni Karim"),
        ("Lucie Astruc", "Karim Belaïd", "LUCIE, ou astruc", "…, ou …"),
        # Whose name it is can't be told.
        ("Hélène Astruc", "Helene Belaïd", "Ni Hélène ni Karim", "Ni Hélène ni Karim"),
        ("Claire Petit", "Karim Belaïd", "Offre claire, budget trop petit", "Offre claire, budget trop petit"),
        ("Claire Petit", "Karim Belaïd", "Claire n’est pas libre", "… n’est pas libre"),
    ],
)
def test_a_name_alone_is_theirs_in_what_is_written_of_them(name, other, words, masked):
    lines = [{"fiche": 1, "name": name, "trade_name": ""}, {"fiche": 2, "name": other, "trade_name": ""}]

    data = records.masked({"set_aside": [{"words": words, "fiches": lines}], "need": {"need": words}}, {1})

    assert data["set_aside"][0]["words"] == masked.replace("…", RETIRED)
    assert data["need"]["need"] == words


def test_an_open_record_loses_who_is_erased_and_keeps_the_reason(people):
    record = open_record(kept=people[:1])
    row = record.kept.get()
    actions.save_kept(record_pk=record.pk, seen=0, notes={row.pk: "Madame Astruc, au téléphone."}, order=[row.pk])

    be_erased(people[0])
    row.refresh_from_db()

    assert row.co_entrepreneur is None
    assert "Astruc" not in row.note
    assert "Co-entrepreneur retiré" in text_of(Client().get(record.get_absolute_url()))
    assert close(record).data["kept"][0]["name"] == "Co-entrepreneur retiré"


def test_who_was_erased_before_it_was_closed_is_not_said_to_have_left_since(client, people):
    record = open_record(kept=people[:2])
    be_erased(people[0])
    close(record)
    before = text_of(client.get(record.get_absolute_url()))
    be_erased(people[1])
    after = text_of(client.get(record.get_absolute_url()))

    assert "Depuis la clôture" not in before
    assert "Depuis la clôture, 1 co-entrepreneur" in after


def test_a_fiche_without_a_headline_shows_all_that_was_read_of_it(client, people):
    CoEntrepreneur.objects.filter(pk=people[0].pk).update(headline="")
    record = open_record(kept=people[:1])
    closed = close(record)

    page = text_of(client.get(record.get_absolute_url()))

    [fiche] = closed.data["kept"]
    for words in (fiche["offer"].splitlines()[0], fiche["skills"][0], fiche["references"][0]):
        assert words.replace("\u00a0", " ") in page


def test_a_masked_copy_is_told_by_the_address_that_checks(client, closed, people):
    url = f"/selection/dossier/empreinte/?empreinte={closed.fingerprint}"
    before = text_of(client.get(url))
    depart(people[0])
    tend_records()

    assert "C’est bien elle" in before
    assert "co-entrepreneurs partis" not in before
    assert "co-entrepreneurs partis" in text_of(client.get(url))


def test_the_address_that_checks_tells_nothing_of_what_it_says(client, closed):
    for mark in (closed.fingerprint, closed.pdf_fingerprint, closed.fingerprint.upper()):
        page = client.get("/selection/dossier/empreinte/", {"empreinte": mark})
        assert "C’est bien elle" in text_of(page)
        assert closed.record.key not in page.text
        assert "Astruc" not in page.text
    assert client.get("/selection/dossier/empreinte/", {"empreinte": "0" * 64}).status_code == 404
    assert "64 signes" in text_of(client.get("/selection/dossier/empreinte/", {"empreinte": "abc"}))


@pytest.mark.parametrize("words", ["x" * 3000, "é🙂 שלום مرحبا #let $x$ @a <b>", "a\n" * 1400])
def test_any_words_make_a_pdf(people, words):
    record = open_record(kept=people, need=words)
    row = record.kept.first()
    actions.save_kept(
        record_pk=record.pk, seen=0, notes={row.pk: words[:1000]}, order=[row.pk for row in record.kept.all()]
    )

    closed = close(record)

    assert bytes(closed.pdf).startswith(b"%PDF")
    assert frozen.fingerprint(frozen.canonical(ClosedRecord.objects.get().data)) == closed.fingerprint


def test_thirty_kept_and_hundreds_set_aside_make_one(people):
    others = CoEntrepreneurFactory.create_batch(300, listed=True)
    record = open_record(kept=others[:30])
    set_aside(record, is_rest=True, reason="fit")

    closed = close(record)

    assert closed.data["set_aside"][0]["count"] == 274
    assert len(PdfReader(BytesIO(bytes(closed.pdf))).pages) < 25
