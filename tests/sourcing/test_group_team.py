"""Those interested in one message to several, in one team; and who may open which of its pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from directory.models import Consultation, GroupRecipient, TeamMember
from tests.at_once import at_once
from tests.cast import browser_of, referent
from tests.factories import CoEntrepreneurFactory, PublicClientFactory
from tests.jobs import run_jobs

from .group import answer_path, author_path, declined, interested, reread, sent, text_of

pytestmark = pytest.mark.django_db


# --- The team ----------------------------------------------------------------------------------------------------


def team_path(recipient):
    return f"/messages/equipe/{recipient.pk}/"


def open_team(recipient, browser=None, **changes):
    browser = browser or browser_of(recipient.co_entrepreneur)
    form = {"client_name": "Mairie de Valferrand", "client_type": "commune"}
    form |= {"deadline": (timezone.localdate() + timedelta(days=30)).isoformat()}
    return browser.post(team_path(recipient), form | changes)


def test_who_is_interested_comes_through_the_door_of_their_space_and_back(client):
    _, (first, *_) = sent()
    interested(first)

    page = client.get(answer_path(first))
    led = client.get(team_path(first))

    assert f'href="{team_path(first)}"' in page.text
    assert led.url == f"/mon-espace/connexion/?suite={team_path(first).replace('/', '%2F')}"


def test_the_first_who_opens_leads_and_invites_who_is_interested_and_nobody_else():
    message, (first, second, third, _fourth) = sent(4)
    interested(first)
    interested(second)
    declined(third)
    run_jobs()
    page = browser_of(first.co_entrepreneur).get(team_path(first))

    response = open_team(first)
    mails = run_jobs()

    consultation = Consultation.objects.get()
    assert "Zerrouki" not in page.text
    assert "Trois ateliers d’habitants" in text_of(page)
    assert response.url == consultation.get_absolute_url()
    assert (consultation.subject, consultation.buyer.name) == ("Trois ateliers d’habitants", "Mairie de Valferrand")
    seats = {seat.co_entrepreneur: seat for seat in consultation.team.all()}
    assert set(seats) == {first.co_entrepreneur, second.co_entrepreneur}
    assert seats[first.co_entrepreneur].role == TeamMember.Role.LEAD
    assert seats[second.co_entrepreneur].is_invited
    assert "trois ateliers avec les habitants" in seats[second.co_entrepreneur].message
    assert [mail.to for mail in mails] == [[second.co_entrepreneur.email]]
    assert reread(message).consultation == consultation


def test_who_is_interested_later_is_invited_then_and_once():
    _, (first, second, third) = sent()
    interested(first)
    open_team(first)
    run_jobs()

    interested(second)
    invited = run_jobs()
    declined(second)
    interested(second)

    assert [mail.to for mail in invited] == [[second.co_entrepreneur.email]]
    assert run_jobs() == []
    assert Consultation.objects.count() == 1
    assert reread(third).answer == ""


def test_a_second_click_opens_nothing_more():
    _, (first, second, _) = sent()
    interested(first)
    interested(second)

    urls = {open_team(first).url, open_team(first).url, open_team(second).url}

    assert len(urls) == 1
    assert Consultation.objects.count() == 1
    assert TeamMember.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_are_one_team():
    _, (first, second, _) = sent()
    interested(first)
    interested(second)

    at_once(lambda: open_team(first), lambda: open_team(second))

    consultation = Consultation.objects.get()
    assert consultation.team.count() == 2


def test_a_client_of_the_directory_is_taken_without_anything_typed():
    known = PublicClientFactory(name="Mairie de Valferrand")
    _, (first, *_) = sent()
    interested(first)
    page = browser_of(first.co_entrepreneur).get(team_path(first))
    fields = page.context["form"]

    response = open_team(first, client_type="", client=fields["client"].value(), client_asked="Mairie de Valferrand")

    assert response.status_code == 302
    assert Consultation.objects.get().buyer == known


@pytest.mark.parametrize("deadline", ["", "hier", "2020-01-01", "9999-01-01"])
def test_a_date_that_is_none_is_said_and_opens_nothing(deadline):
    _, (first, *_) = sent()
    interested(first)

    response = open_team(first, deadline=deadline)

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert not Consultation.objects.exists()


def test_a_likely_duplicate_is_said_and_the_others_wait():
    known = PublicClientFactory(name="Mairie de Valferrand", type="commune")
    _, (first, second, _) = sent()
    interested(first)
    interested(second)
    other = CoEntrepreneurFactory(listed=True)
    twin = browser_of(other).post(
        "/consultations/ouvrir/",
        {
            "client_name": known.name,
            "client": known.pk,
            "client_asked": known.name,
            "subject": "Ateliers",
            "deadline": f"{timezone.localdate() + timedelta(days=30)} 12:00",
        },
    )

    browser = browser_of(first.co_entrepreneur)
    page = open_team(first, browser, client=known.pk, client_asked=known.name)
    page = browser.get(page.url)

    assert twin.status_code == 302
    assert "ne sont pas encore invitées" in text_of(page)
    assert Consultation.objects.get(pk=reread(first).message.consultation_id).team.count() == 1


# --- Each address, each kind of visitor --------------------------------------------------------------------------


def test_each_address_for_each_kind_of_visitor(administrator):
    message, (first, second, third) = sent()
    interested(first)
    interested(second)
    own_referent = first.co_entrepreneur.referent
    visitors = {
        "anybody": Client(),
        "who was written to": browser_of(first.co_entrepreneur),
        "another who was": browser_of(second.co_entrepreneur),
        "one who did not say interested": browser_of(third.co_entrepreneur),
        "a stranger": browser_of(CoEntrepreneurFactory(listed=True)),
        "their référent": browser_of(own_referent),
        "another référent": browser_of(referent()),
        "an administrator": browser_of(administrator),
    }
    author = author_path(message)
    pages = {
        "new": "/messages/nouveau/",
        "sent": "/messages/demande/",
        "author": author,
        "delete": author.replace("suivi", "effacer"),
        "answer": answer_path(first),
        "team": team_path(first),
    }

    seen = {
        page: {who: browser.get(path).status_code for who, browser in visitors.items()} for page, path in pages.items()
    }

    everybody = dict.fromkeys(visitors, 200)
    door = dict.fromkeys(("anybody", "their référent", "another référent", "an administrator"), 302)
    assert seen == {
        "new": everybody,
        "sent": everybody,
        "author": everybody,
        "delete": everybody,
        # Whoever holds the link, unless they are signed in as somebody else.
        "answer": dict.fromkeys(visitors, 404) | {"anybody": 200, "who was written to": 200},
        "team": dict.fromkeys(visitors, 404) | door | {"who was written to": 200},
    }


def test_only_who_said_interested_opens_a_team():
    _, (first, *_) = sent()
    browser = browser_of(first.co_entrepreneur)

    before = browser.get(team_path(first)).status_code, open_team(first).status_code
    declined(first)
    after = browser.get(team_path(first)).status_code, open_team(first).status_code

    assert before == after == (404, 404)
    assert not Consultation.objects.exists()


def test_the_back_office_shows_a_referent_what_came_to_their_own_and_not_to_whom_else(administrator):
    _, (first, second, _) = sent()
    own = browser_of(first.co_entrepreneur.referent)
    url = "/admin/directory/grouprecipient/"
    first.co_entrepreneur.referent.user.groups.add(*referent().user.groups.all())

    seen, whole = own.get(url), own.get(f"{url}{first.pk}/change/")
    others = own.get(f"{url}{second.pk}/change/")
    all_seen = browser_of(administrator).get(url)

    assert "Aubrac" in seen.text
    assert "Zerrouki" not in seen.text + whole.text
    assert "trois ateliers avec les habitants" in text_of(whole)
    assert others.status_code in {302, 404}
    assert "Aubrac" in all_seen.text
    assert "Zerrouki" in all_seen.text
    assert own.post(f"{url}{first.pk}/change/", {"word": "x"}).status_code == 403


def test_what_waits_for_its_confirmation_is_nobodys_to_read():
    from .group import fiches, write

    people = fiches(2)
    write(people)
    row = GroupRecipient.objects.first()

    assert browser_of(people[0]).get(team_path(row)).status_code == 404
    assert Client().get(answer_path(row)).status_code == 410
    assert Client().get(author_path(row.message)).status_code == 410
