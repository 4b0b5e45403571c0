from django.conf import settings
from django.db import transaction

from crealead.mail import queue_mail
from crealead.rate_limit import allow

from .limits import SAME_WITHIN


def mailed_address(selection):
    """The link that a colleague receives."""
    return settings.SITE_URL + selection.url_without_words


@transaction.atomic
def send_selection(*, to, selection):
    """Mail where a selection is, and nothing that a stranger wrote; neither the mail nor `to` is kept.

    The same within the hour, by a second click or a reload, is mailed once.
    """
    if allow(scope="selection-same", sender=f"{to} {selection.url}", limit=1, window=SAME_WITHIN):
        context = {"names": [fiche.name for fiche in selection.fiches], "url": mailed_address(selection)}
        queue_mail(to=to, template="selection_sent", context=context)
