"""Edges of what files hold: the last day of a reference, the longest cell, the order of clients, no seed for a choice."""

import pytest
from django.utils import timezone

from directory.sourcing.exports.files import KINDS as KINDS_OF_FILES
from directory.sourcing.exports.table import LONGEST, SEPARATOR, Column, Table
from tests.factories import ReferenceFactory

from .files import KINDS, fiche, lines, sent

pytestmark = pytest.mark.django_db


def cells_of(client, kind="csv"):
    """The cells of the first row, by the title of their column."""
    titles, row = lines(sent(client, f"/catalogue/export.{kind}"), kind)[-2:]
    return dict(zip(titles, row, strict=True))


def cell_of(kind, text):
    """A text, written in a file of this kind and read again."""
    write, _ = KINDS_OF_FILES[kind]
    return lines(b"".join(write(Table([], [Column("Un", 10)], [[[text]]]))), kind)[-1][0]


def test_a_reference_is_over_on_its_last_day(client):
    ReferenceFactory(co_entrepreneur=fiche(), ends_on=timezone.localdate())

    cells = cells_of(client)

    assert cells["Dernière référence finie le"] == f"{timezone.localdate():%d/%m/%Y}"
    assert cells["Référence en cours"] == ""


def test_the_clients_served_last_come_first(client):
    person = fiche()
    for year, kind in ((2020, "region"), (2022, "commune"), (2021, "departement")):
        ReferenceFactory(co_entrepreneur=person, client__type=kind, starts_on=f"{year}-01-01")

    assert cells_of(client)["Clients publics servis"] == SEPARATOR.join(["Commune", "Département", "Région"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_selection_has_no_seed_since_somebody_put_it_in_order(client, kind):
    data = lines(sent(client, f"/selection/export.{kind}?f={fiche().slug}&graine=violette"), kind)

    assert "violette" not in str([line for line in data if line[:1] == ["Graine de l’ordre"]])
    assert ["Ordre", "Celui de la sélection"] in [line[:2] for line in data]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_text_too_long_for_a_cell_is_cut(kind):
    assert cell_of(kind, "é" * (LONGEST + 1000)) == "é" * LONGEST


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_line_is_written_in_one_way(kind):
    assert cell_of(kind, "Une ligne,\r\nune autre.").replace("\n", "") == "Une ligne,une autre."
