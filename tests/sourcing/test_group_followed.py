"""One message to several, as its author follows it: where each stands, closed, erased, at its end."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.models import GroupMessage, GroupRecipient, group_message
from directory.sourcing.message import actions
from directory.sourcing.message.tasks import tend_group_messages
from tests.jobs import run_jobs

from .group import answer_path, author_path, declined, interested, knows, leave, sent, text_of

pytestmark = pytest.mark.django_db


# --- Followed ----------------------------------------------------------------------------------------------------


def test_the_page_of_the_author_says_where_each_stands(client):
    message, (first, second, third) = sent()
    declined(first, "place", "Je reste près de Sète.")
    knows(second, "Nora Haddad")
    client.post(answer_path(third), {"action": "read"})

    page = text_of(client.get(author_path(message)))

    assert "Trop loin de ma zone – Je reste près de Sète." in page
    assert "Connaît quelqu’un" in page
    assert 'href="/catalogue/?q=Nora+Haddad"' in page
    assert "Dit lu le" in page
    assert "Personne n’est intéressé pour l’instant" in page
    assert "une seule personne morale : Crealead, SIRET" in page
    assert "Rien ne suit l’ouverture des courriels" in page
    assert "Disallow: /messages/" in client.get("/robots.txt").text
    for row in (first, second, third):
        assert row.co_entrepreneur.email not in page


def test_what_came_of_it_is_told_as_answers_come(client):
    message, (first, second) = sent(2)

    def told():
        page = text_of(client.get(author_path(message)))
        return re.search(r"<h2>(.*?)</h2>", page)[1]

    assert told() == "Personne n’a encore répondu"
    declined(first, "place", "")
    assert told() == "Personne n’est intéressé pour l’instant"
    declined(second, "place", "")
    assert told() == "Personne n’est disponible"


def test_who_did_not_answer_is_not_said_to_be_unavailable(client):
    message, _ = sent(2)
    client.post(author_path(message), {"action": "close"})

    page = text_of(client.get(author_path(message)))

    assert "Personne n’a répondu" in page
    assert "disponible" not in page


def test_who_left_since_is_named_and_quoted_no_more(client):
    message, (first, *_) = sent()
    interested(first, "Volontiers, dès janvier.")
    before = text_of(client.get(author_path(message)))
    leave(first.co_entrepreneur)

    after = text_of(client.get(author_path(message)))

    assert "Volontiers" in before
    assert "1 personne est intéressée" in before
    assert "Aubrac" not in after
    assert "Volontiers" not in after
    assert "Co-entrepreneur retiré" in after


def test_closed_it_takes_no_answer_and_reminds_nobody(client, later):
    message, (first, *_) = sent()

    closed = client.post(author_path(message), {"action": "close"})
    again = client.post(author_path(message), {"action": "close"})
    refused = interested(first)
    first.refresh_from_db()
    later(5)

    assert "C’est clos" in text_of(closed)
    assert "C’est clos" not in text_of(again)
    assert refused.status_code == 409
    assert "n’attend plus de réponse" in text_of(refused)
    assert first.answer == ""
    assert tend_group_messages() == (0, 0)
    later(10)
    assert tend_group_messages() == (0, 0)
    assert run_jobs() == []


def test_erased_nothing_of_it_is_left_and_its_links_say_so(client):
    message, (first, *_) = sent()
    path, own = author_path(message), answer_path(first)
    delete = path.replace("suivi", "effacer")

    opened = client.get(delete)
    there = GroupMessage.objects.count()
    erased = client.post(delete)

    assert "Tout effacer ?" in text_of(opened)
    assert there == 1
    assert "C’est effacé" in text_of(erased)
    assert not GroupMessage.objects.exists()
    assert not GroupRecipient.objects.exists()
    assert [client.get(url).status_code for url in (path, delete, own)] == [410] * 3
    assert client.post(own, {"answer": "interested"}).status_code == 410
    assert client.post(delete).status_code == 410


def test_it_goes_180_days_after_the_date(later):
    sent(days=10)
    later(10 + 180)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert GroupMessage.objects.exists()
    later(1)

    call_command("purge_personal_data", yes=True, verbosity=0)

    assert not GroupMessage.objects.exists()
    assert not GroupRecipient.objects.exists()


@pytest.mark.parametrize("page", ["confirmer", "suivi", "effacer", "reponse"])
@pytest.mark.parametrize("token", ["faux", "1-5.faux", "%00", "1"])
def test_a_link_that_is_not_whole_opens_nothing(client, page, token):
    assert client.get(f"/messages/{page}/{token}/").status_code == 404
    assert client.post(f"/messages/{page}/{token}/").status_code == 404


def test_a_link_opens_its_own_page_alone(client):
    message, (first, *_) = sent()
    own, author = answer_path(first).split("/")[-2], author_path(message).split("/")[-2]

    for page, token in [
        ("confirmer", own),
        ("suivi", own),
        ("effacer", own),
        ("reponse", author),
        ("confirmer", author),
    ]:
        assert client.get(f"/messages/{page}/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("?f=%00&f=%ff", {}),
        ("?f=" + "a" * 5000, {"recipients": ["\x00"]}),
        ("?q=%00&departement=zz", {"subject": "\x00", "message": "\x00", "answer_by": "0000-00-00"}),
        ("", {"recipients": "x" * 10_000, "answer_by": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")}),
    ],
)
def test_nothing_that_is_sent_breaks_it(client, query, data):
    assert client.get(f"/messages/nouveau/{query}").status_code in {200, 400}
    assert client.post(f"/messages/nouveau/{query}", data).status_code in {200, 400}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (lambda row: GroupRecipient.objects.filter(pk=row.pk).update(answer="interested"), "group_answer_has_date"),
        (
            lambda row: GroupRecipient.objects.filter(pk=row.pk).update(answer="declined", answered_at=timezone.now()),
            "group_decline_has_reason",
        ),
        (
            lambda row: GroupRecipient.objects.create(message=row.message, co_entrepreneur=row.co_entrepreneur),
            "group_recipient_once",
        ),
        (
            lambda row: GroupMessage.objects.update(confirmed_at=None, closed_at=timezone.now()),
            "group_message_confirmed_before_all",
        ),
    ],
)
def test_the_database_refuses_what_cannot_be(change, constraint):
    _, (first, *_) = sent()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change(first)


def test_a_message_that_fails_keeps_no_other_from_being_tended(monkeypatch, later):
    sent(2, days=10)
    other = GroupMessage.objects.create(
        email="b@example.org", subject="b", message="b", answer_by=timezone.localdate(), confirmed_at=timezone.now()
    )
    later(11)
    summary = actions.mails.summary

    def fail(message, **said):
        if message.pk != other.pk:
            raise OSError
        summary(message, **said)

    monkeypatch.setattr(actions.mails, "summary", fail)

    with pytest.raises(ExceptionGroup):
        actions.tend()

    assert [mail.to for mail in run_jobs()] == [["b@example.org"]]
    assert timedelta(days=180) == group_message.KEPT
