"""One message to several, as those who get it meet it: read, answered, changed."""

import pytest
from django.db import connection
from django.utils import timezone

from directory.models import CoEntrepreneur, GroupMessage, GroupRecipient
from directory.models.group_message import ANSWER_HOUR
from directory.privacy.actions import Sought, erase

from .group import BUYER, answer_path, author_path, declined, interested, knows, leave, reread, say, sent, text_of

pytestmark = pytest.mark.django_db


# --- Read and answered -------------------------------------------------------------------------------------------


def test_a_program_that_follows_the_link_reads_nothing(client):
    _, (first, *_) = sent()
    path = answer_path(first)

    page = client.get(path)
    client.head(path)
    unread = reread(first).opened_at
    client.post(path, {"action": "read"})
    read_at = reread(first).opened_at
    client.post(path, {"action": "read"})

    assert "trois ateliers avec les habitants" in text_of(page)
    assert "Zerrouki" not in page.text
    assert unread is None
    assert read_at
    assert reread(first).opened_at == read_at


def test_an_answer_leaves_the_day_on_which_it_was_read(client, at):
    _, (first, *_) = sent()
    at(1)
    client.post(answer_path(first), {"action": "read"})
    read_at = reread(first).opened_at
    at(2)

    interested(first)

    assert reread(first).opened_at == read_at < reread(first).answered_at


def test_each_of_the_three_answers_is_kept_with_what_goes_with_it(client):
    _, (first, second, third) = sent()

    for response in (interested(first, "Volontiers"), declined(second, "trade"), knows(third)):
        assert response.status_code == 302

    assert [(row.answer, row.reason, row.word) for row in map(reread, (first, second, third))] == [
        ("interested", "", "Volontiers"),
        ("declined", "trade", ""),
        ("knows", "", "Nora Haddad"),
    ]
    assert all(row.opened_at and row.answered_at for row in (first, second, third))
    page = text_of(client.get(answer_path(first)))
    assert "Vous avez répondu « Intéressé »" in page
    assert "Préparer une réponse en équipe" in page
    assert "Préparer une réponse en équipe" not in text_of(client.get(answer_path(second)))


@pytest.mark.parametrize(
    ("answer", "fields", "words"),
    [
        ("declined", {"non-word": "Je suis pris"}, "Dites pourquoi"),
        ("declined", {"non-reason": "mauvaise humeur", "non-word": "Je suis pris"}, "Je suis pris"),
        ("declined", {"non-reason": "other"}, "laquelle"),
        ("interested", {"oui-word": "x" * 501}, "500"),
        ("knows", {}, "un nom, une marque ou un métier"),
        ("knows", {"autre-word": "nora@example.org"}, "Ni adresse, ni téléphone"),
        ("knows", {"autre-word": "Nora, 06 12 34 56 78"}, "Ni adresse, ni téléphone"),
        ("knows", {"autre-word": "Nora 0612345678"}, "Ni adresse, ni téléphone"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(answer, fields, words):
    _, (first, *_) = sent()

    response = say(first, answer, **fields)

    page = text_of(response)
    assert words in page
    assert 'role="alert"' in page
    for value in fields.values():
        assert value in page
    assert reread(first).answer == ""


@pytest.mark.parametrize(
    "data", [{}, {"answer": "decline"}, {"answer": "\x00"}, {"action": "close"}, {"oui-word": "x"}]
)
def test_what_is_no_answer_changes_nothing(client, data):
    _, (first, *_) = sent()

    response = client.post(answer_path(first), data)

    assert response.status_code == 200
    assert reread(first).answer == ""
    assert reread(first).opened_at is None


def test_an_answer_is_changed_until_the_hour_of_the_date_and_not_after(at):
    message, (first, *_) = sent(days=10)
    interested(first)
    at(10, ANSWER_HOUR - 1, 59)
    declined(first, "busy")
    changed = reread(first).answer
    at(10, ANSWER_HOUR)

    late = interested(first)

    assert changed == "declined"
    assert late.status_code == 409
    assert reread(first).answer == "declined"
    assert reread(message).deadline == timezone.now()


@pytest.mark.parametrize("end", ["past", "closed", "erased"])
@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "interested", "oui-word": "Volontiers,\ndès janvier."},
        {"answer": "declined", "non-reason": "busy", "non-word": "Volontiers,\ndès janvier."},
        {"answer": "knows", "autre-word": "Volontiers, dès janvier."},
    ],
    ids=lambda typed: typed["answer"],
)
def test_what_was_written_too_late_is_shown_again(client, at, end, typed):
    message, (first, *_) = sent(days=10)
    path = answer_path(first)
    if end == "past":
        at(10, ANSWER_HOUR)
    elif end == "closed":
        GroupMessage.objects.update(closed_at=timezone.now())
    else:
        message.delete()

    page = client.post(path, typed)

    assert page.status_code == (410 if end == "erased" else 409)
    assert "Votre réponse n’est pas partie." in text_of(page)
    assert "dès janvier." in page.text.partition("</blockquote>")[0].partition("<blockquote")[2]


def test_the_same_answer_again_changes_nothing(at):
    _, (first, *_) = sent()
    at(1)
    interested(first, "Volontiers")
    answered_at = reread(first).answered_at
    at(2)

    interested(first, "Volontiers")

    assert reread(first).answered_at == answered_at


def test_what_one_answers_is_shown_to_nobody_else_who_was_written_to(client):
    _, (first, second, _) = sent()
    interested(first, "Volontiers, dès janvier.")

    page = client.get(answer_path(second))

    assert "Volontiers" not in page.text
    assert "Aubrac" not in page.text


@pytest.mark.parametrize("gone", ["untick", "depart", "erase"])
def test_who_left_answers_no_more(client, gone, administrator):
    message, (first, *_) = sent()
    path, fiche = answer_path(first), first.co_entrepreneur
    interested(first, "Volontiers, signé Aubrac")
    if gone == "untick":
        leave(first.co_entrepreneur)
    elif gone == "depart":
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate())
    else:
        erase(Sought(fiches=(fiche.pk,)), by=administrator, reason="À sa demande")

    opened, posted = client.get(path), client.post(path, {"answer": "declined", "non-reason": "busy"})
    page = text_of(client.get(author_path(message)))

    assert opened.status_code == posted.status_code == 410
    assert "Aubrac" not in page
    assert "Volontiers" not in page
    assert "Co-entrepreneur retiré" in page
    assert GroupRecipient.objects.get(pk=first.pk).answer == ("" if gone == "erase" else "interested")


def test_an_erasure_leaves_no_word_of_the_person_and_masks_who_named_them(administrator):
    message, (first, second, _) = sent()
    fiche = first.co_entrepreneur
    interested(first, "Tout sur zyglotrax")
    knows(second, "Inès Aubrac")

    erase(Sought(fiches=(fiche.pk,)), by=administrator, reason="À sa demande")

    row, other = GroupRecipient.objects.get(pk=first.pk), reread(second)
    assert (row.co_entrepreneur, row.word, row.answered_at, row.opened_at) == (None, "", None, None)
    assert row.sent_at
    assert other.word == "co-entrepreneur retiré"
    assert reread(message)


def test_the_author_who_is_erased_takes_it_all_along(administrator):
    sent()

    erase(Sought(emails=(BUYER,)), by=administrator, reason="À sa demande")

    assert not GroupMessage.objects.exists()
    assert not GroupRecipient.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE %s", [f"%{BUYER}%"])
        assert cursor.fetchone() == (0,)
