"""How many messages leave from the catalogue, and what is said past it."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from crealead.rate_limit import allow, end_of

CONTACT_WINDOW = timedelta(hours=1)
# How many messages leave in a window from one network, where a whole town hall may be; from it to one fiche, which it
# can’t close to others; from one buyer; to one fiche. Then from one network to the cooperative; to the cooperative.
CONTACT_LIMITS = {"network": 60, "share": 15, "buyer": 10, "fiche": 40, "need_share": 15, "need": 40}
TOO_MANY = {
    "network": "Beaucoup de messages partent de votre réseau depuis une heure.",
    "share": "Plusieurs messages sont partis de votre réseau vers cette personne depuis une heure.",
    "buyer": f"Vous avez envoyé {CONTACT_LIMITS['buyer']} messages avec cette adresse depuis une heure.",
    "fiche": "Cette personne a reçu beaucoup de messages depuis une heure.",
    "need_share": "Plusieurs messages sont partis de votre réseau vers la coopérative depuis une heure.",
    "need": "La coopérative a reçu beaucoup de messages depuis une heure.",
}


def first_limit_passed(senders):
    """Count this message, and tell which limit it is over; None for one that may leave.

    Args:
        senders: by name of `CONTACT_LIMITS`, who or what is counted, in this order.
    """
    for name, sender in senders.items():
        if not allow(scope=f"contact-{name}", sender=sender, limit=CONTACT_LIMITS[name], window=CONTACT_WINDOW):
            return name
    return None


def too_many(passed):
    """What is said to who passed this limit: their message isn't lost, and when it may leave."""
    hour = date_format(timezone.localtime(end_of(CONTACT_WINDOW)), r"H \h i")
    phone = settings.COOPERATIVE["phone"]
    return (
        f"{TOO_MANY[passed]} Le vôtre n’est pas parti : gardez cette page ouverte et envoyez-le à partir "
        f"de {hour}, ou téléphonez-nous au {phone}."
    )
