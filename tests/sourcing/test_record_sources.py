"""A closed record is byte for byte the same after all that it was read from has changed, by any way."""

from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.utils import timezone

from directory.models import (
    Certification,
    CoEntrepreneur,
    CpvCode,
    Department,
    Domain,
    Label,
    PublicClient,
    RecordFiche,
    RecordSearch,
    Reference,
    Region,
    SetAside,
    Skill,
    SourcingRecord,
    Threshold,
)
from directory.search.index import Version
from directory.sourcing.record import actions
from directory.sourcing.record.forms import NeedForm
from tests import cast

from .records import close, files_of, fresh, need_form, open_record, search, served, set_aside, text_of, told

pytestmark = pytest.mark.django_db

# All that a record is read from when it is closed.
SOURCES = [
    CoEntrepreneur,
    Skill,
    Domain,
    Department,
    Region,
    Label,
    Certification,
    Reference,
    PublicClient,
    CpvCode,
    Threshold,
    SourcingRecord,
    RecordSearch,
    RecordFiche,
    SetAside,
]
# What leads to the record, who is told of it, and what masks who left.
NOT_CHANGED = {"key", "departed_on", "ends_on", "email"}
WORD = "Zyglotrax"


@pytest.fixture
def people():
    skill = Skill.objects.first()
    return [
        served(first_name="Lucie", last_name="Astruc", trade_name="Passerelles d’Oc", skills=[skill]),
        served(first_name="Karim", last_name="Belaïd", skills=[skill]),
        served(first_name="Nora", last_name="Cazal"),
        served(first_name="Yves", last_name="Dupin"),
    ]


@pytest.fixture
def closed(people):
    """One that holds something of each source."""
    for fiche in people:
        fiche.departments.set(Department.objects.filter(code__in=["34", "30"]))
        label, _ = Label.objects.get_or_create(slug="qualiopi", defaults={"name": "Qualiopi"})
        in_force = timezone.localdate() + timedelta(days=400)
        Certification.objects.create(co_entrepreneur=fiche, label=label, expires_on=in_force)
    record = open_record(kept=people[:2])
    form = NeedForm(need_form(record, cpv_codes=CpvCode.objects.first().code, amount="0-60000", organisation="Lunas"))
    assert form.is_valid()
    actions.save_need(record_pk=record.pk, seen=0, values=form.values)
    set_aside(record, fiches=[people[2].pk], words="Pas libre.", reason="unavailable")
    return close(record)


def other_value(field):
    """Of a column, SQL for another value."""
    name = f'"{field.column}"'
    if isinstance(field, models.BooleanField):
        return f"NOT {name}"
    if isinstance(field, models.DateTimeField | models.DateField):
        return f"{name} - interval '40 days'"
    if isinstance(field, models.IntegerField | models.DecimalField):
        return f"{name} + 1"
    if isinstance(field, models.CharField | models.TextField):
        word = f"'{WORD}' || ctid::text"
        return f"left({word}, {field.max_length})" if field.max_length else word
    return None


def change_by_sql():
    """Write another value in every column of every source that takes one.

    Returns:
        set: those that were changed, as `table.column`.
    """
    changed = set()
    for model in SOURCES:
        for field in model._meta.concrete_fields:
            value = other_value(field)
            if field.primary_key or field.is_relation or field.name in NOT_CHANGED or value is None:
                continue
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f'UPDATE {model._meta.db_table} SET "{field.column}" = {value}')
                    changed |= {f"{model.__name__}.{field.name}"} if cursor.rowcount else set()
            except DatabaseError:
                continue
    return changed


def test_after_every_column_that_it_was_read_from_was_changed_by_sql(closed, people, settings):
    before = files_of(closed)

    changed = change_by_sql()
    for rows in (CoEntrepreneur.skills.through, CoEntrepreneur.departments.through, Certification, Reference):
        rows.objects.all().delete()
    said = told(closed)
    # Which the foot of each page says as it is now.
    settings.COOPERATIVE = settings.COOPERATIVE | {"name": WORD, "legal_form": WORD, "siret": "1"}

    assert changed >= {
        "CoEntrepreneur.first_name",
        "CoEntrepreneur.last_name",
        "CoEntrepreneur.trade_name",
        "CoEntrepreneur.headline",
        "CoEntrepreneur.public_offer",
        "Skill.name",
        "Department.name",
        "Region.name",
        "Label.name",
        "Certification.expires_on",
        "Reference.subject",
        "PublicClient.name",
        "CpvCode.label",
        "Threshold.amount",
        "Threshold.article",
        "SourcingRecord.need",
        "SourcingRecord.organisation",
    }
    assert files_of(closed) == before
    assert WORD not in said
    assert "Lucie Astruc" in said


def test_after_every_source_was_changed_in_the_back_office_and_in_the_members_space(closed, people):
    before, browser = files_of(closed), cast.browser_of(cast.administrator())
    saved = set()
    for model in SOURCES:
        if model not in admin.site._registry:
            continue
        row = people[0] if model is CoEntrepreneur else model.objects.order_by("pk").first()
        url = cast.admin_url(f"{model._meta.model_name}_change", row.pk)
        page = browser.get(url)
        if page.status_code != 200 or "adminform" not in page.context:
            continue
        words = {
            bound.html_name: WORD
            for bound in page.context["adminform"].form
            if bound.name in {"name", "label", "headline", "public_offer", "trade_name", "subject", "source", "article"}
        }
        answer = browser.post(url, cast.typed_in_admin(page, **words))
        if answer.status_code == 302 and words:
            saved.add(model.__name__)

    member = cast.browser_of(people[1])
    page = member.get("/mon-espace/fiche/")
    proposed = member.post(
        "/mon-espace/fiche/", cast.typed(page.context["form"], headline=WORD, public_offer=f"{WORD} " * 20)
    )

    assert saved >= {"CoEntrepreneur", "Skill", "Label", "Reference", "PublicClient", "Threshold"}
    assert proposed.status_code == 302
    assert CoEntrepreneur.objects.filter(headline=WORD).exists()
    assert files_of(closed) == before


# --- The rules of the day ----------------------------------------------------------------------------------------


def at_noon(*day):
    return datetime(*day, 12, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("day", "edge", "words"),
    [
        (at_noon(2026, 3, 31), 40_000, "au moins égale au seuil"),
        (at_noon(2026, 4, 1), 60_000, "au-dessous ou au-dessus du seuil"),
    ],
)
def test_it_stands_by_the_threshold_of_the_day_it_was_closed_on(people, monkeypatch, day, edge, words):
    Threshold.objects.all().delete()
    services = {"kind": Threshold.Kind.SERVICES, "article": "R2122-8", "source": "Décret"}
    Threshold.objects.create(starts_on="2020-01-01", amount=40_000, **services)
    Threshold.objects.create(starts_on="2026-04-01", amount=60_000, **services)
    record = open_record(kept=people[:1])
    url = record.get_absolute_url()

    monkeypatch.setattr(timezone, "now", lambda: day)
    offered = [value for value, _ in NeedForm().fields["amount"].choices if value]
    # Chosen on the eve of the change: it is still a choice, and is told as it stands on the day of the closing.
    SourcingRecord.objects.filter(pk=record.pk).update(amount_from=40_000, amount_below=None)
    form = Client().get(f"{url}besoin/").context["form"]
    closed = close(record)
    page = text_of(Client().get(url))

    assert offered == [f"0-{edge}", f"{edge}-"]
    assert form["amount"].value() in dict(form.fields["amount"].choices)
    assert closed.data["need"]["amount"] == "40\u00a0000\u00a0€\u00a0HT ou plus"
    assert words in closed.data["rules"]["estimate"]
    [line] = closed.data["rules"]["thresholds"]
    assert line["amount"].replace("\u00a0", " ").startswith(f"{edge // 1000} 000 €")
    assert f"{words} de fournitures et services sans publicité ni mise en concurrence ({edge // 1000} 000 €" in page


# --- The searches ------------------------------------------------------------------------------------------------


def test_a_search_is_kept_and_shown_with_its_order_its_seed_its_version_and_its_hour(people, monkeypatch):
    made = search("q=accueil&graine=violette")
    monkeypatch.setattr(made.index, "version", Version("0123456789abcdef", 42, 0))
    record = actions.start(need="Un besoin", organisation="", search=made, fiches=[])
    [kept] = record.searches.all()
    url = fresh(record).get_absolute_url()
    opened = text_of(Client().get(url))
    closed = close(record)
    shown = {"page": text_of(Client().get(url)), "files": told(closed)}
    [frozen] = closed.data["searches"]

    assert (kept.seed, kept.version, kept.total) == ("violette", "01234567-42", len(people))
    assert "violette" in kept.order
    assert kept.address == "/catalogue/?q=accueil&graine=violette"
    assert (frozen["seed"], frozen["version"], frozen["order"]) == (kept.seed, kept.version, kept.order)
    hour = f"{timezone.localtime(kept.made_at):%H h %M}"
    for words in (opened, *shown.values()):
        assert "violette" in words
        assert "01234567-42" in words
        assert hour in words or hour.lstrip("0") in words
