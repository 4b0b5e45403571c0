"""How many records are opened, mailed and guessed at, and what is said past it."""

from crealead.rate_limit import Limits

# From one network, where a whole town hall may be, and a few links badly copied; to one address. Past the guesses, a
# page says it for the whole site.
LIMITS = Limits(
    scope="record",
    most={"open": 40, "guess": 30, "mail-sender": 20, "mail-address": 5},
    reasons={
        "open": "Beaucoup de dossiers s’ouvrent depuis votre réseau.",
        "mail-sender": "Plusieurs courriels de dossiers sont partis de votre réseau.",
        "mail-address": "Plusieurs courriels de dossiers sont partis vers cette adresse.",
    },
    advice="Réessayez à partir de {hour}.",
)
