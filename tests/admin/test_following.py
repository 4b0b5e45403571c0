"""A fiche that nobody follows is taken in one click; an administrator hands fiches over, with what waits on them."""

import pytest
from django.utils import timezone

from directory.accounts import actions
from directory.decisions import NotYours, Refused
from directory.listing.actions import accept
from directory.models import CoEntrepreneur, ListingRequest, StandIn
from directory.rights import proposals_decided_by, references_validated_by, requests_decided_by
from tests import cast
from tests.at_once import at_once
from tests.cast import admin_url, awaiting, browser_of, lose_address, messages_of, text_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs

from . import importing

pytestmark = pytest.mark.django_db
LIST = admin_url("coentrepreneur_changelist")


@pytest.fixture
def orphan():
    return CoEntrepreneurFactory(first_name="Emma", last_name="Seule", referent=None)


def page_of(browser, fiche):
    return text_of(browser.get(admin_url("coentrepreneur_change", fiche.pk)))


def take(browser, fiche):
    return browser.post(admin_url("coentrepreneur_take", fiche.pk), follow=True)


def bulk(browser, action, fiches, **data):
    return browser.post(
        LIST, {"action": action, "_selected_action": [fiche.pk for fiche in fiches]} | data, follow=True
    )


def follower(fiche):
    return CoEntrepreneur.objects.get(pk=fiche.pk).referent


# --- Taken -------------------------------------------------------------------------------------------------------------


def test_a_referent_takes_a_fiche_that_nobody_follows_in_one_click(referent, as_referent, orphan):
    assert "Suivre ce co-entrepreneur" in page_of(as_referent, orphan)

    page = take(as_referent, orphan)

    assert messages_of(page) == ["Vous suivez désormais Emma Seule. 1 personne prévenue par courriel."]
    assert follower(orphan) == referent
    assert 'name="headline"' in page.text
    history = as_referent.get(admin_url("coentrepreneur_history", orphan.pk)).context["entries"][0]
    assert (history.who, history.why) == (referent.name, "Fiche sans référent, prise en charge")


def test_a_fiche_of_a_colleague_says_who_follows_it(as_referent, other_referent):
    fiche = CoEntrepreneurFactory(referent=other_referent)

    assert f"elle est suivie par {other_referent}" in page_of(as_referent, fiche)
    assert "Suivre ce co-entrepreneur" not in page_of(as_referent, fiche)
    assert messages_of(take(as_referent, fiche)) == [f"{fiche.name} : cette fiche est suivie par {other_referent}."]
    assert follower(fiche) == other_referent


def test_one_s_own_fiche_says_nothing(referent, as_referent, as_administrator, orphan):
    fiche = CoEntrepreneurFactory(referent=referent)

    for browser, row in ((as_referent, fiche), (as_administrator, fiche), (as_administrator, orphan)):
        assert "Suivre ce co-entrepreneur" not in page_of(browser, row)
        assert "sans pouvoir la changer" not in page_of(browser, row)


def test_taking_twice_changes_nothing(referent, orphan):
    for _ in range(2):
        assert actions.take_on(co_entrepreneur_pk=orphan.pk, by=referent.user) == orphan


@pytest.mark.django_db(transaction=True)
def test_two_who_take_at_once_are_one_and_the_other_is_told():
    orphan, referents = CoEntrepreneurFactory(referent=None), [cast.referent(), cast.referent()]

    answers = at_once(
        *[
            lambda referent=referent: actions.take_on(co_entrepreneur_pk=orphan.pk, by=referent.user)
            for referent in referents
        ]
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["CoEntrepreneur", "Refused"]
    assert follower(orphan) == referents[[isinstance(answer, CoEntrepreneur) for answer in answers].index(True)]


def test_a_request_that_was_sent_to_somebody_keeps_others_from_taking(as_referent, referent, other_referent, orphan):
    ListingRequestFactory(co_entrepreneur=orphan, referent=other_referent)

    page = take(as_referent, orphan)
    theirs = take(browser_of(other_referent), orphan)

    assert f"attend {other_referent}" in messages_of(page)[0]
    assert messages_of(theirs)[0].startswith("Vous suivez désormais Emma Seule.")


def test_a_request_to_a_closed_account_comes_with_the_fiche(as_referent, referent, orphan):
    listing_request = ListingRequestFactory(co_entrepreneur=orphan, referent=cast.referent(user__is_active=False))

    take(as_referent, orphan)

    listing_request.refresh_from_db()
    assert listing_request.referent == referent


def test_who_is_no_referent_takes_nothing(administrator, staff_without_role, as_administrator, orphan):
    for user in (administrator, staff_without_role, cast.referent(user__is_active=False).user):
        with pytest.raises(NotYours):
            actions.take_on(co_entrepreneur_pk=orphan.pk, by=user)
    assert take(as_administrator, orphan).status_code == 403
    assert take(browser_of(staff_without_role), orphan).status_code == 403
    assert browser_of(cast.referent()).get(admin_url("coentrepreneur_take", orphan.pk)).status_code == 405


def test_several_are_taken_at_once(as_referent, referent, other_referent, orphan):
    theirs = CoEntrepreneurFactory(referent=other_referent)

    page = bulk(as_referent, "take_on", [orphan, theirs])

    assert len(messages_of(page)) == 2
    assert [follower(orphan), follower(theirs)] == [referent, other_referent]


def test_a_bulk_tick_says_that_nobody_follows_a_fiche(as_referent, orphan):
    foreseen = bulk(as_referent, "tick_box", [orphan])
    done = bulk(as_referent, "tick_box", [orphan], confirmed="1", reason="Campagne")

    assert "personne ne la suit" in text_of(foreseen)
    assert messages_of(done) == ["Refusé, fiche que personne ne suit : suivez-la d’abord (1 fiche) : Emma Seule."]


# --- Handed over -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting_case(referent, orphan):
    """Three fiches of a référent, one with all that may wait, and one of nobody."""
    busy = CoEntrepreneurFactory(first_name="Léa", last_name="Active", referent=referent)
    ListingRequestFactory(co_entrepreneur=busy, referent=referent)
    FicheProposalFactory(co_entrepreneur=busy)
    awaiting(co_entrepreneur=busy, subject="Une")
    awaiting(co_entrepreneur=busy, subject="Deux")
    return [busy, CoEntrepreneurFactory(referent=referent), orphan]


def test_fiches_are_handed_over_with_what_waits_on_them(
    as_administrator, administrator, referent, other_referent, waiting_case
):
    busy = waiting_case[0]
    preview = bulk(as_administrator, "hand_over", waiting_case)
    assert "1 demande de référencement, 1 proposition de modification, 2 références à valider" in text_of(preview)
    assert follower(busy) == referent

    page = bulk(as_administrator, "hand_over", waiting_case, confirmed="1", referent=other_referent.pk)

    assert "3 fiches à" in messages_of(page)[0]
    assert {follower(fiche) for fiche in waiting_case} == {other_referent}
    for decided_by in (requests_decided_by, proposals_decided_by, references_validated_by):
        assert decided_by(other_referent.user).exists()
        assert not decided_by(referent.user).exists()
    mails = {mail.to[0]: mail for mail in run_jobs()}
    for fiche in waiting_case:
        del mails[fiche.email]
    assert mails.keys() == {referent.email, other_referent.email}
    assert "Emma Seule" in mails[other_referent.email].body
    assert "Emma Seule" not in mails[referent.email].body
    assert all("Léa Active\N{NO-BREAK SPACE}: 1 demande de référencement" in mail.body for mail in mails.values())
    entry = as_administrator.get(admin_url("coentrepreneur_history", busy.pk)).context["entries"][0]
    assert (entry.who, entry.why) == (administrator.username, f"Suivi confié à {other_referent}")
    assert any(change.label == "Référent" for change in entry.changes)


def test_a_listed_fiche_stays_listed(as_administrator, other_referent):
    fiche = CoEntrepreneurFactory(listed=True)

    bulk(as_administrator, "hand_over", [fiche], confirmed="1", referent=other_referent.pk)

    assert CoEntrepreneur.objects.get(pk=fiche.pk).is_published


def test_without_a_referent_nothing_moves_and_it_is_told(as_administrator, referent, waiting_case):
    page = bulk(as_administrator, "hand_over", waiting_case, confirmed="1")

    assert "Un point est à corriger" in text_of(page)
    assert text_of(page).count('name="_selected_action"') == len(waiting_case)
    assert follower(waiting_case[0]) == referent


def test_nobody_is_handed_to_who_cannot_be_mailed(administrator, referent, waiting_case):
    closed, lost = cast.referent(user__is_active=False), cast.referent()
    lose_address(lost.user)

    for to in (closed, lost):
        with pytest.raises(Refused):
            actions.hand_over(co_entrepreneur_pks=[fiche.pk for fiche in waiting_case], to=to, by=administrator)
    assert follower(waiting_case[0]) == referent


def test_handing_over_twice_tells_once(administrator, other_referent, waiting_case):
    pks = [fiche.pk for fiche in waiting_case]
    actions.hand_over(co_entrepreneur_pks=pks, to=other_referent, by=administrator)
    run_jobs()

    assert actions.hand_over(co_entrepreneur_pks=pks, to=other_referent, by=administrator) == []
    assert run_jobs() == []


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_hand_over_at_once_come_one_after_the_other():
    fiche, to, administrator = CoEntrepreneurFactory(), cast.referent(), cast.administrator()
    former = fiche.referent
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=former)

    decided, given = at_once(
        lambda: accept(request_pk=listing_request.pk, by=former.user),
        lambda: actions.hand_over(co_entrepreneur_pks=[fiche.pk], to=to, by=administrator),
    )

    listing_request.refresh_from_db()
    assert given == [fiche]
    assert follower(fiche) == to
    if isinstance(decided, NotYours):
        assert (listing_request.is_awaiting, listing_request.referent) == (True, to)
    else:
        assert (listing_request.is_awaiting, listing_request.referent) == (False, former)
        assert CoEntrepreneur.objects.get(pk=fiche.pk).client_public


def test_who_left_is_not_mailed(administrator, other_referent):
    fiche = CoEntrepreneurFactory(referent=cast.referent(user__is_active=False))

    actions.hand_over(co_entrepreneur_pks=[fiche.pk], to=other_referent, by=administrator)

    assert sorted(mail.to[0] for mail in run_jobs()) == sorted([other_referent.email, fiche.email])


def test_a_request_that_is_closed_keeps_its_referent(administrator, referent, other_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    closed = ListingRequestFactory(co_entrepreneur=fiche, referent=referent, state=ListingRequest.State.WITHDRAWN)

    actions.hand_over(co_entrepreneur_pks=[fiche.pk], to=other_referent, by=administrator)

    closed.refresh_from_db()
    assert closed.referent == referent


def test_a_referent_hands_nothing_over(as_referent, referent, other_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    bulk(as_referent, "hand_over", [fiche], confirmed="1", referent=other_referent.pk)
    with pytest.raises(NotYours):
        actions.hand_over(co_entrepreneur_pks=[fiche.pk], to=other_referent, by=referent.user)

    assert "Confier à un autre référent" not in text_of(as_referent.get(LIST))
    assert follower(fiche) == referent


# --- Told to whose fiche it is -----------------------------------------------------------------------------------------


def told():
    """What co-entrepreneurs are told of who follows them: [(to, subject, body, replies go to)]."""
    return [
        (mail.to[0], mail.subject, mail.body, mail.reply_to)
        for mail in run_jobs()
        if "suit désormais votre fiche" in mail.subject
    ]


def by_hand(browser, fiche, referent):
    """As an administrator says who follows a fiche, on its own page."""
    url = admin_url("coentrepreneur_change", fiche.pk)
    return browser.post(url, typed_in_admin(browser.get(url), referent=referent.pk), follow=True)


@pytest.mark.parametrize(
    "give",
    [
        lambda fiche, referent: take(browser_of(referent), fiche),
        lambda fiche, referent: bulk(browser_of(referent), "take_on", [fiche]),
        lambda fiche, referent: bulk(
            browser_of(cast.administrator()), "hand_over", [fiche], confirmed="1", referent=referent.pk
        ),
        lambda fiche, referent: by_hand(browser_of(cast.administrator()), fiche, referent),
    ],
    ids=["taken", "taken with others", "handed over", "said on the fiche"],
)
def test_a_co_entrepreneur_is_told_who_follows_them_and_how_to_reach_them(referent, orphan, give):
    referent.phone = "04 67 12 34 56"
    referent.save()

    give(orphan, referent)

    assert follower(orphan) == referent
    [(to, subject, body, reply_to)] = told()
    assert (to, reply_to) == (orphan.email, [referent.email])
    assert subject == f"{referent.name} suit désormais votre fiche"
    for words in ("Bonjour Emma", referent.name, referent.email, "04 67 12 34 56"):
        assert words in body.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_and_the_message_count_who_is_told_and_who_left_is_not(as_administrator, other_referent, waiting_case):
    CoEntrepreneur.objects.filter(pk=waiting_case[1].pk).update(departed_on="2020-01-01")
    theirs = CoEntrepreneurFactory(referent=other_referent)

    preview = bulk(as_administrator, "hand_over", waiting_case)
    page = bulk(as_administrator, "hand_over", [*waiting_case, theirs], confirmed="1", referent=other_referent.pk)

    assert "2 personnes seront prévenues aussi" in text_of(preview)
    assert messages_of(page)[0].endswith("2 personnes prévenues par courriel.")
    assert sorted(to for to, *_ in told()) == sorted([waiting_case[0].email, waiting_case[2].email])


def test_a_stand_in_changes_nothing_for_co_entrepreneurs(referent, other_referent, waiting_case):
    actions.name_stand_in(
        stand_in=StandIn(
            referent=referent, stand_in=other_referent, starts_on=timezone.localdate(), ends_on=timezone.localdate()
        ),
        by=referent.user,
    )

    assert told() == []


# --- By a form, by a file --------------------------------------------------------------------------------------------


def by_form(administrator, fiches, to):
    for fiche in fiches:
        page = browser_of(administrator).get(admin_url("coentrepreneur_change", fiche.pk))
        data = cast.typed_in_admin(page, referent=to.pk, reason="Nouveau secteur")
        assert browser_of(administrator).post(admin_url("coentrepreneur_change", fiche.pk), data).status_code == 302


def by_file(administrator, fiches, to):
    lines = [f"{fiche.email},{to.user.email}" for fiche in fiches]
    importing.import_file(administrator, "\n".join(["email,referent", *lines]))


@pytest.mark.parametrize(("change", "count"), [(by_form, 1), (by_file, 2)])
def test_whoever_changes_the_referent_all_are_told_and_requests_go_along(administrator, change, count):
    former, to = ReferentFactory(), ReferentFactory()
    fiches = [CoEntrepreneurFactory(referent=former) for _ in range(count)]
    ListingRequestFactory(co_entrepreneur=fiches[0])
    run_jobs()

    change(administrator, fiches, to)
    told = sorted((mail.to[0], mail.subject.split(" ")[0]) for mail in run_jobs())

    assert {fiche.referent for fiche in CoEntrepreneur.objects.all()} == {to}
    assert fiches[0].listing_requests.get().referent == to
    # Each référent once, however many fiches.
    assert [address for address, _ in told] == sorted(
        [former.user.email, to.user.email, *(fiche.email for fiche in fiches)]
    )


def test_an_import_that_changes_no_referent_tells_nobody(administrator):
    fiche = CoEntrepreneurFactory()
    run_jobs()

    importing.import_file(administrator, f"email,accroche\n{fiche.email},Une autre accroche")

    assert run_jobs() == []
