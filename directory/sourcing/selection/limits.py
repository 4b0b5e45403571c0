"""How many selections are sent by mail, and what is said past it."""

from crealead.rate_limit import Limits

LIMITS = Limits(
    scope="selection",
    most={"network": 30, "address": 5},
    reasons={
        "network": "Beaucoup de sélections partent de votre réseau depuis une heure.",
        "address": "Plusieurs sélections sont parties vers cette adresse depuis une heure.",
    },
    advice="La vôtre n’est pas partie\N{NO-BREAK SPACE}: envoyez-la à partir de {hour}, ou copiez le lien.",
)
