"""The cooperative as it is drawn, before it is written."""

import re
from collections import Counter
from datetime import date
from itertools import combinations
from random import Random

import pytest

from directory.demo import content
from directory.demo.build import SEED
from directory.demo.plan import OCCITANIE, ON_CATALOGUE, Standing, plan

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def fiches():
    return plan(Random(SEED), TODAY)


@pytest.fixture(scope="module")
def listed(fiches):
    return [fiche for fiche in fiches if fiche.standing in ON_CATALOGUE]


def sentences(text):
    return set(re.split(r"(?<=[.!?])\s+(?=[A-ZÀÉÊŒ])", text))


def test_two_plans_of_one_day_are_equal(fiches):
    assert plan(Random(SEED), TODAY) == fiches


def test_the_cooperative_has_its_size(fiches, listed):
    standings = Counter(fiche.standing for fiche in fiches)

    assert len(fiches) >= 250
    assert len(listed) >= 220
    assert set(standings) == set(Standing)


def test_no_two_fiches_say_the_same(fiches):
    headlines = [fiche.headline for fiche in fiches if fiche.headline]
    offers = [fiche.public_offer for fiche in fiches if fiche.public_offer]
    trade_names = [fiche.trade_name for fiche in fiches if fiche.trade_name]

    assert len(set(headlines)) == len(headlines)
    assert len(set(offers)) == len(offers)
    assert len(set(trade_names)) == len(trade_names)


def test_two_offers_share_half_their_sentences_at_most(fiches):
    offers = [sentences(fiche.public_offer) for fiche in fiches if fiche.public_offer]

    shares = [len(one & other) / min(len(one), len(other)) for one, other in combinations(offers, 2)]

    assert max(shares) <= 0.5


def test_offers_have_three_to_six_sentences(fiches):
    lengths = {len(sentences(fiche.public_offer)) for fiche in fiches if fiche.public_offer}

    assert lengths <= {3, 4, 5, 6}


def test_texts_fit_in_their_fields(fiches):
    assert max(len(fiche.headline) for fiche in fiches) <= 140
    assert max(len(fiche.proposed_headline) for fiche in fiches) <= 140
    assert max(len(fiche.trade_name) for fiche in fiches) <= 120
    assert max(len(reference.subject) for fiche in fiches for reference in fiche.references) <= 200


def test_every_skill_and_domain_is_found_in_the_catalogue(listed):
    assert {skill for fiche in listed for skill in fiche.skills} == set(content.skill_words())
    assert {fiche.trade.domain for fiche in listed} == {trade.domain for trade in content.trades()}


def test_every_department_of_occitanie_is_covered_by_several(listed):
    covered = Counter(department for fiche in listed for department in fiche.departments)

    assert min(covered[department] for department in OCCITANIE) >= 10
    assert len(OCCITANIE) == 13
    assert covered["34"] == max(covered.values())
    assert sum(fiche.nationwide for fiche in listed) >= 10


def test_people_bear_different_names_but_for_two_namesakes(fiches):
    [(namesake, times)] = [(name, n) for name, n in Counter(fiche.name for fiche in fiches).items() if n > 1]

    assert (namesake, times) == ("Claire Fabre", 2)
    assert "Zoé-Lou d’Aubrac-L’Hôpital" in {fiche.name for fiche in fiches}


def test_one_listed_fiche_is_as_long_as_can_be_and_has_no_skill(listed):
    [extreme] = [fiche for fiche in listed if not fiche.skills]

    assert len(extreme.trade_name) > 100
    assert len(extreme.headline) > 125


def test_phones_and_sites_reach_nobody(fiches):
    phones = [fiche.phone for fiche in fiches if fiche.phone]

    # The ranges that Arcep keeps for fiction.
    assert all(re.fullmatch(r"(04 65 71|06 39 98)( \d\d){2}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"https://[a-z0-9-]+\.example|", fiche.website) for fiche in fiches)


def test_a_headline_brings_the_skills_it_speaks_of(fiches):
    [dpo, *_] = [fiche for fiche in fiches if "RGPD" in fiche.headline and fiche.skills]

    assert "protection-des-donnees" in dpo.skills


def test_references_are_delivered_once_to_each_client(fiches):
    delivered = [(reference.subject, reference.client) for fiche in fiches for reference in fiche.references]

    assert len(set(delivered)) == len(delivered)
    assert {len(fiche.references) for fiche in fiches} == set(range(7))


def test_references_end_after_they_start_and_before_today(fiches):
    references = [reference for fiche in fiches for reference in fiche.references]

    for reference in references:
        assert reference.starts_on <= (reference.ends_on or TODAY) <= TODAY
        assert bool(reference.results) == (reference.ends_on is not None)
        assert "{" not in reference.subject + reference.results


def test_a_departure_comes_after_the_listing(fiches):
    for fiche in fiches:
        if fiche.departed_in is not None:
            assert -fiche.listed_days_ago < fiche.departed_in
