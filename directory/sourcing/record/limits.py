"""How many records are opened, mailed and guessed at, and what is said past it."""

from datetime import timedelta

from crealead.rate_limit import Limits

# From one network, where a whole town hall may be, and a few links badly copied. Past the guesses, a page says it for
# the whole site.
LIMITS = Limits(
    scope="record",
    most={"open": 40, "guess": 30, "mail-sender": 20},
    reasons={
        "open": "Beaucoup de dossiers s’ouvrent depuis votre réseau.",
        "mail-sender": "Plusieurs courriels de dossiers sont partis de votre réseau.",
    },
    advice="Réessayez à partir de {hour}.",
)
# By day: whoever types the address of another fills their box with no more.
TO_ADDRESS = Limits(
    scope="record-mail",
    most={"address": 5},
    reasons={"address": "Plusieurs courriels de dossiers sont partis vers cette adresse."},
    advice="Réessayez à partir du {moment}.",
    window=timedelta(days=1),
)


def refusal_of(sender, to):
    """Why no mail leaves for an address, as a sentence; a sender who asks too much uses up nobody else's share."""
    for limits, counted in ((LIMITS, {"mail-sender": sender}), (TO_ADDRESS, {"address": to})):
        if passed := limits.passed(counted):
            return limits.told(passed)
    return ""
