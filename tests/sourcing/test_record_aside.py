"""Who a record sets aside, one by one or by a criterion, and why; nobody is forgotten."""

import pytest

from directory.models import CoEntrepreneur, RecordSearch, Skill
from directory.sourcing.record import actions
from directory.sourcing.record.standing import Standing

from .records import search, served, set_aside, text_of

pytestmark = pytest.mark.django_db


def test_all_who_answered_are_kept_set_aside_or_without_a_reason(record, people):
    set_aside(record, fiches=[people[3].pk], words="Trop loin du sujet.")
    standing = Standing(record)

    assert [who.name for who in standing.without_reason] == ["Karim Belaïd", "Nora Cazal", "Zoé Estève"]
    assert [place.who.pk for place in standing.kept] == [people[0].pk]
    assert standing.number_set_aside == 1


def test_a_group_is_a_criterion_not_a_list(client, record, people):
    url = f"{record.get_absolute_url()}ecarter/"
    form = client.get(url)
    client.post(url, {"group": "without:client=intercommunalite", "reason": "reference", "words": ""})
    [line] = record.set_aside.all()
    [motive] = Standing(record).motives
    came_later = served(first_name="Omar", last_name="Faure")
    RecordSearch.objects.filter(record=record).update(answers=search().fiches.serialize())
    [later] = Standing(record).motives

    assert "Sans référence : Intercommunalité" in text_of(form)
    assert (line.whom, line.query, line.co_entrepreneur) == ("without", "client=intercommunalite", None)
    assert [who.pk for who in motive.covers] == [people[2].pk, people[3].pk, people[4].pk]
    assert came_later.pk in [who.pk for who in later.covers]


@pytest.mark.parametrize(
    ("group", "reason"),
    [("without:client=intercommunalite", "reference"), ("without:references=1", "reference"), ("rest", None)],
)
def test_a_criterion_that_says_why_needs_no_reason(client, record, people, group, reason):
    answer = client.post(f"{record.get_absolute_url()}ecarter/", {"group": group, "reason": "", "words": ""})

    assert list(record.set_aside.values_list("reason", flat=True)) == ([reason] if reason else [])
    assert ("Choisissez un motif" in text_of(answer)) is (reason is None)


def test_no_criterion_is_offered_that_a_kept_one_lacks_too(record, people):
    skill = Skill.objects.first()
    people[1].skills.add(skill)

    values = [one.value for _, group in Standing(record).offered() for one in group]

    assert "without:client=intercommunalite" in values
    assert "without:client=commune" not in values
    assert f"without:competence={skill.slug}" not in values


def test_a_kept_one_that_lacks_what_others_are_set_aside_for_is_told(record, people):
    set_aside(record, query="client=intercommunalite", label="Sans référence : Intercommunalité", reason="reference")
    actions.add(record_pk=record.pk, fiches=[people[2].pk])

    [sentence] = Standing(record).contradictions

    assert sentence.startswith("Nora Cazal")


def test_those_that_a_narrower_search_left_out_are_set_aside_by_it(record, people):
    actions.add(record_pk=record.pk, search=search("q=accueil&client=intercommunalite"))

    offered = dict(Standing(record).offered())["Ne répondent pas à cette recherche"]

    assert [(one.value, one.count) for one in offered] == [("without:q=accueil&client=intercommunalite", 3)]


def test_the_rest_comes_after_all_else(record, people):
    set_aside(record, is_rest=True)
    set_aside(record, fiches=[people[4].pk], reason="zone")
    standing = Standing(record)

    assert [len(motive.covers) for motive in standing.motives] == [1, 3]
    assert standing.without_reason == []


def test_who_is_set_aside_is_kept_once_the_motive_is_taken_back(client, record, people):
    url = record.get_absolute_url()
    set_aside(record, fiches=[people[2].pk])
    line = record.set_aside.get()
    selection = f"/selection/?f={people[2].slug}"

    # A motive is taken back by who reads it, whatever way a fiche comes in by.
    for way, sent in (
        (url, {"action": "keep", "pk": people[2].pk}),
        (url, {"action": "add", "address": selection}),
        (url, {"action": "add", "address": people[2].get_absolute_url()}),
        (f"/selection/dossier/?f={people[2].slug}", {"action": "add", "link": url}),
    ):
        refused = client.post(way, sent, follow=True)
        assert "retirez d’abord le motif" in text_of(refused), sent
        assert record.set_aside.get() == line
        assert not record.kept.filter(co_entrepreneur=people[2]).exists()

    client.post(url, {"action": "take_back", "pk": line.pk})
    client.post(url, {"action": "keep", "pk": people[2].pk})
    assert not record.set_aside.exists()
    assert record.kept.filter(co_entrepreneur=people[2]).exists()
    client.post(url, {"action": "drop_search", "pk": record.searches.get().pk})
    assert not record.searches.exists()


def test_another_reason_must_be_told(client, record, people):
    page = client.post(f"{record.get_absolute_url()}ecarter/", {"fiches": [people[1].pk], "reason": "other"})

    assert "Dites quel est ce motif" in text_of(page)
    assert not record.set_aside.exists()


def test_two_who_set_the_same_aside_write_it_once(record, people):
    set_aside(record, fiches=[people[1].pk], words="La première.")

    with pytest.raises(actions.ChangedError):
        set_aside(record, fiches=[people[1].pk], words="La seconde.")
    assert record.set_aside.get().words == "La première."


def test_who_left_the_catalogue_is_named_and_nothing_more(client, record, people):
    people[0].headline = "Zyglotrax"
    people[0].save()
    CoEntrepreneur.objects.filter(pk=people[0].pk).update(client_public=False)

    page = client.get(record.get_absolute_url())

    assert "Lucie Astruc n’est plus au catalogue" in text_of(page)
    assert "Zyglotrax" not in page.text
    assert people[0].trade_name not in page.text
