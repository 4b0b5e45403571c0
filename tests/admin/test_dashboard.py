from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import Certification, Insurance, Label
from directory.models.decision import LATE_AFTER_DAYS
from tests import cast
from tests.cast import admin_url, browser_of, count_queries
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory

pytestmark = pytest.mark.django_db


def ask(person, name, *, days=0):
    return ListingRequestFactory(
        co_entrepreneur=CoEntrepreneurFactory(referent=person, last_name=name),
        submitted_at=timezone.now() - timedelta(days=days),
    )


def certify(fiche, *, days):
    return Certification.objects.create(
        co_entrepreneur=fiche, label=Label.objects.first(), expires_on=timezone.localdate() + timedelta(days=days)
    )


def board(person):
    return browser_of(person).get("/admin/").context["board"]


def test_requests_wait_oldest_first_and_late_ones_stand_out(referent):
    ask(referent, "Récente", days=LATE_AFTER_DAYS - 1)
    ask(referent, "Ancienne", days=LATE_AFTER_DAYS)
    ask(cast.referent(), "Ailleurs", days=30)

    page = browser_of(referent).get("/admin/")

    shown = [
        (listing_request.last_name, waited, listing_request.is_late)
        for listing_request, waited in page.context["board"]["requests"]
    ]
    assert shown == [("Ancienne", "depuis 7 jours", True), ("Récente", "depuis 6 jours", False)]
    assert page.content.decode().count("en retard</strong>") == 1


def test_an_administrator_sees_what_waits_for_everyone():
    ask(cast.referent(name="Claire Fabre"), "Une")
    ask(cast.referent(name="Nadia Belkacem"), "Autre")

    page = browser_of(cast.administrator()).get("/admin/").content.decode()

    assert "Claire Fabre" in page
    assert "Nadia Belkacem" in page


def test_one_s_own_fiches_are_counted_and_the_links_list_them(referent):
    CoEntrepreneurFactory(referent=referent, listed=True)
    CoEntrepreneurFactory(referent=referent, listed=True, departed_on=timezone.localdate())
    CoEntrepreneurFactory.create_batch(2, referent=referent)
    CoEntrepreneurFactory(listed=True)

    shown = board(referent)

    assert shown["counts"] == {"listed": 1, "not_listed": 2, "departed": 1}
    for name, count in [("listed", 1), ("not_listed", 2), ("departed", 1), ("all", 4)]:
        assert browser_of(referent).get(shown["links"][name]).context["cl"].result_count == count


def test_incomplete_fiches_say_what_they_lack(referent):
    CoEntrepreneurFactory(referent=referent, public_offer=" ")

    [(_, missing)] = board(referent)["lacking"]

    assert "l’offre aux clients publics" in missing
    assert "une zone d’intervention" in missing


@pytest.mark.parametrize(("days", "expired"), [(-1, True), (0, False), (60, False)])
def test_certifications_are_told_before_they_expire(referent, days, expired):
    certification = certify(CoEntrepreneurFactory(referent=referent), days=days)

    assert board(referent)["certifications"] == [(certification, expired)]


def test_certifications_far_from_their_end_or_of_the_departed_are_left_out(referent):
    certify(CoEntrepreneurFactory(referent=referent), days=61)
    certify(CoEntrepreneurFactory(referent=referent, departed_on=timezone.localdate()), days=1)
    certify(CoEntrepreneurFactory(), days=1)

    assert board(referent)["certifications"] == []


@pytest.mark.parametrize(("days", "over"), [(-1, True), (0, False), (60, False)])
def test_insurances_are_told_before_they_end(referent, days, over):
    ends_on = timezone.localdate() + timedelta(days=days)
    own = Insurance.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(referent=referent), insurer="A", expires_on=ends_on
    )
    of_all = Insurance.objects.create(insurer="B", expires_on=ends_on)

    assert board(referent)["insurances"] == [(own, over)]
    assert board(cast.administrator())["insurances"] == [(own, over), (of_all, over)]


def test_insurances_far_from_their_end_of_the_departed_or_taken_over_from_are_left_out(referent):
    today = timezone.localdate()
    fiche = CoEntrepreneurFactory(referent=referent)
    gone = CoEntrepreneurFactory(referent=referent, departed_on=today)
    for holder, days in [(fiche, 61), (gone, 1), (fiche, 1)]:
        Insurance.objects.create(co_entrepreneur=holder, insurer="A", expires_on=today + timedelta(days=days))

    assert board(referent)["insurances"] == []


def test_the_first_page_costs_the_same_whatever_its_length(referent, django_assert_num_queries):
    browser = browser_of(referent)
    for number in range(3):
        fiche = ask(referent, f"Peu {number}").co_entrepreneur
        certify(fiche, days=3)
        Insurance.objects.create(co_entrepreneur=fiche, insurer="A", expires_on=timezone.localdate())
    few = count_queries(browser, "/admin/")
    for number in range(27):
        fiche = ask(referent, f"Beaucoup {number}").co_entrepreneur
        certify(fiche, days=3)
        Insurance.objects.create(co_entrepreneur=fiche, insurer="A", expires_on=timezone.localdate())

    with django_assert_num_queries(few):
        browser.get("/admin/")


@pytest.mark.parametrize("name", ["coentrepreneur_changelist", "listingrequest_changelist"])
def test_a_list_costs_the_same_whatever_its_length(referent, django_assert_num_queries, name):
    browser = browser_of(referent)
    for number in range(3):
        ask(referent, f"Peu {number}")
    few = count_queries(browser, admin_url(name))
    for number in range(27):
        ask(referent, f"Beaucoup {number}")

    with django_assert_num_queries(few):
        browser.get(admin_url(name))
