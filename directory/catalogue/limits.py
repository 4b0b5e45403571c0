"""How many messages leave from the catalogue, and what is said past it."""

from django.conf import settings

from crealead.rate_limit import Limits

# From one network; from it to one fiche, which it can’t close to others; from one buyer; to one fiche. Then from one
# network to the cooperative; to the cooperative.
CONTACT_LIMITS = {"network": 60, "share": 15, "buyer": 10, "fiche": 40, "need_share": 15, "need": 40}
LIMITS = Limits(
    scope="contact",
    most=CONTACT_LIMITS,
    reasons={
        "network": "Beaucoup de messages partent de votre réseau depuis une heure.",
        "share": "Plusieurs messages sont partis de votre réseau vers cette personne depuis une heure.",
        "buyer": f"Vous avez envoyé {CONTACT_LIMITS['buyer']} messages avec cette adresse depuis une heure.",
        "fiche": "Cette personne a reçu beaucoup de messages depuis une heure.",
        "need_share": "Plusieurs messages sont partis de votre réseau vers la coopérative depuis une heure.",
        "need": "La coopérative a reçu beaucoup de messages depuis une heure.",
    },
    advice="Le vôtre n’est pas parti\N{NO-BREAK SPACE}: gardez cette page ouverte et envoyez-le à partir de {hour}, "
    f"ou téléphonez-nous au {settings.COOPERATIVE['phone']}.",
)
