"""What is asked of references is asked of one same reference: its amount, its age, the type of its client."""

import random
from datetime import date
from itertools import chain, combinations

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.catalogue.list_page import panels
from directory.catalogue.weak_results import loosen
from directory.models import Reference
from directory.models.reference import years_before
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import Results
from directory.search.why import Answer
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
OLD = years_before(TODAY, 3)
TYPES = ["commune", "sdis", "sante"]
BANDS = {"0-5000": (0, 5000), "5000-15000": (5000, 15_000), "15000-40000": (15_000, 40_000), "90000": (90_000, 10**12)}


def delivered(fiche, kind, amount, ends_on=TODAY, **more):
    client = PublicClientFactory(type=kind)
    dates = {"starts_on": date(2000, 1, 1), "ends_on": ends_on}
    return ReferenceFactory(co_entrepreneur=fiche, client=client, amount=amount, **dates, **more)


def search_of(query, index=None):
    return CatalogueFilter(QueryDict(query), index)


def query_of(montant, client):
    return "&".join([*(f"montant={value}" for value in montant), *(f"client={value}" for value in client)])


def naive(montant, client):
    """The fiches of which one published reference meets all, read from the rows."""
    bands = [BANDS[value] for value in montant if value in BANDS]
    answering = set()
    for reference in Reference.objects.published().select_related("client"):
        told = reference.amount if reference.amount_shown == Reference.AmountShown.BAND else None
        if (
            (not bands or (told is not None and any(low <= told < high for low, high in bands)))
            and ("recentes" not in montant or reference.is_recent)
            and (not client or reference.client.type in client)
        ):
            answering |= set(reference.participations.values_list("co_entrepreneur", flat=True))
    return answering


def test_an_amount_for_one_client_and_a_small_one_for_a_town_do_not_add_up():
    fiche = CoEntrepreneurFactory(listed=True)
    delivered(fiche, "sdis", 20_000)
    town = delivered(fiche, "commune", 2000)
    both = query_of(["15000-40000"], ["commune"])

    assert search_of(both).total == 0
    assert search_of("montant=15000-40000").total == search_of("client=commune").total == 1
    answer = Answer(search_of(both), fiche.pk)
    assert [(line.parameter, answer.meets(line)) for line in answer.lines[1:]] == [("client", True), ("montant", False)]
    search = search_of(both)
    assert [(link.count, link.url) for link in loosen(search, [])] == [
        (1, "?montant=15000-40000"),
        (1, "?client=commune"),
    ]

    Reference.objects.filter(pk=town.pk).update(amount=30_000)
    assert search_of(both).total == 1
    assert "ayant déjà servi : Commune, par des références de" in search_of(both).summary.replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_card_shows_the_reference_that_meets_all():
    fiche = CoEntrepreneurFactory(listed=True)
    delivered(fiche, "commune", 2000, subject="Petit tract")
    delivered(fiche, "commune", 20_000, OLD, subject="Vieux bulletin")
    delivered(fiche, "commune", 20_000, subject="Bulletin récent")
    delivered(fiche, "sdis", 20_000, subject="Affiche du SDIS")

    for query, subject in [
        (query_of(["15000-40000", "recentes"], ["commune"]), "Bulletin récent"),
        (query_of(["0-5000"], ["commune"]), "Petit tract"),
        (query_of(["15000-40000"], ["sdis"]), "Affiche du SDIS"),
    ]:
        [card] = Results(search_of(query))
        assert subject in card.said.proof


@pytest.mark.parametrize("seed", range(3))
def test_who_is_found_and_every_count_are_those_of_the_rows(seed):
    draw = random.Random(seed)
    for _ in range(25):
        fiche = CoEntrepreneurFactory(listed=True)
        for _ in range(draw.randrange(4)):
            amount = draw.choice([None, 10, 6000, 20_000, 200_000])
            hidden = {"amount_shown": draw.choice(["band", "band", "hidden"]), "publishable": draw.random() < 0.9}
            delivered(fiche, draw.choice(TYPES), amount, draw.choice([None, TODAY, OLD]), **hidden)
    index = current()
    for _ in range(25):
        montant = draw.sample([*BANDS, "recentes"], draw.randrange(4))
        client = draw.sample(TYPES, draw.randrange(3))
        search = search_of(query_of(montant, client), index)
        expected = naive(montant, client)
        assert set(search.fiches) == (expected if montant or client else set(index.published))
        for pk in index.published:
            assert (pk in search.fiches) == (not Answer(search, pk).missed), query_of(montant, client)
        counts = {panel.name: {value.value: value.count for value in panel.values} for panel in panels(search)}
        for value in TYPES:
            assert counts["client"].get(value, 0) == len(naive(montant, [value]))
        recent = ["recentes"] if "recentes" in montant else []
        for value in BANDS:
            assert counts["montant"].get(value, 0) == len(naive([value, *recent], client))
        assert counts["montant"].get("recentes", 0) == len(naive({*montant, "recentes"}, client))


def test_recent_typed_in_a_need_is_asked_of_the_same_reference():
    fiche = CoEntrepreneurFactory(listed=True, headline="Vitrail", nationwide=True)
    delivered(fiche, "sdis", 20_000)
    delivered(fiche, "commune", 20_000, OLD)
    typed = "q=vitrail, références de moins de trois ans"

    assert search_of(typed).total == 1
    for asked in chain.from_iterable(combinations(["client=commune", "montant=15000-40000"], size) for size in (1, 2)):
        search = search_of("&".join([typed, *asked]))
        assert search.total == ("client=commune" not in asked)
        assert search.total == (not Answer(search, fiche.pk).missed)
