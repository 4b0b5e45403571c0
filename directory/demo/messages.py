"""What a public buyer wrote to several at once, and what each answered."""

from datetime import timedelta

from django.utils import timezone

from directory.models import GroupMessage, GroupRecipient

Answer, Reason = GroupRecipient.Answer, GroupRecipient.Reason
NEED = """Bonjour,

La commune rouvre sa place du marché en juin. Nous cherchons qui anime trois ateliers avec les habitants et les
commerçants, en janvier et février, puis met en forme ce qui en sort, en quatre pages lisibles par tous.

Un premier échange par téléphone nous irait bien."""
# By trade of who was written to: how many hours later they answered what; None has only said to have read it.
ANSWERS = [
    ("participation", 5, Answer.INTERESTED, "", "Volontiers pour les ateliers, avec quelqu’un pour la mise en forme."),
    ("graphisme", 26, Answer.INTERESTED, "", ""),
    ("illustration", 30, Answer.DECLINED, Reason.BUSY, "Rien de libre avant mars."),
    ("photographie", 50, None, "", ""),
]


def write(listed, now):
    """Write it; `listed` are the listed fiches of each trade, by its name, `now` is in local time."""
    sent_at = now - timedelta(days=3, hours=4)
    message = GroupMessage.objects.create(
        name="Agathe Delmas",
        organisation="Commune de Valferrand",
        email="achats@valferrand.example",
        subject="Ateliers d’habitants pour la place du marché",
        message=NEED,
        place="Valferrand, sur place",
        answer_by=timezone.localdate(now) + timedelta(days=6),
        created_at=sent_at - timedelta(minutes=20),
        confirmed_at=sent_at,
    )
    GroupRecipient.objects.bulk_create(
        _recipient(message, listed[trade][0], hours, said) for trade, hours, *said in ANSWERS
    )


def _recipient(message, fiche, hours, said):
    given, reason, word = said
    at = message.confirmed_at + timedelta(hours=hours)
    return GroupRecipient(
        message=message,
        co_entrepreneur=fiche,
        sent_at=message.confirmed_at,
        opened_at=at,
        answer=given or "",
        reason=reason,
        word=word,
        answered_at=at if given else None,
    )
