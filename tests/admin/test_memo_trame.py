import pytest

from directory.models import MemoTrame
from tests import cast
from tests.cast import admin_url, browser_of, typed_in_admin
from tests.factories import MemoTrameFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trame():
    trame = MemoTrameFactory(name="Trame à changer")
    trame.sections.create(position=1, kind="team", title="L’équipe", body="À [[lieu]].")
    return trame


@pytest.mark.parametrize("who", [cast.referent, cast.administrator])
def test_a_trame_and_its_sections_are_edited(who, trame):
    browser = browser_of(who())
    data = typed_in_admin(browser.get(admin_url("memotrame_change", trame.pk)))

    response = browser.post(
        admin_url("memotrame_change", trame.pk),
        data | {"service": "Former", "sections-0-title": "Qui nous sommes", "sections-0-body": "À [[date]]."},
    )

    trame.refresh_from_db()
    assert response.status_code == 302
    assert trame.service == "Former"
    assert [(one.title, one.body) for one in trame.sections.all()] == [("Qui nous sommes", "À [[date]].")]


def test_a_section_is_added(trame):
    browser = browser_of(cast.referent())
    data = typed_in_admin(browser.get(admin_url("memotrame_change", trame.pk)))
    added = {"sections-1-position": "2", "sections-1-kind": "method", "sections-1-title": "La méthode"}

    browser.post(admin_url("memotrame_change", trame.pk), data | {"sections-TOTAL_FORMS": "2"} | added)

    assert [one.title for one in trame.sections.all()] == ["L’équipe", "La méthode"]


def test_the_list_tells_how_many_sections_and_is_searched(trame):
    browser = browser_of(cast.referent())

    text = browser.get(f"{admin_url('memotrame_changelist')}?q=a changer").text

    assert trame.name in text
    assert '<td class="field-sections_count">1</td>' in text


def test_staff_without_a_role_see_nothing(trame):
    response = browser_of(cast.staff_without_role()).get(admin_url("memotrame_change", trame.pk))

    assert response.status_code == 403
    assert MemoTrame.objects.filter(pk=trame.pk).exists()
