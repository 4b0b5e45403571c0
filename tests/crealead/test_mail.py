import ssl
from email import message_from_bytes, policy
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from crealead import mail_failures
from crealead.mail import RETRY, abandon, queue_mail, queue_mail_to, send_again, send_mail
from directory.models import FailedMail
from tests.jobs import failed_mail, run_jobs

pytestmark = pytest.mark.django_db


class FailedServer:
    """A mail backend whose server is down."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("server down")


@pytest.fixture
def templates(settings, tmp_path):
    """Mail templates of the test's own."""
    (tmp_path / "emails").mkdir()
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]

    def write(text):
        (tmp_path / "emails" / "essai.txt").write_text(text, encoding="utf-8")

    return write


def make_due():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")


def read(message):
    """The message as a mail program reads it."""
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


def test_mail_is_sent_as_its_template_says(templates):
    templates("Objet : Un essai à {{ lieu }}\n\nBonjour,\n\nL’accueil & la suite.\n")

    queue_mail(to="a@example.org", template="essai", context={"lieu": "Sète"}, reply_to="b@example.org")

    [message] = map(read, run_jobs())
    assert message["Subject"] == "Un essai à Sète"
    assert message["To"] == "a@example.org"
    assert message["Reply-To"] == "b@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Bonjour,\n\nL’accueil & la suite.\n"


def test_nothing_is_escaped_in_plain_text(templates):
    templates("Objet : {{ name }}\n\n{{ name }}")

    queue_mail(to="a@example.org", template="essai", context={"name": "L'art & l'eau <3"})

    [message] = map(read, run_jobs())
    assert message["Subject"] == "L'art & l'eau <3"
    assert message.get_content().strip() == "L'art & l'eau <3"


def test_line_breaks_in_a_subject_add_no_header(templates):
    templates("Objet : Message de {{ name }}\n\nCorps")

    queue_mail(to="a@example.org", template="essai", context={"name": "Jean\r\nBcc: c@example.org\x0b\x85\u2028fin"})

    [message] = map(read, run_jobs())
    assert message["Subject"] == "Message de Jean"
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    ["a@example.org\nBcc: c@example.org", "Jean <a@example.org>", "rien", "a@example\u202c.org", "a@\ue000.org"],
)
def test_what_is_not_one_bare_address_is_refused(templates, address):
    templates("Objet : Essai\n\nCorps")

    with pytest.raises(ValidationError):
        queue_mail(to=address, template="essai", context={})
    with pytest.raises(ValidationError):
        queue_mail(to="a@example.org", template="essai", context={}, reply_to=address)


@pytest.mark.parametrize("text", ["Bonjour,\n\nsans objet", "Objet :\n\nvide", ""])
def test_a_template_without_subject_is_refused(templates, text):
    templates(text)

    with pytest.raises(ValueError, match="Objet"):
        queue_mail(to="a@example.org", template="essai", context={})


@pytest.mark.parametrize(
    ("person", "words"),
    [(SimpleNamespace(name="Léa Vidal", email=""), "no address"), (None, "to nobody")],
)
def test_a_mail_that_cannot_leave_is_told_in_the_log(templates, caplog, person, words):
    templates("Objet : Un essai\n\nBonjour,\n")

    queue_mail_to(person, template="essai", context={})

    assert caplog.messages == [f"essai not sent: {words}"]
    assert run_jobs() == []


def test_a_mail_that_cannot_be_built_is_not_queued(templates):
    templates("Objet : Un essai\n\n{{ words }}\n")

    with pytest.raises(ValueError, match="surrogates"):
        queue_mail(to="a@example.org", template="essai", context={"words": "\ud800"})

    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(
    ("person", "foot"),
    [
        (
            SimpleNamespace(name="Claire Fabre", email="claire@example.org", phone="04 67 12 34 56"),
            "Pour joindre Claire Fabre\N{NO-BREAK SPACE}:\nclaire@example.org (ou répondez à ce courriel)\n04 67 12 34 56\n",
        ),
        (
            SimpleNamespace(name="Claire Fabre", email="", phone="04 67 12 34 56"),
            "Pour joindre Claire Fabre\N{NO-BREAK SPACE}:\n04 67",
        ),
        (SimpleNamespace(name="Claire Fabre", email="", phone=""), ""),
        (None, ""),
    ],
)
def test_who_answers_is_told_at_the_foot_and_gets_the_replies(person, foot):
    queue_mail(to="a@example.org", template="my_space_unknown", context={}, answered_by=person)

    [message] = run_jobs()
    assert foot in message.body
    assert foot or "Pour joindre" not in message.body
    assert message.reply_to == ([person.email] if person and person.email else [])


def test_what_is_rolled_back_sends_nothing(templates):
    templates("Objet : Essai\n\nCorps")

    with transaction.atomic():
        queue_mail(to="a@example.org", template="essai", context={})
        transaction.set_rollback(True)

    assert run_jobs() == []


def test_a_failed_mail_is_tried_again_and_is_the_same_mail(templates, settings):
    templates("Objet : Essai\n\nCorps")
    working = settings.EMAIL_BACKEND
    queue_mail(to="a@example.org", template="essai", context={})

    settings.EMAIL_BACKEND = "tests.crealead.test_mail.FailedServer"
    run_jobs()
    job = ProcrastinateJob.objects.get()
    first_try = job.args
    settings.EMAIL_BACKEND = working
    make_due()
    [sent] = map(read, run_jobs())

    assert (job.status, job.attempts) == ("todo", 1)
    assert sent["Message-ID"] == first_try["message_id"]
    assert sent["Date"] == first_try["date"]
    assert not ProcrastinateJob.objects.exists()


def test_why_a_mail_fails_is_kept_until_it_leaves(templates, settings):
    templates("Objet : Essai\n\nCorps")
    working = settings.EMAIL_BACKEND
    queue_mail(to="a@example.org", template="essai", context={})

    settings.EMAIL_BACKEND = "tests.crealead.test_mail.FailedServer"
    run_jobs()
    first = FailedMail.objects.get()
    make_due()
    run_jobs()
    second = FailedMail.objects.get()
    settings.EMAIL_BACKEND = working
    make_due()
    run_jobs()

    assert first.reason == "Le serveur de courrier ne répond pas."
    assert second.failed_at == first.failed_at
    assert not FailedMail.objects.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "Le serveur de courrier ne répond pas."),
        (SMTPServerDisconnected("bye"), "Le serveur de courrier ne répond pas."),
        (SMTPAuthenticationError(535, b"bad"), "refuse notre identifiant ou notre mot de passe. Sa réponse : 535 bad"),
        (SMTPRecipientsRefused({"a@b.fr": (550, b"5.1.1 No\n such \0user")}), "Sa réponse : 550 5.1.1 No such user"),
        (SMTPSenderRefused(501, b"no", "x"), "refuse notre adresse d’expéditeur. Sa réponse : 501 no"),
        (SMTPDataError(554, b"spam" * 200), "refuse ce message. Sa réponse : 554 spam"),
        (ssl.SSLError(), "La connexion chiffrée au serveur de courrier échoue."),
        (ImproperlyConfigured("x"), "Un réglage de ce site manque ou ne va pas : voyez le journal."),
        (ZeroDivisionError(), "Une erreur inattendue de ce site : voyez le journal."),
    ],
)
def test_a_failure_is_told_in_words(error, words):
    assert words in mail_failures.in_words(error)
    assert len(mail_failures.in_words(error)) <= FailedMail._meta.get_field("reason").max_length


def test_a_mail_queued_before_its_template_was_kept_is_sent():
    fields = {"subject": "Essai", "body": "Corps", "reply_to": None, "message_id": "<1@example.org>", "date": "hier"}
    send_mail.defer(to="a@example.org", **fields)

    assert [message.to for message in run_jobs()] == [["a@example.org"]]


@pytest.mark.parametrize("status", ["todo", "failed"])
def test_a_failed_mail_is_sent_again_or_abandoned(status):
    again, abandoned = failed_mail(status=status), failed_mail(to="zoe@example.org", status=status)

    assert send_again([again.pk]) == 1
    assert abandon([abandoned.pk]) == 1
    assert abandon([abandoned.pk]) == 0

    assert [message.to for message in run_jobs()] == [["lucie@example.org"]]
    assert not FailedMail.objects.exists()


def test_a_mail_that_is_leaving_is_left_alone():
    leaving = failed_mail(status="doing")

    assert send_again([leaving.pk]) == 0
    assert abandon([leaving.pk]) == 0
    assert FailedMail.objects.exists()


def test_tries_go_on_for_a_day():
    waits = [RETRY.exponential_wait ** (attempt + 1) for attempt in range(RETRY.max_attempts)]

    assert waits[0] == 3
    assert 20 * 3600 < sum(waits) < 30 * 3600


def test_the_identifier_names_the_site(templates, settings):
    settings.SITE_URL = "https://clients-publics.example.org"
    templates("Objet : Essai\n\nCorps")

    queue_mail(to="a@example.org", template="essai", context={})

    [message] = map(read, run_jobs())
    assert message["Message-ID"].endswith("@clients-publics.example.org>")
