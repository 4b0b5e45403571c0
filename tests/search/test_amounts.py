"""The facet of what was done before: by the band that the public reads, and by how recent it is."""

import random
from calendar import isleap
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.catalogue.list_page import chips, panels, read_as
from directory.catalogue.weak_results import loosen
from directory.models import Participation, Reference
from directory.models.reference import AMOUNT_BANDS, years_before
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import Results
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
OLD = years_before(TODAY, 3)
LEAP = next(year for year in range(TODAY.year, TODAY.year + 9) if isleap(year))
BANDS = ["0-5000", "5000-15000", "15000-40000", "40000-90000", "90000"]


def names(query):
    return {fiche.last_name for fiche in Results(CatalogueFilter(QueryDict(query)))}


def counts(query):
    [panel] = [panel for panel in panels(CatalogueFilter(QueryDict(query))) if panel.name == "montant"]
    return {value.value: value.count for value in panel.values}


def holder(last_name, *references):
    """A listed fiche with these references, each as (amount, end)."""
    fiche = CoEntrepreneurFactory(listed=True, last_name=last_name)
    for amount, ends_on in references:
        ReferenceFactory(co_entrepreneur=fiche, starts_on=date(2000, 1, 1), amount=amount, ends_on=ends_on)
    return fiche


def test_a_band_is_that_of_the_reference_as_the_public_reads_it():
    for amount in (0, 4999.99, 5000, 14_999, 15_000, 40_000, 89_999, 90_000, 10_000_000):
        fiche = holder(str(amount), (amount, TODAY))
        [label] = [reference.amount_band for reference in fiche.references.all()]
        [facet] = [panel for panel in panels(CatalogueFilter(QueryDict(""))) if panel.name == "montant"]
        values = {value.label: value.value for value in facet.values}
        assert str(amount) in names(f"montant={values[label]}")
    assert [value.value for value in facet.values] == [*BANDS, "recentes"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"publishable": False},
        {"state": Reference.State.TO_VALIDATE, "decided_at": None},
        {"amount_shown": Reference.AmountShown.HIDDEN},
        {"amount": None},
    ],
)
def test_what_the_public_does_not_read_never_counts(hidden):
    fiche = CoEntrepreneurFactory(listed=True)
    ReferenceFactory(co_entrepreneur=fiche, **{"amount": 9000} | hidden)

    assert names("montant=5000-15000") == set()
    assert set(counts("")) <= {"recentes"}


def test_a_participant_counts_as_its_keeper_does():
    other = CoEntrepreneurFactory(listed=True, last_name="Participe")
    reference = holder("Tient", (9000, TODAY)).references.get()
    Participation.objects.create(reference=reference, co_entrepreneur=other)

    assert names("montant=5000-15000") == {"Tient", "Participe"}


def test_recent_asks_it_of_the_reference_that_has_the_amount():
    holder("Ancien", (9000, OLD), (100, TODAY))
    holder("Récent", (9000, TODAY))
    holder("En cours", (9000, None))
    holder("Muet", (None, TODAY))

    assert names("montant=5000-15000") == {"Ancien", "Récent", "En cours"}
    assert names("montant=5000-15000&montant=recentes") == {"Récent", "En cours"}
    assert names("montant=recentes") == {"Ancien", "Récent", "En cours", "Muet"}
    assert counts("montant=5000-15000") == {"0-5000": 1, "5000-15000": 3, "recentes": 2}
    assert counts("montant=5000-15000&montant=recentes") == {"0-5000": 1, "5000-15000": 2, "recentes": 2}
    assert counts("montant=recentes")["5000-15000"] == 2


def test_bands_add_up():
    holder("Petit", (100, TODAY))
    holder("Grand", (100_000, OLD))
    holder("Moyen", (20_000, TODAY))

    assert names("montant=0-5000&montant=90000") == {"Petit", "Grand"}
    assert names("montant=0-5000&montant=90000&montant=recentes") == {"Petit"}


def test_counts_are_those_of_the_searches_they_lead_to():
    draw = random.Random(7)
    for number in range(40):
        references = [
            (draw.choice([None, 10, 6000, 20_000, 50_000, 200_000]), draw.choice([None, TODAY, OLD, date(2015, 2, 3)]))
            for _ in range(draw.randrange(4))
        ]
        holder(str(number), *references)
    for chosen in ([], ["5000-15000"], ["recentes"], ["0-5000", "90000", "recentes"], BANDS):
        query = "&".join(f"montant={value}" for value in chosen)
        for value, count in counts(query).items():
            alone = [value] if value != "recentes" else [*(band for band in chosen if band in BANDS), value]
            kept = alone + (["recentes"] if "recentes" in chosen else [])
            assert count == len(names("&".join(f"montant={part}" for part in kept))), (chosen, value)


@pytest.mark.parametrize(
    "ends_on",
    [
        *(date(LEAP, 2, 28), date(LEAP, 2, 29), date(LEAP, 3, 1)),
        # Three years later comes another 29 February.
        *(date(LEAP + 1, 2, 28), date(LEAP + 1, 3, 1)),
        *(date(LEAP, 12, 31), date(LEAP, 1, 1)),
    ],
)
def test_a_reference_ceases_to_be_recent_on_the_day_that_its_page_says(monkeypatch, ends_on):
    reference = holder("Daté", (9000, ends_on)).references.get()
    first = years_before(ends_on, -3) - timedelta(days=3)

    said = []
    for day in (first + timedelta(days=shift) for shift in range(7)):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        answers = bool(names("montant=5000-15000&montant=recentes"))
        assert answers == bool(names("montant=recentes")) == reference.is_recent, day
        said.append(answers)
    assert said[0] and not said[-1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": 200}, {"0-5000", "recentes"}),
        ({"publishable": False}, set()),
        ({"amount_shown": "hidden"}, {"recentes"}),
        ({"ends_on": date(2015, 1, 1)}, {"5000-15000"}),
    ],
)
def test_the_index_follows_a_change_of_a_reference(change, told):
    holder("Suivi", (9000, TODAY))
    assert set(counts("")) == {"5000-15000", "recentes"}
    before = current()

    Reference.objects.update(**change)

    assert current() is not before
    assert set(counts("")) == told


def test_it_is_said_in_a_sentence_in_chips_and_in_what_to_loosen():
    holder("Ancien", (9000, OLD))
    search = CatalogueFilter(QueryDict("montant=0-5000&montant=5000-15000&montant=recentes"))
    plain = search.summary.replace("\N{NO-BREAK SPACE}", " ")

    assert plain.endswith("avec des références de moins de 5 000 € HT ou de 5 000 à 15 000 € HT, de moins de trois ans")
    assert [chip.url for chip in chips(search)][-1] == "?montant=0-5000&montant=5000-15000"
    assert CatalogueFilter(QueryDict("montant=recentes")).criteria == ", avec des références de moins de trois ans"
    narrowed = CatalogueFilter(QueryDict("montant=0-5000&montant=recentes&references=1"))
    assert [link.count for link in loosen(narrowed, read_as(narrowed))] == [1]
    assert len(AMOUNT_BANDS) + 1 == len(BANDS)
