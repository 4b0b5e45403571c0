from django.conf import settings
from stdnum.fr import siret


def identity(_request):
    """The cooperative's identity, for every page: the keys of `settings.COOPERATIVE`, and the SIRET as it is read."""
    return {
        "cooperative": settings.COOPERATIVE | {"siret_spaced": siret.format(settings.COOPERATIVE["siret"], " ")},
        "site_url": settings.SITE_URL,
    }
