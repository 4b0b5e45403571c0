"""What pages and mails say of a message to several: what was written, and where each person stands."""

from dataclasses import dataclass
from hashlib import sha256

from django.urls import reverse
from django.utils.http import urlencode

from crealead.words import counted, day, moment, spaced
from directory.models import GroupRecipient

Answer = GroupRecipient.Answer
# By answer, the colour of its label: what means the same has the same on every page.
LOOKS = {Answer.INTERESTED: "accepted", Answer.DECLINED: "declined", Answer.KNOWS: "to_validate"}
RETIRED = "Co-entrepreneur retiré du catalogue"


@dataclass(frozen=True)
class Line:
    """Where someone who was written to stands, for the author: a label and its `look`, since when, and their words.

    Who isn't in the catalogue any more is neither named nor quoted.
    """

    name: str
    state: str
    since: str
    url: str = ""
    look: str = ""
    words: str = ""
    # Where the catalogue is searched for whom they know.
    search_url: str = ""
    reminded: str = ""

    @classmethod
    def of(cls, recipient):
        fiche = recipient.co_entrepreneur
        if fiche is None or not fiche.is_published:
            told = f"Écrit le {moment(recipient.sent_at)}" if recipient.sent_at else "Rien ne lui a été écrit"
            return cls(RETIRED, "Retiré", told)
        name = f"{fiche.name}, {fiche.trade_name}" if fiche.trade_name else fiche.name
        url = fiche.get_absolute_url()
        reminded = f"Rappel envoyé le {moment(recipient.reminded_at)}" if recipient.reminded_at else ""
        if recipient.sent_at is None:
            return cls(name, "Pas écrit", "Rien n’a pu lui être écrit", url, "manque")
        if recipient.answer:
            return cls(
                name,
                recipient.get_answer_display(),
                f"Répondu le {moment(recipient.answered_at)}",
                url,
                LOOKS[recipient.answer],
                words_of(recipient),
                search_url_of(recipient),
                reminded,
            )
        if recipient.opened_at:
            return cls(name, "Lu", f"Dit lu le {moment(recipient.opened_at)}", url, "invited", reminded=reminded)
        return cls(name, "Écrit", f"Courriel parti le {moment(recipient.sent_at)}", url, "invited", reminded=reminded)


def lines_of(message):
    """Where each of those it was written to stands, in the order in which they were chosen."""
    return [Line.of(recipient) for recipient in message.recipients.select_related("co_entrepreneur").order_by("pk")]


def fingerprint_of(message):
    """A number for what each answered: the same until someone answers otherwise, leaves the catalogue or comes back."""
    recipients = message.recipients.written().in_catalogue().order_by("pk")
    said = list(recipients.values_list("pk", "answer", "reason", "word"))
    return int.from_bytes(sha256(repr(said).encode()).digest()[:8], "big", signed=True)


def words_of(recipient):
    """What they said with their answer: the reason, whom they know, anything else."""
    reason = recipient.get_reason_display() if recipient.reason != GroupRecipient.Reason.OTHER else ""
    return " – ".join(filter(None, [reason, recipient.word]))


def search_url_of(recipient):
    knows = recipient.answer == Answer.KNOWS
    return f"{reverse('catalogue:list')}?{urlencode({'q': recipient.word})}" if knows else ""


def outcome_of(message):
    """What came of it so far, as a sentence: nobody is said to be unavailable who didn't say so."""
    interested = message.recipients.interested().count()
    if interested:
        return counted(interested, "personne est intéressée", "personnes sont intéressées")
    if not message.recipients.exclude(answer="").exists():
        return "Personne n’a encore répondu" if message.is_open else "Personne n’a répondu"
    if message.is_open and message.recipients.awaited().exists():
        return "Personne n’est intéressé pour l’instant"
    return "Personne n’est disponible"


def said_in(message):
    """What was written: (name, value), the empty left out."""
    told = [
        ("Objet", message.subject),
        ("Besoin", spaced(message.message)),
        ("Lieu", message.place),
        ("Réponse attendue", until(message)),
        ("Par", f"{message.name}, {message.organisation}"),
    ]
    return [(name, value) for name, value in told if value]


def until(message):
    """« le 12 décembre 2026, avant 17 h »."""
    return f"le {day(message.answer_by)}, avant {message.deadline.hour}\N{NO-BREAK SPACE}h"


def standing_of(message):
    """What the author's page says first, as a sentence."""
    if not message.recipients.written().exists():
        return "Les fiches choisies ont toutes quitté le catalogue avant l’envoi\N{NO-BREAK SPACE}: rien n’est parti."
    if message.closed_at:
        return f"Vous l’avez clos le {moment(message.closed_at)}\N{NO-BREAK SPACE}: plus personne n’y répond."
    if message.is_past:
        return "La date est passée\N{NO-BREAK SPACE}: plus personne n’y répond."
    return f"Les réponses sont attendues jusqu’au {day(message.answer_by)}, {message.deadline.hour}\N{NO-BREAK SPACE}h."
