import pytest

from tests import cast
from tests.cast import admin_url, browser_of, count_queries
from tests.factories import CoEntrepreneurFactory, ConsultationFactory, TeamMemberFactory

pytestmark = pytest.mark.django_db
LIST = admin_url("consultation_changelist")


@pytest.fixture
def consultation(referent):
    """One that a co-entrepreneur of `referent` was asked into."""
    found = ConsultationFactory(subject="Étude de mobilité")
    TeamMemberFactory(consultation=found, co_entrepreneur=CoEntrepreneurFactory(referent=referent, last_name="Suivie"))
    return found


def test_the_referents_concerned_and_administrators_read_it(referent, consultation):
    url = admin_url("consultation_change", consultation.pk)

    for person in (referent, cast.administrator()):
        browser = browser_of(person)
        page = browser.get(url)
        assert "Étude de mobilité" in browser.get(LIST).text
        assert "Suivie" in page.text
        assert f'href="/consultations/{consultation.pk}/"' in page.text


def test_another_referent_reads_nothing_of_it(consultation):
    browser = browser_of(cast.referent())

    pages = [browser.get(LIST), browser.get(admin_url("consultation_change", consultation.pk), follow=True)]

    assert not any("mobilité" in page.text for page in pages)


def test_staff_without_a_role_do_not_come_in(consultation):
    assert browser_of(cast.staff_without_role()).get(LIST).status_code == 403


def test_nobody_writes_there(consultation):
    browser = browser_of(cast.administrator())

    assert browser.get(admin_url("consultation_add")).status_code == 403
    assert browser.post(admin_url("consultation_change", consultation.pk), {"subject": "Autre"}).status_code == 403
    assert browser.get(admin_url("consultation_delete", consultation.pk)).status_code == 403


def test_it_is_searched_by_object_reference_and_buyer(consultation):
    page = browser_of(cast.administrator()).get(LIST, {"q": "mobilite"})

    assert "Étude de mobilité" in page.text


def test_the_list_costs_the_same_queries_whatever_its_length(consultation):
    browser = browser_of(cast.administrator())
    before = count_queries(browser, LIST)

    for _ in range(4):
        TeamMemberFactory(role="lead")

    assert count_queries(browser, LIST) == before
