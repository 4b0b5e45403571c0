"""How many selections are sent by mail, and what is said past it."""

from datetime import timedelta

from crealead.rate_limit import Limits

# The same, to the same address, is mailed once in this time.
SAME_WITHIN = timedelta(hours=1)
LIMITS = Limits(
    scope="selection",
    # By day: whoever types the address of another fills their box with no more.
    most={"network": 120, "address": 5},
    reasons={
        "network": "Beaucoup de sélections partent de votre réseau aujourd’hui.",
        "address": "Plusieurs sélections sont parties vers cette adresse aujourd’hui.",
    },
    advice="La vôtre n’est pas partie\N{NO-BREAK SPACE}: envoyez-la à partir du {moment}, ou copiez le lien.",
    window=timedelta(days=1),
)
