"""A card is kept between requests, and never shows what is no more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from directory.models import Certification, CoEntrepreneur, Consent, Department, Label, Reference
from directory.search.index import current
from directory.search.kept import MOST_CHARACTERS, MOST_FICHES, Kept
from tests.factories import CoEntrepreneurFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db(transaction=True)


def page(query=""):
    return Client().get(f"/catalogue/{query}").text


@pytest.fixture
def fiche():
    fiche = CoEntrepreneurFactory(
        listed=True, headline="Accroche de départ", public_offer="Tuffeau de départ",
        skills=[SkillFactory(name="Savoir de départ", synonyms=["autrefois"])],
        departments=Department.objects.filter(region="76"), photo="photos/x.webp",
    )  # fmt: skip
    ReferenceFactory(co_entrepreneur=fiche, subject="Sujet de départ", client__name="Client de départ")
    return fiche


def _set(**values):
    return lambda fiche: CoEntrepreneur.objects.filter(pk=fiche.pk).update(**values)


def _rename(relation, **values):
    return lambda fiche: (
        getattr(fiche, relation).model.objects.filter(pk__in=getattr(fiche, relation).values("pk")).update(**values)
    )


# What the card shows of each source, and what a search of these words tells of it.
CHANGES = {
    "first name": ("", _set(first_name="Nouveauté")),
    "last name": ("", _set(last_name="Nouveauté")),
    "trade name": ("", _set(trade_name="Nouveauté")),
    "headline": ("", _set(headline="Nouveauté")),
    "address": ("", _set(slug="nouveaute")),
    "whole country": ("", _set(nationwide=True)),
    "skills": ("", lambda fiche: fiche.skills.set([SkillFactory(name="Nouveauté")])),
    "name of a skill": ("", _rename("skills", name="Nouveauté")),
    "departments": ("", lambda fiche: fiche.departments.set(["2A"])),
    "name of a department": ("", lambda _: Department.objects.filter(code="34").update(name="Nouveauté")),
    "number of references": ("", lambda fiche: ReferenceFactory(co_entrepreneur=fiche)),
    "reference withdrawn": ("", lambda _: Reference.objects.update(publishable=False)),
    "offer": ("?q=tuffeau", _set(public_offer="Tuffeau tout autre")),
    "subject of a reference": ("?q=sujet", _rename("references", subject="Sujet tout autre")),
    "client of a reference": (
        "?q=client",
        lambda fiche: fiche.references.get().client._meta.model.objects.update(name="Client tout autre"),
    ),
    "subject of the reference shown": ("", lambda _: Reference.objects.update(subject="Sujet tout autre")),
    "client of the reference shown": (
        "",
        lambda fiche: fiche.references.get().client._meta.model.objects.update(name="Client tout autre"),
    ),
    "date of the reference shown": (
        "",
        lambda _: Reference.objects.update(starts_on="2019-01-01", ends_on="2019-05-01"),
    ),
    "amount of the reference shown": ("", lambda _: Reference.objects.update(amount=12_000)),
    "town": ("", _set(city="Nouveauté")),
    "day of the content": ("?tri=maj", _set(content_updated_at="2025-03-01T12:00Z")),
    "region": ("", lambda _: Department.objects.filter(code="34").update(region="94")),
    "photo agreed to": ("", lambda fiche: Consent.objects.create(co_entrepreneur=fiche, item="photo")),
    "a label": (
        "",
        lambda fiche: Certification.objects.create(
            co_entrepreneur=fiche, label=Label.objects.create(slug="un-label", name="Un label"), proof="x.pdf"
        ),
    ),
    "synonyms of a skill": ("?q=autrefois", _rename("skills", synonyms=["ailleurs"])),
}


@pytest.mark.parametrize("source", CHANGES)
def test_each_change_of_a_source_shows_at_the_next_request(fiche, source):
    query, change = CHANGES[source]
    before = page(query)
    assert page(query) == before

    change(fiche)

    after = page(query)
    assert after != before
    # What is kept says what reading it all anew would.
    current().forget_fiches()
    assert _cards(page(f"{query}{'&' if query else '?'}page=1")) == _cards(after)


def _cards(text):
    return text.partition('<ol class="cartes">')[2].partition("</ol>")[0]


def test_an_unticked_fiche_is_gone_at_the_next_request_and_from_what_is_kept(fiche):
    other = CoEntrepreneurFactory(listed=True)
    assert f'data-fiche="{fiche.slug}"' in page() and "</mark> de départ" in page("?q=tuffeau")

    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False)

    assert f'data-fiche="{fiche.slug}"' not in page()
    assert current().cards.read([fiche.pk, other.pk]).keys() == {other.pk}
    assert current().texts.read([fiche.pk]) == {}


def test_what_is_kept_lasts_a_day_at_most(fiche, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    label = Label.objects.create(slug="un-label", name="Un label")
    Certification.objects.create(co_entrepreneur=fiche, label=label, proof="x.pdf", expires_on=timezone.localdate())
    CoEntrepreneur.objects.filter(pk=CoEntrepreneurFactory(listed=True).pk).update(departed_on=tomorrow)
    before = page()
    assert len(current().cards) == 2

    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)

    assert len(current().cards) == 0
    assert before.count("data-fiche=") == 2
    assert page().count("data-fiche=") == 1
    assert page("?label=un-label").count("data-fiche=") == 0


def test_a_page_of_cards_that_are_kept_asks_only_for_the_version(fiche, django_assert_num_queries):
    page()

    with django_assert_num_queries(1):
        page("?tri=equitable")


def test_what_is_kept_is_bounded():
    kept = Kept()
    for key in range(MOST_FICHES + 3):
        kept.keep(key, "x", 1)
        kept.read([0])

    assert len(kept) == MOST_FICHES
    assert kept.read([0, 1]) == {0: "x"}

    kept.keep(0, "whole", MOST_CHARACTERS)
    assert len(kept) == 1


def test_what_was_being_kept_of_a_former_state_stays_behind():
    former = Kept()
    former.keep(1, "one", 3)
    later = former.without([1])

    former.keep(1, "one, late", 9)

    assert later.read([1]) == {}
