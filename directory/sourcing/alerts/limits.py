"""How many alerts are asked for, and what is said past it."""

from crealead.rate_limit import Limits

LIMITS = Limits(
    scope="alert",
    most={"sender": 20, "address": 6},
    reasons={
        "sender": "Plusieurs alertes viennent d’être demandées depuis votre réseau.",
        "address": "Plusieurs alertes viennent d’être demandées pour cette adresse.",
    },
    advice="Regardez votre boîte, et le dossier des indésirables"
    "\N{NO-BREAK SPACE}; sinon, réessayez à partir de {hour}.",
)
