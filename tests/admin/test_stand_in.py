"""A référent who is away names who stands in: they see and decide meanwhile, are mailed too, and the history says it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crealead.words import days
from directory.listing import actions
from directory.models import CoEntrepreneur, StandIn
from directory.tenders.consultations.people import responsible
from tests import cast
from tests.cast import admin_url, browser_of, lose_address, text_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory, ListingRequestFactory, StandInFactory
from tests.jobs import run_jobs
from tests.listing.asking import recipients, submit

pytestmark = pytest.mark.django_db

ADD, LIST = admin_url("standin_add"), admin_url("standin_changelist")


def day(days):
    return timezone.localdate() + timedelta(days=days)


def written(days):
    return day(days).strftime("%d/%m/%Y")


def name(browser, stand_in, start=0, end=7, **fields):
    data = {"stand_in": stand_in.pk, "starts_on": written(start), "ends_on": written(end)}
    return browser.post(ADD, data | fields, follow=True)


def errors_of(response):
    return response.context["adminform"].form.errors


# --- Said --------------------------------------------------------------------------------------------------------------


def test_a_referent_names_who_stands_in_and_they_are_told(referent, as_referent, other_referent):
    assert ADD in text_of(as_referent.get("/admin/"))

    name(as_referent, other_referent, 1, 8)

    row = StandIn.objects.get()
    assert (row.referent, row.stand_in, row.starts_on, row.ends_on) == (referent, other_referent, day(1), day(8))
    mails = run_jobs()
    # The absent one too: whoever took their session would be known.
    assert recipients(mails) == sorted([referent.email, other_referent.email])
    [mail] = [mail for mail in mails if mail.to == [other_referent.email]]
    assert f"Vous remplacez {referent.name} {days(day(1), day(8))} inclus" in mail.body
    assert (mail.reply_to, f"Pour joindre {referent.name}" in mail.body) == ([referent.email], True)
    [mail] = [mail for mail in mails if mail.to == [referent.email]]
    assert (mail.reply_to, f"Pour joindre {other_referent.name}" in mail.body) == ([other_referent.email], True)


def test_an_administrator_names_one_for_somebody_and_both_are_told(as_administrator, referent, other_referent):
    name(as_administrator, other_referent, referent=referent.pk)

    assert StandIn.objects.get().referent == referent
    assert recipients(run_jobs()) == sorted([referent.email, other_referent.email])


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [(-1, 3, {"starts_on"}), (-3, -1, {"starts_on", "ends_on"}), (3, 2, {"ends_on"}), (0, 400, {"ends_on"})],
)
def test_days_that_make_no_sense_are_told(as_referent, other_referent, start, end, fields):
    page = name(as_referent, other_referent, start, end)

    assert errors_of(page).keys() == fields
    assert "à corriger" in text_of(page)
    assert f'value="{written(end)}"' in page.text
    assert not StandIn.objects.exists()


@pytest.mark.parametrize("wrong", ["", "demain", "32/01/2027"])
def test_a_day_that_is_none_is_told(as_referent, other_referent, wrong):
    assert errors_of(name(as_referent, other_referent, ends_on=wrong)).keys() == {"ends_on"}


def test_nobody_stands_in_for_themself_nor_without_being_reached(as_referent, as_administrator, referent):
    lost = cast.referent()
    lose_address(lost.user)

    for stand_in in (referent, lost, cast.referent(user__is_active=False)):
        assert errors_of(name(as_referent, stand_in)).keys() == {"stand_in"}
    assert errors_of(name(as_administrator, referent, referent=referent.pk))
    assert not StandIn.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "days", "same"),
    [("stand_in_ends_after_it_starts", -1, False), ("stand_in_is_somebody_else", 1, True)],
)
def test_the_database_refuses_what_makes_no_sense(referent, other_referent, constraint, days, same):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StandInFactory(referent=referent, stand_in=referent if same else other_referent, ends_on=day(days))


def test_a_referent_names_nobody_for_a_colleague_and_reads_only_their_own(as_referent, referent, other_referent):
    theirs, elsewhere = StandInFactory(stand_in=referent), StandInFactory()

    name(as_referent, other_referent, referent=elsewhere.referent.pk)

    assert StandIn.objects.latest("pk").referent == referent
    shown = {row.pk for row in as_referent.get(LIST).context["cl"].queryset}
    assert shown == {theirs.pk, StandIn.objects.latest("pk").pk}
    assert 'name="ends_on"' not in as_referent.get(admin_url("standin_change", theirs.pk)).text
    change = {"ends_on": written(30)}
    assert as_referent.post(admin_url("standin_change", theirs.pk), change).status_code == 403


def test_once_begun_only_its_end_changes(as_referent, referent, other_referent):
    row = StandInFactory(referent=referent, stand_in=other_referent, starts_on=day(-3), ends_on=day(5))
    page = as_referent.get(admin_url("standin_change", row.pk))
    fields = typed_in_admin(page, ends_on=written(0))

    as_referent.post(admin_url("standin_change", row.pk), fields | {"starts_on": written(-30)})

    row.refresh_from_db()
    assert (row.starts_on, row.ends_on) == (day(-3), day(0))
    assert as_referent.post(admin_url("standin_delete", row.pk), {"post": "yes"}).status_code == 403
    assert errors_of(as_referent.post(admin_url("standin_change", row.pk), {"ends_on": written(-1)}))


def test_one_that_is_over_stays_as_it_was(as_referent, as_administrator, referent):
    row = StandInFactory(referent=referent, starts_on=day(-9))

    for browser in (as_referent, as_administrator):
        assert browser.post(admin_url("standin_change", row.pk), {"ends_on": written(3)}).status_code == 403


def test_one_to_come_may_be_called_off(as_referent, referent, other_referent):
    row = StandInFactory(referent=referent, stand_in=other_referent, starts_on=day(2))

    as_referent.post(admin_url("standin_delete", row.pk), {"post": "yes"})

    assert not StandIn.objects.exists()
    mails = run_jobs()
    assert recipients(mails) == sorted([referent.email, other_referent.email])
    assert all("annulé" in mail.subject for mail in mails)


# --- Meanwhile ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def absence(referent, other_referent):
    return StandInFactory(referent=referent, stand_in=other_referent)


def test_who_stands_in_sees_what_waits_and_both_are_reminded(
    absence, referent, other_referent, as_referent, as_other_referent
):
    fiche = CoEntrepreneurFactory(referent=referent, last_name="Suivie")
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=referent)
    FicheProposalFactory(co_entrepreneur=fiche)

    board = as_other_referent.get("/admin/")
    decision = as_other_referent.get(admin_url("listingrequest_decide", listing_request.pk))
    mine = as_other_referent.get(f"{admin_url('coentrepreneur_changelist')}?suivi=moi")

    assert f"Vous remplacez {referent} jusqu’au {written(1)}" in text_of(board)
    assert (board.context["board"]["requests_count"], board.context["board"]["proposals_count"]) == (1, 1)
    assert decision.status_code == 200
    assert list(mine.context["cl"].queryset) == [fiche]
    assert f"{other_referent} vous remplace" in text_of(as_referent.get("/admin/"))


def test_who_stands_in_decides_and_the_history_says_for_whom(absence, referent, other_referent, as_administrator):
    fiche = CoEntrepreneurFactory(referent=referent)
    own = CoEntrepreneurFactory(referent=other_referent)
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=referent)

    actions.accept(request_pk=listing_request.pk, by=other_referent.user)
    actions.tick(co_entrepreneur_pk=own.pk, by=other_referent.user, reason="Relue")

    fiche.refresh_from_db()
    assert fiche.is_published
    assert fiche.referent == referent
    assert history_of(as_administrator, fiche)[0].who == f"{other_referent}, pour {referent}"
    assert history_of(as_administrator, own)[0].who == other_referent.name
    steps = as_administrator.get(admin_url("listingrequest_decide", listing_request.pk)).context["steps"]
    assert steps[-1].who == f"{other_referent}, pour {referent}"


def history_of(browser, fiche):
    entries = browser.get(admin_url("coentrepreneur_history", fiche.pk)).context["entries"]
    return [entry for entry in entries if entry.who != "Hors de l’application"]


def test_what_is_saved_on_the_page_says_for_whom_too_and_goes_on_saying_it(
    absence, referent, other_referent, as_other_referent, as_administrator
):
    fiche = CoEntrepreneurFactory(referent=referent)
    fiche.events.update(pgh_created_at=timezone.now() - timedelta(days=1))
    url = admin_url("coentrepreneur_change", fiche.pk)

    as_other_referent.post(url, typed_in_admin(as_other_referent.get(url), headline="Une accroche relue"))
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(referent=other_referent)

    assert CoEntrepreneur.objects.get(pk=fiche.pk).headline == "Une accroche relue"
    assert history_of(as_administrator, fiche)[0].who == f"{other_referent}, pour {referent}"


def test_afterwards_it_is_over(absence, referent, other_referent, as_other_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=referent)
    StandIn.objects.update(starts_on=day(-5), ends_on=day(-1))

    assert as_other_referent.get(admin_url("listingrequest_decide", listing_request.pk)).url == "/admin/"
    assert "Vous remplacez" not in text_of(as_other_referent.get("/admin/"))
    submit(CoEntrepreneurFactory(referent=referent))
    assert other_referent.email not in recipients(run_jobs())


def test_mails_to_the_absent_come_to_who_stands_in_too(absence, referent, other_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    submit(fiche)

    mails = run_jobs()
    assert recipients(mails) == sorted([fiche.email, referent.email, other_referent.email])
    copy = next(mail for mail in mails if mail.to == [other_referent.email])
    original = next(mail for mail in mails if mail.to == [referent.email])
    assert copy.body == f"Pour {referent.name}, que vous remplacez.\n\n{original.body}"


def test_who_stands_in_answers_for_consultations_too(absence, referent, other_referent):
    consultation = cast.led(CoEntrepreneurFactory(referent=referent))

    assert {referent.email, other_referent.email} <= {person.email for person in responsible(consultation)}


def test_who_stands_in_takes_no_fiche_for_another_and_hands_nothing_over(absence, referent, as_other_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    page = as_other_referent.get(admin_url("coentrepreneur_change", fiche.pk))

    assert "Suivre ce co-entrepreneur" not in text_of(page)
    assert "elle est suivie par" not in text_of(page)
    assert "Confier à un autre" not in text_of(as_other_referent.get(admin_url("coentrepreneur_changelist")))


def test_staff_without_a_role_name_nobody(staff_without_role, referent):
    assert name(browser_of(staff_without_role), referent).status_code == 403
