"""Why a mail could not leave, in words, kept beside its job until it leaves or is abandoned."""

import smtplib
import ssl

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

LONGEST = 300
UNREACHABLE = "Le serveur de courrier ne répond pas."
# The first that the error is one of.
REASONS = [
    (smtplib.SMTPAuthenticationError, "Le serveur de courrier refuse notre identifiant ou notre mot de passe."),
    (smtplib.SMTPSenderRefused, "Le serveur de courrier refuse notre adresse d’expéditeur."),
    (smtplib.SMTPDataError, "Le serveur de courrier refuse ce message."),
    (smtplib.SMTPNotSupportedError, "Le serveur de courrier ne sait pas faire ce que nos réglages demandent."),
    (smtplib.SMTPException, UNREACHABLE),
    (ssl.SSLError, "La connexion chiffrée au serveur de courrier échoue."),
    (OSError, UNREACHABLE),
    (ImproperlyConfigured, "Un réglage de ce site manque ou ne va pas : voyez le journal."),
    (ValueError, "Ce message ne peut pas être écrit."),
]


def in_words(error):
    """The sentence that says why, with what the mail server answered when it did."""
    answer = getattr(error, "smtp_code", None), getattr(error, "smtp_error", b"")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        sentence = "Le serveur de courrier refuse cette adresse."
        answer = next(iter(error.recipients.values()), answer)
    else:
        unknown = "Une erreur inattendue de ce site : voyez le journal."
        sentence = next((words for kind, words in REASONS if isinstance(error, kind)), unknown)
    code, said = answer
    said = " ".join(said.decode(errors="replace").split()) if isinstance(said, bytes) else str(said)
    # What a server says may hold what the database can't.
    return (f"{sentence} Sa réponse : {code} {said}" if code else sentence).replace("\0", "")[:LONGEST]


def keep(job_id, error):
    """Keep why a try failed; since when stays what it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_failedmail (job_id, failed_at, tried_at, reason) VALUES (%s, now(), now(), %s)
            ON CONFLICT (job_id) DO UPDATE SET tried_at = excluded.tried_at, reason = excluded.reason
            """,
            [job_id, in_words(error)],
        )
