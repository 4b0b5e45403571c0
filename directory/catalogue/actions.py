from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from crealead.mail import queue_mail
from directory.models import ContactMessage

from .understanding import fold

SAME_MESSAGE_WITHIN = timedelta(hours=1)
MOST_FRUITLESS = 5000


@transaction.atomic
def send_message(*, message):
    """Keep a buyer's message and mail it to the co-entrepreneur, who answers the buyer directly.

    The same message sent again within the hour, by a second click or a reload, is neither kept nor mailed twice.

    Args:
        message: an unsaved, valid `ContactMessage` with its fiche.
    """
    fiche = message.co_entrepreneur
    already = ContactMessage.objects.filter(
        co_entrepreneur=fiche,
        email=message.email,
        message=message.message,
        created_at__gt=timezone.now() - SAME_MESSAGE_WITHIN,
    )
    if already.exists():
        return
    message.save()
    queue_mail(
        to=fiche.email,
        template="contact_message",
        context={"message": message, "fiche": fiche, "fiche_url": settings.SITE_URL + fiche.get_absolute_url()},
        reply_to=message.email,
    )


def count_fruitless(*, text):
    """Count one more search that found nothing, under its words without accents or capitals, and nothing else.

    Past `MOST_FRUITLESS` different texts, new ones are let go: no stranger fills the table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_fruitlesssearch AS kept (words, count, last_on)
            SELECT %(words)s, 1, %(today)s
            WHERE (SELECT count(*) FROM directory_fruitlesssearch) < %(most)s
               OR EXISTS (SELECT FROM directory_fruitlesssearch WHERE words = %(words)s)
            ON CONFLICT (words) DO UPDATE SET count = kept.count + 1, last_on = excluded.last_on
            """,
            {"words": fold(text) or text.lower(), "today": timezone.localdate(), "most": MOST_FRUITLESS},
        )
