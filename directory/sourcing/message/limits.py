"""How many messages to several are written, and what is said past it."""

from datetime import timedelta

from django.conf import settings

from crealead.rate_limit import Limits

MOST_A_DAY = 4
LIMITS = Limits(
    scope="group",
    most={"network": 60, "address": MOST_A_DAY},
    reasons={
        "network": "Beaucoup de messages à plusieurs sont partis de votre réseau aujourd’hui.",
        "address": f"{MOST_A_DAY} messages à plusieurs ont été écrits aujourd’hui avec cette adresse.",
    },
    advice="Le vôtre n’est pas parti\N{NO-BREAK SPACE}: gardez cette page ouverte et envoyez-le à partir du {moment}, "
    f"ou téléphonez-nous au {settings.COOPERATIVE['phone']}.",
    window=timedelta(days=1),
)
