import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from directory.decisions import Refused
from directory.doors import links
from directory.models import TeamMember
from directory.tenders.team import actions as team_actions
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ConsultationFactory, ReferentFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
Role, State = TeamMember.Role, TeamMember.State


@pytest.fixture
def invited():
    """A seat that waits for its answer, asked for as on the site; its mail has left."""
    consultation = led(subject="Étude de mobilité")
    found = team_actions.invite(
        consultation_pk=consultation.pk,
        co_entrepreneur=CoEntrepreneurFactory(listed=True),
        mission="Conduire les entretiens",
    )
    [found.message] = run_jobs()
    found.path = urlsplit(re.search(r"http://\S+/invitation/\S+", found.message.body)[0]).path
    return found


def answer(found, *, accepts=True, word="", browser=None):
    return (browser or Client()).post(found.path, {"answer": "accept" if accepts else "decline", "word": word})


def test_the_mail_says_what_it_is_about_and_goes_to_who_is_asked(invited):
    body, consultation = invited.message.body, invited.consultation

    lead = lead_of(consultation)
    assert invited.message.to == [invited.co_entrepreneur.email]
    assert invited.message.reply_to == [lead.email]
    assert f"Pour joindre {lead.name}\N{NO-BREAK SPACE}:\n{lead.email}" in body
    for words in ("Étude de mobilité", consultation.buyer.name, lead_of(consultation).name, "Conduire les entretiens"):
        assert words in body


def test_the_page_says_what_it_is_about_without_a_space_to_be_in(client, invited):
    page = client.get(invited.path)

    consultation = invited.consultation
    for words in ("Étude de mobilité", consultation.buyer.name, lead_of(consultation).name, "Conduire les entretiens"):
        assert words in page.text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_reading_it_answers_nothing(client, invited):
    client.get(invited.path)

    invited.refresh_from_db()
    assert invited.state == State.INVITED


@pytest.mark.parametrize(
    ("accepts", "state", "said"), [(True, State.ACCEPTED, "accepte"), (False, State.DECLINED, "décline")]
)
def test_the_answer_is_kept_and_the_lead_knows(client, invited, accepts, state, said):
    response = client.post(
        invited.path, {"answer": "accept" if accepts else "decline", "word": "Avec Lou."}, follow=True
    )

    invited.refresh_from_db()
    assert (invited.state, invited.answer_word) == (state, "Avec Lou.")
    assert ("Vous êtes dans l’équipe" if accepts else "Vous avez décliné") in response.text
    [message] = run_jobs()
    assert message.to == [lead_of(invited.consultation).email]
    assert said in message.subject
    assert "Avec Lou." in message.body


def test_a_declined_invitation_shows_the_tender_no_more(client, invited):
    answer(invited, accepts=False)

    page = client.get(invited.path)

    consultation = invited.consultation
    assert "Vous avez décliné" in page.text
    for words in (consultation.subject, consultation.buyer.name, "Conduire les entretiens"):
        assert words not in page.text


def test_answering_twice_changes_nothing(invited):
    answer(invited, accepts=True)
    run_jobs()

    response = answer(invited, accepts=False)

    invited.refresh_from_db()
    assert response.status_code == 409
    assert "déjà répondu" in response.text
    assert invited.state == State.ACCEPTED
    assert run_jobs() == []


@pytest.mark.parametrize("data", [{}, {"answer": "peut-être"}, {"answer": "accept", "word": "x" * 1001}])
def test_what_is_no_answer_is_asked_again(client, invited, data):
    response = client.post(invited.path, data)

    invited.refresh_from_db()
    assert response.status_code == 200
    assert invited.state == State.INVITED


def test_the_person_asked_answers_from_their_space_too(invited):
    answer(invited, browser=browser_of(invited.co_entrepreneur))

    invited.refresh_from_db()
    assert invited.state == State.ACCEPTED


@pytest.mark.parametrize("someone", [CoEntrepreneurFactory, ReferentFactory, AdministratorFactory])
def test_someone_else_who_is_signed_in_finds_nothing(invited, someone):
    browser = browser_of(someone())

    assert browser.get(invited.path).status_code == 404
    assert answer(invited, browser=browser).status_code == 404


def test_even_the_lead_finds_nothing(invited):
    assert browser_of(lead_of(invited.consultation)).get(invited.path).status_code == 404


@pytest.mark.parametrize("token", ["1", "1.forged", "é", "%00", "-1.x", "x" * 2000])
def test_a_forged_link_is_not_found(client, token):
    assert client.get(f"/consultations/invitation/{token}/").status_code == 404


def test_a_link_tampered_with_is_not_found(client, invited):
    other = seat(led(), state=State.INVITED)
    signature = invited.path.split(".")[-1]

    assert client.get(f"/consultations/invitation/{other.pk}.{signature}").status_code == 404


def test_the_link_of_a_seat_that_was_removed_opens_nothing(client, invited):
    team_actions.remove(seat_pk=invited.pk)

    assert client.get(invited.path).status_code == 410
    assert client.post(invited.path, {"answer": "accept"}).status_code == 410


def test_the_link_of_who_left_the_cooperative_opens_nothing(client, invited):
    type(invited.co_entrepreneur).objects.filter(pk=invited.co_entrepreneur_id).update(departed_on=timezone.localdate())

    assert client.get(invited.path).status_code == 410
    assert client.post(invited.path, {"answer": "accept"}).status_code == 410
    invited.refresh_from_db()
    assert invited.state == State.INVITED


def test_who_left_the_cooperative_is_not_given_the_lead():
    consultation = led()
    gone = seat(consultation, co_entrepreneur=CoEntrepreneurFactory(departed_on=timezone.localdate()))

    with pytest.raises(Refused, match="a quitté la coopérative"):
        team_actions.change_role(seat_pk=gone.pk, role=Role.LEAD, mission="")


@pytest.mark.parametrize(
    "over",
    [
        {"deadline": timezone.now() - timedelta(days=1)},
        {"outcome": "dropped", "outcome_on": timezone.localdate()},
    ],
)
def test_once_it_is_over_there_is_nothing_to_answer(client, invited, over):
    type(invited.consultation).objects.filter(pk=invited.consultation_id).update(**over)

    page, response = client.get(invited.path), client.post(invited.path, {"answer": "accept"})

    invited.refresh_from_db()
    assert "Cette consultation est close" in page.text
    assert response.status_code == 409
    assert invited.state == State.INVITED


def test_a_lead_asked_by_a_referent_answers_to_them():
    referent = ReferentFactory()
    consultation = ConsultationFactory(author_member=None, author_user=referent.user)
    lead = seat(consultation, role=Role.LEAD, state=State.INVITED)

    team_actions.answer_invitation(seat_pk=lead.pk, accepts=False, word="")

    [message] = run_jobs()
    assert message.to == [referent.email]


def test_a_second_invitation_has_a_link_of_its_own(invited):
    answer(invited, accepts=False)

    again = team_actions.invite(consultation_pk=invited.consultation_id, co_entrepreneur=invited.co_entrepreneur)

    assert "J’accepte" in Client().get(links.INVITATION.path(again)).text
    assert "J’accepte" not in Client().get(invited.path).text
