"""How many messages to several are written, and what is said past it."""

from datetime import timedelta

from django.conf import settings

from crealead.rate_limit import allow, end_of
from crealead.words import moment

WINDOW = timedelta(days=1)
# From one network, where a whole town hall may be; with one address.
LIMITS = {"network": 60, "address": 4}
TOO_MANY = {
    "network": "Beaucoup de messages à plusieurs sont partis de votre réseau aujourd’hui.",
    "address": f"{LIMITS['address']} messages à plusieurs ont été écrits aujourd’hui avec cette adresse.",
}


def first_limit_passed(senders):
    """Count this message, and tell which limit it is over; None for one that may be kept."""
    for name, sender in senders.items():
        if not allow(scope=f"group-{name}", sender=sender, limit=LIMITS[name], window=WINDOW):
            return name
    return None


def too_many(passed):
    """What is said to who passed this limit: their message isn't lost, and when it may leave."""
    return (
        f"{TOO_MANY[passed]} Le vôtre n’est pas parti : gardez cette page ouverte et envoyez-le à partir du "
        f"{moment(end_of(WINDOW))}, ou téléphonez-nous au {settings.COOPERATIVE['phone']}."
    )
