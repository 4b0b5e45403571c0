"""How many selections are sent by mail, and what is said past it."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from crealead.rate_limit import allow, end_of

WINDOW = timedelta(hours=1)
# From one network, where a whole town hall may be; to one address, whoever asks.
LIMITS = {"network": 30, "address": 5}
TOO_MANY = {
    "network": "Beaucoup de sélections partent de votre réseau depuis une heure.",
    "address": "Plusieurs sélections sont parties vers cette adresse depuis une heure.",
}


def first_limit_passed(senders):
    """Count this mail, and tell which limit it is over; None for one that may leave."""
    for name, sender in senders.items():
        if not allow(scope=f"selection-{name}", sender=sender, limit=LIMITS[name], window=WINDOW):
            return name
    return None


def too_many(passed):
    """What is said to who passed this limit, and when the mail may leave."""
    hour = date_format(timezone.localtime(end_of(WINDOW)), r"H \h i")
    lost = f"Le vôtre n’est pas parti\N{NO-BREAK SPACE}: envoyez-le à partir de {hour}, ou copiez le lien."
    return f"{TOO_MANY[passed]} {lost}"
