from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crealead.mail import queue_mail
from directory.models import ContactMessage

SAME_MESSAGE_WITHIN = timedelta(hours=1)


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
