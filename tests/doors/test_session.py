from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from directory.doors import session as access
from directory.models import CoEntrepreneur, MemberSession
from directory.models.member_session import LIFETIME
from directory.rights import Viewer
from tests import cast
from tests.cast import browser_of
from tests.factories import CoEntrepreneurFactory, ReferentFactory

pytestmark = pytest.mark.django_db
HOME = "/mon-espace/"
START = "/mon-espace/connexion/?suite=%2Fmon-espace%2F"


@pytest.fixture
def member():
    return CoEntrepreneurFactory()


def request_of(browser):
    """The request that this browser would make."""
    request = RequestFactory().get(HOME)
    request.COOKIES.update({name: morsel.value for name, morsel in browser.cookies.items()})
    return request


# --- The session --------------------------------------------------------------------------------------------------


def test_the_cookie_is_out_of_reach_of_scripts_and_lasts_thirty_days(member, settings):
    settings.SESSION_COOKIE_SECURE = True
    response = HttpResponse()

    access.sign_in(response, member)

    cookie = response.cookies["espace"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 3600


def test_what_the_database_holds_opens_nothing(member):
    browser = browser_of(member)
    browser.cookies["espace"] = MemberSession.objects.get().key_hash

    assert browser.get(HOME).url == START


@pytest.mark.parametrize("key", ["", "x", "é" * 43, "\x00" * 43, "x" * 5000, "'; DROP TABLE --"])
def test_a_made_up_key_opens_nothing(member, key):
    browser = Client()
    browser.cookies["espace"] = key

    assert browser.get(HOME).url == START


def test_a_session_lasts_thirty_days_from_the_last_visit(member):
    browser = browser_of(member)

    MemberSession.objects.update(last_seen_at=timezone.now() - LIFETIME + timedelta(minutes=1))
    assert browser.get(HOME).status_code == 200

    MemberSession.objects.update(last_seen_at=timezone.now() - LIFETIME)
    assert browser.get(HOME).status_code == 302


def test_a_visit_is_written_down_once_an_hour_and_renews_the_cookie(member):
    browser = browser_of(member)
    before = timezone.now() - timedelta(minutes=59)
    MemberSession.objects.update(last_seen_at=before)

    assert "espace" not in browser.get(HOME).cookies
    assert MemberSession.objects.get().last_seen_at == before

    MemberSession.objects.update(last_seen_at=before - timedelta(minutes=2))
    assert browser.get(HOME).cookies["espace"]["max-age"] == 30 * 24 * 3600
    assert MemberSession.objects.get().last_seen_at > before


@pytest.mark.parametrize("page", [START, HOME])
def test_whoever_asks_who_is_in_the_session_is_renewed(member, page):
    browser = browser_of(member)
    MemberSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))

    assert browser.get(page).cookies["espace"]["max-age"] == 30 * 24 * 3600


def test_a_session_that_is_closed_is_not_renewed(member):
    browser = browser_of(member)
    MemberSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))

    assert browser.post("/mon-espace/deconnexion/").cookies["espace"].value == ""


def test_who_leaves_the_cooperative_is_out_at_the_next_request(member):
    browser = browser_of(member)
    assert browser.get(HOME).status_code == 200

    CoEntrepreneur.objects.filter(pk=member.pk).update(departed_on=timezone.localdate())

    assert "Vous avez quitté la coopérative" in browser.get(HOME).text
    assert browser.get("/mon-espace/fiche/").url == HOME
    assert browser.post("/mon-espace/accords/", {"item": "phone", "given": "oui"}).status_code == 403
    assert not member.consents.exists()


def test_signing_out_closes_this_browser_only(member):
    here, elsewhere = browser_of(member), browser_of(member)

    response = here.post("/mon-espace/deconnexion/")

    assert response.cookies["espace"].value == ""
    assert here.get(HOME).status_code == 302
    assert elsewhere.get(HOME).status_code == 200


def test_signing_out_everywhere_closes_one_s_own_sessions_and_no_one_else_s(member):
    here, elsewhere, other = browser_of(member), browser_of(member), browser_of(CoEntrepreneurFactory())

    here.post("/mon-espace/deconnexion/partout/")

    assert [browser.get(HOME).status_code for browser in (here, elsewhere, other)] == [302, 302, 200]


def test_a_stolen_key_is_worth_nothing_once_signed_out(member):
    browser = browser_of(member)
    stolen = browser.cookies["espace"].value

    browser.post("/mon-espace/deconnexion/")

    thief = Client()
    thief.cookies["espace"] = stolen
    assert thief.get(HOME).status_code == 302


def test_a_page_of_the_space_costs_one_query_to_open(member, django_assert_num_queries):
    request = request_of(browser_of(member))

    with django_assert_num_queries(1):
        assert access.member_of(request).referent.user


# --- Who is let in ------------------------------------------------------------------------------------------------


def test_who_is_not_in_is_brought_back_to_the_page_they_asked_for(client):
    response = client.get("/mon-espace/cv/?x=1")

    assert response.url == "/mon-espace/connexion/?suite=%2Fmon-espace%2Fcv%2F%3Fx%3D1"


def test_what_is_sent_after_the_session_ended_is_not_lost(client):
    response = client.post("/mon-espace/cv/", {"title": "Formatrice"})

    assert response.status_code == 403
    assert "rien n’est perdu" in response.text


def test_nothing_private_is_kept_by_a_cache_nor_a_search_engine(client, member):
    for response in (client.get(HOME), browser_of(member).get(HOME)):
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_public_pages_are_the_same_for_a_member_and_set_no_cookie(client):
    member = CoEntrepreneurFactory(listed=True)

    for path in ("/", "/catalogue/", member.get_absolute_url()):
        theirs, strangers = browser_of(member).get(path), client.get(path)
        assert theirs.content == strangers.content
        assert theirs.get("ETag") == strangers.get("ETag")
        assert not theirs.cookies
        assert "Cookie" not in theirs["Vary"]


def test_a_member_is_looking_before_the_back_office_is(member):
    browser = browser_of(member)
    request = request_of(browser)
    request.user = cast.administrator()

    viewer = access.viewer_of(request)

    assert viewer == Viewer(member=member)
    assert viewer.author == {"author_member": member}


def test_a_referent_and_an_administrator_look_as_themselves():
    for user in (ReferentFactory().user, cast.administrator()):
        request = RequestFactory().get(HOME)
        request.user, request.session = user, SessionStore()

        assert access.viewer_of(request).author == {"author_user": user}


def test_staff_without_a_role_and_people_who_lost_theirs_are_nobody():
    gone = ReferentFactory().user
    gone.is_active = False
    for user in (cast.staff_without_role(), gone):
        request = RequestFactory().get(HOME)
        request.user = user

        assert access.viewer_of(request) is None


def test_a_referent_has_no_space_of_their_own():
    assert browser_of(cast.referent()).get(HOME).url == START


def test_the_decorators_tell_the_view_who_looks(member):
    seen = []

    def view(request):
        seen.append((request.viewer, request.member))
        return HttpResponse()

    request = request_of(browser_of(member))
    access.member_required(view)(request)
    back_office = RequestFactory().get(HOME)
    back_office.user, back_office.session = cast.administrator(), SessionStore()
    access.viewer_required(view)(back_office)

    assert seen == [(Viewer(member=member), member), (Viewer(user=back_office.user), None)]
