import re
from html import unescape

import pytest
from django.http import QueryDict

from directory.catalogue.list_page import read_as
from directory.catalogue.weak_results import loosen, told
from directory.models import Department, Skill
from directory.search.filters import CatalogueFilter
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def search(query):
    return CatalogueFilter(QueryDict(query))


def weak(query):
    asked = search(query)
    return told(asked, read_as(asked))


def department(code):
    return [Department.objects.get(code=code)]


def test_what_to_loosen_comes_first_what_brings_most_each_with_its_count(client):
    skill = Skill.objects.first()
    CoEntrepreneurFactory.create_batch(2, listed=True, departments=department("34"), skills=[skill])
    CoEntrepreneurFactory.create_batch(5, listed=True, departments=department("30"))

    query = f"q=formation&departement=30&competence={skill.slug}"
    links = weak(query).loosened

    assert [(link.names, link.count) for link in links] == [([skill.name], 5), (["Gard (30)"], 2)]
    for link in links:
        assert search(link.url.removeprefix("?")).total == link.count
    page = unescape(client.get(f"/catalogue/?{query}").text).replace("\u00a0", " ")
    assert re.search(r"sans « Gard \(30\) »</a> : 2 fiches", page)


def test_a_part_of_the_need_is_loosened_too_but_never_all_that_is_needed():
    CoEntrepreneurFactory.create_batch(4, listed=True, departments=department("34"), headline="Graphisme")
    CoEntrepreneurFactory.create_batch(2, listed=True, departments=department("48"), headline="Couture")

    links = weak("q=graphisme+en+Lozère").loosened

    assert [(link.names, link.count) for link in links] == [(["Lozère"], 4)]
    assert weak("q=zorglub+en+Lozère").loosened == []


def test_where_one_less_is_not_enough_as_few_as_it_takes_are_left_out():
    CoEntrepreneurFactory.create_batch(3, listed=True, departments=department("34"))

    [link] = weak("q=formation&departement=34&client=sdis&label=qualiopi").loosened

    assert link.words.replace("\u00a0", " ") == "sans « SDIS » ni « Qualiopi »"
    assert (link.url, link.count) == ("?q=formation&departement=34", 3)


def test_nobody_is_said_plainly_only_when_it_is_so(client):
    CoEntrepreneurFactory(listed=True, departments=department("34"))
    unused = Skill.objects.first()

    for query in ["q=zorglub", "q=zorglub&departement=34", f"competence={unused.slug}&departement=30", "q=cpv+15"]:
        assert weak(query).title == "Personne ne propose cela", query
    for query in ["q=formation&departement=30", "q=formation+en+Lozère", "departement=30&client=sdis"]:
        assert weak(query).title == "Personne ne réunit tous ces critères", query


def test_an_untick_makes_it_so():
    fiche = CoEntrepreneurFactory(listed=True, headline="Zorglubage")
    assert weak("q=zorglubage&departement=30").title != "Personne ne propose cela"

    fiche.client_public = False
    fiche.save()

    assert weak("q=zorglubage&departement=30").title == "Personne ne propose cela"


def test_help_comes_after_few_cards_or_partial_ones_and_not_after_many(client):
    CoEntrepreneurFactory.create_batch(4, listed=True, headline="Graphisme")
    CoEntrepreneurFactory.create_batch(3, listed=True, headline="Couture")

    assert weak("q=graphisme") is None
    assert weak("") is None
    assert weak("tri=nom") is None
    assert weak("q=couture").title == "Peu de fiches répondent"
    assert weak("q=graphisme+couture").title == "Aucune fiche ne répond à tout votre besoin"
    page = client.get("/catalogue/?q=couture").text
    assert page.index('class="cartes"') < page.index("Dites votre besoin")
    assert "Dites votre besoin" not in client.get("/catalogue/").text


def test_help_is_told_with_the_search_and_a_phone(client, settings):
    page = unescape(client.get("/catalogue/?q=zorglub&departement=34&tri=nom").text)

    assert "/catalogue/cooperative/contact/?q=zorglub&departement=34" in page
    assert settings.COOPERATIVE["phone"] in page


def test_loosening_is_never_offered_for_less():
    CoEntrepreneurFactory.create_batch(2, listed=True, departments=department("34"))

    asked = search("q=formation&departement=34")

    assert loosen(asked, read_as(asked)) == []


def test_new_fiches_by_mail_are_offered_once_whether_few_answer_or_many(client):
    CoEntrepreneurFactory(listed=True, headline="Restauration de rivières")
    CoEntrepreneurFactory.create_batch(6, listed=True, headline="Formation des agents")

    pages = [client.get(f"/catalogue/?q={words}") for words in ("rivières", "formation")]

    assert [bool(page.context["weak"]) for page in pages] == [True, False]
    for page in pages:
        assert page.text.count('href="/alertes/') == 1
