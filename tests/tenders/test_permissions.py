"""Each address of a consultation, for each kind of person."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from directory.doors import links
from directory.models import Answer, AnswerFile
from tests.cast import browser_of, everyone, seat, status_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db

ANONYMOUS, IN = 302, 200
# In this order, after the anonymous.
PEOPLE = [
    *("stranger", "invited", "accepted", "declined", "lead", "opener"),
    *("concerned referent", "referent of the lead", "other referent", "administrator"),
]
ALL = [200] * 10
TEAM = [404, 200, 200, 404, 200, 200, 200, 200, 404, 200]
CHANGE = [404, 404, 404, 404, 200, 200, 404, 200, 404, 200]
READ = {
    "register": ("/consultations/", ALL),
    "library": ("/consultations/bibliotheque/", ALL),
    "add": ("/consultations/ouvrir/", ALL),
    "detail": ("/consultations/{pk}/", TEAM),
    "file": ("/consultations/{pk}/envoi/fichiers/{file}/", TEAM),
    "archive": ("/consultations/{pk}/envoi/{answer}.zip", TEAM),
    "edit": ("/consultations/{pk}/modifier/", CHANGE),
    "duplicate": ("/consultations/{pk}/doublon/{notice}/", CHANGE),
    "team": ("/consultations/{pk}/equipe/", CHANGE),
    "write an invitation": ("/consultations/{pk}/equipe/inviter/", CHANGE),
    "send": ("/consultations/{pk}/envoi/", CHANGE),
    "outcome": ("/consultations/{pk}/issue/", CHANGE),
    # Only who is asked in, or who holds the link and is nobody here.
    "invitation": ("/consultations/invitation/{token}/", [404, 200, *[404] * 8]),
}
WRITE = {
    "invite": "/consultations/{pk}/equipe/inviter/",
    "seat": "/consultations/{pk}/equipe/{seat}/",
    "remove": "/consultations/{pk}/equipe/{seat}/retirer/",
}


@pytest.fixture(scope="module")
def world(kept_for_module):
    """A consultation with all that hangs from it, and who is around it."""
    consultation, people = everyone()
    other, _ = everyone()
    answer = Answer.objects.create(consultation=consultation, author_member=people["lead"], data={})
    file = AnswerFile.objects.create(
        answer=answer, name="DC1.pdf", file=ContentFile(b"x", name="x"), size=1, sha256="0" * 64
    )
    invited = consultation.team.get(co_entrepreneur=people["invited"])
    keys = {
        "pk": consultation.pk,
        "file": file.pk,
        "answer": answer.pk,
        "notice": consultation.duplicate_notices.create(other=other).pk,
        "token": links.INVITATION.token(invited),
        "seat": seat(consultation, co_entrepreneur=CoEntrepreneurFactory()).pk,
    }
    return {"browsers": [browser_of(people[name]) for name in PEOPLE], "keys": keys, "consultation": consultation}


@pytest.mark.parametrize("page", READ)
def test_each_page_opens_to_those_it_is_for_only(world, page):
    address, expected = READ[page]
    url = address.format(**world["keys"])

    found = [status_of(browser.get(url)) for browser in world["browsers"]]

    assert found == expected
    assert Client().get(url).status_code == (IN if page == "invitation" else ANONYMOUS)


@pytest.mark.parametrize("page", ["edit", "duplicate", "send", "outcome"])
def test_each_form_is_taken_from_those_it_is_for_only(world, page):
    address, expected = READ[page]
    url = address.format(**world["keys"])

    # Nothing of the form: who may send it is asked to fill it in, or is behind what is saved.
    found = [browser.post(url).status_code for browser in world["browsers"]]

    assert [status == 404 for status in found] == [status == 404 for status in expected]
    assert all(status in {200, 404, 409} for status in found)
    assert Client().post(url).status_code == 403


@pytest.mark.parametrize("page", WRITE)
def test_each_change_of_the_team_is_taken_from_those_it_is_for_only(world, page):
    url = WRITE[page].format(**world["keys"])

    found = []
    for browser in world["browsers"]:
        found.append(browser.post(url).status_code)
        if page == "remove" and found[-1] == 302:
            place = seat(world["consultation"], co_entrepreneur=CoEntrepreneurFactory())
            url = WRITE[page].format(**world["keys"] | {"seat": place.pk})

    assert [status == 404 for status in found] == [status == 404 for status in CHANGE]
    assert all(status in {200, 302, 404, 409} for status in found)
    assert Client().post(url).status_code == 403


def test_the_referent_of_who_opened_it_may_change_it_and_an_account_without_part_in_it_may_not():
    consultation, people = everyone()
    seat(consultation, co_entrepreneur=CoEntrepreneurFactory(referent=people["other referent"]))
    url = READ["edit"][0].format(pk=consultation.pk)

    found = [browser_of(one).get(url).status_code for one in (people["opener"].referent, people["other referent"])]

    assert found == [200, 404]


def test_nothing_changes_by_reading_and_what_only_reads_takes_nothing(world):
    browsers = [*world["browsers"], Client()]
    changes = [WRITE["seat"].format(**world["keys"])]
    pages = [
        READ[page][0].format(**world["keys"]) for page in ("register", "library", "detail", "file", "archive", "team")
    ]

    assert {browser.get(url).status_code for url in changes for browser in browsers} == {405}
    assert {browser.post(url).status_code for url in pages for browser in browsers} == {405}


@pytest.mark.parametrize("guess", [0, 10**9, 10**40])
def test_guessing_finds_nothing(world, guess):
    administrator, found = world["browsers"][-1], {}
    for key in ("pk", "file", "answer", "notice", "seat"):
        keys = world["keys"] | {key: guess}
        pages = [address.format(**keys) for address, _ in READ.values() if f"{{{key}}}" in address]
        changes = [address.format(**keys) for address in WRITE.values() if f"{{{key}}}" in address]
        found |= {url: administrator.get(url).status_code for url in pages}
        found |= {url: administrator.post(url).status_code for url in changes}

    assert len(found) >= 12
    assert set(found.values()) == {404}


def test_a_form_from_elsewhere_is_refused(world):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = world["browsers"][4].cookies

    for address in [*WRITE.values(), READ["edit"][0], READ["send"][0], READ["outcome"][0], READ["duplicate"][0]]:
        assert browser.post(address.format(**world["keys"])).status_code == 403
