"""What the pages of a message to a co-entrepreneur say: the need that a search brings, and what was just sent.

What was sent is shown again to the browser that sent it, for an hour, and to nobody else. The address carries a signed
and dated token, bound to the secret that guards the form: no cookie is set for it, nobody is named in it, and whoever
the address is shared with has another secret.
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, TimestampSigner
from django.middleware.csrf import get_token
from django.urls import reverse

from crealead.words import moment
from directory.models import ContactMessage
from directory.search.filters import CatalogueFilter

SHOWN_FOR = timedelta(hours=1)
TOKEN = "envoi"  # noqa: S105 the name of a parameter
# What says what is needed, and where; the other criteria say of whom.
WHAT, WHERE = ["domaine", "competence", "cpv", "label"], "departement"


class Search:
    """The search that one comes from, as the catalogue reads its query string; what isn't one says nothing."""

    def __init__(self, data, index):
        self._filter = CatalogueFilter(data, index)

    @property
    def query(self):
        """Its query string, with its « ? »; empty for none."""
        return self._filter.query_string

    @property
    def need(self):
        """What it asks for, in words that the buyer goes on writing."""
        text = self._filter.filters["q"].text
        lines = [text[:1].upper() + text[1:], *(self._words(name) for name in WHAT)]
        return "\n".join(filter(None, lines))

    @property
    def place(self):
        """Where: the departments that were chosen, or else the places that the words name."""
        chosen = [term.label for term in self._filter.values[WHERE]]
        named = [zone.name for zone in self._filter.need.places.values()]
        return ", ".join(chosen or named)[: ContactMessage.LONGEST_DETAIL]

    def _words(self, name):
        criterion = self._filter.filters[name]
        return f"{criterion.title} : {criterion.words}" if criterion.is_active else ""


def sent_url(request, slug, *, message, query):
    """The address of the page that shows this browser what it just sent; without a message, it shows none."""
    url = reverse("catalogue:contact_sent", args=[slug]) + query
    if message is None:
        return url
    return f"{url}{'&' if query else '?'}{urlencode({TOKEN: _signer(_secret(request)).sign(message.pk)})}"


def just_sent(request, fiche):
    """The message to `fiche` that this browser sent within the hour, by the address; None for anything else."""
    secret = request.META.get("CSRF_COOKIE")
    try:
        pk = int(_signer(secret).unsign(request.GET.get(TOKEN, ""), max_age=SHOWN_FOR)) if secret else None
    except BadSignature:
        return None
    return fiche.contact_messages.filter(pk=pk).first()


def details_of(message):
    """What is shown of a message: (name, value), the empty left out."""
    told = [
        ("Envoyé", f"le {moment(message.created_at)}"),
        ("Besoin", message.message),
        *message.details,
        ("Par", f"{message.name}, {message.organisation}"),
        ("Réponse attendue à", message.email),
        ("Téléphone", message.phone),
    ]
    return [(name, value) for name, value in told if value]


def _secret(request):
    """What guards the form in this browser, given to it now if it has none."""
    get_token(request)
    return request.META["CSRF_COOKIE"]


def _signer(secret):
    return TimestampSigner(salt=f"catalogue.contact_sent:{secret}")
