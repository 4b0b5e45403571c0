import importlib

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from lxml import html

from crealead.markdown import render
from directory.models import Page

pytestmark = pytest.mark.django_db


def test_what_stands_over_a_menu_of_the_foot_is_a_heading(client):
    foot = html.fromstring(client.get("/plan-du-site/").text).find(".//footer")

    menus = foot.findall(".//nav")
    assert len(menus) == 2
    assert [menu.get("aria-labelledby") for menu in menus] == [menu.find("h2").get("id") for menu in menus]


@pytest.mark.parametrize(
    ("name", "path", "queries"),
    # The legal notice says what insures the cooperative too.
    [("legal", "/mentions-legales/", 2), ("privacy", "/confidentialite/", 1), ("accessibility", "/accessibilite/", 1)],
)
def test_each_page_is_at_its_address_with_one_title_and_no_cookie(
    client, django_assert_num_queries, name, path, queries
):
    with django_assert_num_queries(queries):
        response = client.get(path)

    assert reverse(f"pages:{name}") == path
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    assert not response.cookies


def test_what_is_edited_shows_at_once_and_its_html_as_text(client):
    Page.objects.filter(slug="accessibilite").update(title="Pour tous", body="Un <b>essai</b>, [ici](/catalogue/)")

    response = client.get("/accessibilite/")

    assert "<h1>Pour tous</h1>" in response.text
    assert "&lt;b&gt;essai&lt;/b&gt;" in response.text
    assert '<a href="/catalogue/">ici</a>' in response.text


def test_the_legal_notice_prints_the_identity_of_the_settings(client):
    response = client.get("/mentions-legales/")

    for key in ["name", "address", "phone", "rcs", "publication_director", "host"]:
        assert settings.COOPERATIVE[key] in response.text


def test_a_page_that_was_erased_is_not_found(client):
    Page.objects.filter(slug="accessibilite").delete()

    assert client.get("/accessibilite/").status_code == 404


def test_every_page_has_a_first_text():
    texts = dict(Page.objects.values_list("slug", "body"))

    assert set(texts) == set(Page.Slug.values)
    assert all(len(text) > 500 for text in texts.values())


def test_loading_again_keeps_what_was_edited():
    Page.objects.filter(slug="accessibilite").update(body="Corrigé")
    Page.objects.filter(slug="confidentialite").delete()

    importlib.import_module("directory.migrations.0005_pages").load(apps, None)

    assert Page.objects.get(slug="accessibilite").body == "Corrigé"
    assert Page.objects.filter(slug="confidentialite").exists()


def test_links_between_the_first_texts_lead_somewhere(client):
    for page in Page.objects.all():
        for path in set(render(page.body).split('href="/')[1:]):
            response = client.get("/" + path.split('"')[0], follow=True)
            assert response.status_code == 200, path
