"""What the entry page of the demonstration gives to try leads where it says."""

import re

import pytest

from directory.catalogue import home_page

from .test_home import links, part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]


def test_each_example_leads_to_fiches_that_answer_all_of_it(client):
    examples = links(part(client.get("/").text, "exemples-liste"))

    assert len(examples) == home_page.EXAMPLES
    assert any(words.startswith("CPV ") for words in examples)
    for words, url in examples.items():
        results = client.get(url).text
        assert int(re.search(r'data-total="(\d+)"', results)[1]), words
        assert "Aucune fiche ne" not in results, words


def test_each_type_of_client_leads_to_as_many_fiches_as_it_says(client):
    page = client.get("/").text
    lists = "".join(re.findall(r'<ul class="clients">.*?</ul>', page, re.DOTALL))
    told = re.findall(r'href="([^"]+)">([^<]+?)\s*<b data-count="(\d+)"', lists)

    assert {"Commune", "Intercommunalité", "Département", "Établissement de santé"} <= {name for _, name, _ in told}
    for url, _, count in told:
        assert f'data-total="{count}"' in client.get(url).text
