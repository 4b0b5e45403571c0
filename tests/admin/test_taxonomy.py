import pytest

from directory.models import Domain, Page, Skill
from tests import cast
from tests.cast import admin_url, browser_of

pytestmark = pytest.mark.django_db


def test_synonyms_are_written_with_commas_and_found():
    browser = browser_of(cast.administrator())
    data = {"domain": Domain.objects.first().pk, "name": "Hydrophonie", "slug": "hydrophonie"}

    browser.post(admin_url("skill_add"), data | {"synonyms": "écoute des rivières, son sous l’eau"})

    assert Skill.objects.get(slug="hydrophonie").synonyms == ["écoute des rivières", "son sous l’eau"]
    found = browser.get(f"{admin_url('skill_changelist')}?q=sous l’eau").context["cl"].queryset
    assert [skill.name for skill in found] == ["Hydrophonie"]


def test_a_text_of_the_site_is_edited():
    page = Page.objects.get(slug=Page.Slug.LEGAL)
    data = {"slug": page.slug, "title": page.title, "body": "## Un texte neuf"}

    browser_of(cast.administrator()).post(admin_url("page_change", page.pk), data)

    page.refresh_from_db()
    assert page.body == "## Un texte neuf"
