"""The mails of alerts: each says which search it is about, and how to end it."""

from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from crealead.mail import page_url, queue_mail
from crealead.words import clipped, day
from directory.doors import links
from directory.search.facets import DepartmentFacet
from directory.search.order import Results
from directory.search.reasons import HEADLINE

from .searches import asks, search_of, sentence_of, sentence_without_words

# How many fiches a mail tells; the link shows them all.
MOST_TOLD = 5
LONGEST_SUBJECT = 80


@dataclass(frozen=True)
class Because:
    """Why a fiche answers, as `html`, with what answered in <mark>, and as plain `text`."""

    name: str
    html: SafeString

    @property
    def text(self):
        return unescape(strip_tags(self.html))


@dataclass(frozen=True)
class Fiche:
    """A new fiche, as a mail tells it."""

    title: str
    # Who does it, when the title says only the trade name.
    by: str
    headline: Because
    zone: str
    url: str
    reasons: list[Because]


@dataclass(frozen=True)
class Told:
    """What a mail says of the news of a search."""

    title: str
    subject: str
    fiches: list[Fiche]
    see: str

    @classmethod
    def of(cls, search):
        """What is said of a search that shows its news alone."""
        number, criteria = search.total, asks(search)
        title = "1 nouvelle fiche" if number == 1 else f"{number} nouvelles fiches"
        see = "Voir cette fiche" if number == 1 else f"Voir ces {number} fiches"
        shown = Results(search)[:MOST_TOLD]
        return cls(title, clipped(title + criteria, LONGEST_SUBJECT), [_told(search, fiche) for fiche in shown], see)


def _told(search, fiche):
    return Fiche(
        fiche.trade_name or fiche.name,
        fiche.name if fiche.trade_name else "",
        Because(HEADLINE, fiche.said.headline),
        fiche.said.zone,
        settings.SITE_URL + fiche.get_absolute_url(),
        because(search, fiche),
    )


def because(search, fiche):
    """Why one of its `Results` answers a search, whatever it has in common with the others."""
    reasons = [Because(reason.name, reason.text) for reason in fiche.reasons]
    said = {reason.name for reason in reasons}
    for facet in search.facets:
        # The zone is told just above, those departments that are asked for first.
        is_to_say = facet.is_active and str(facet.label) not in said and facet.name != DepartmentFacet.name
        words = facet.reason(fiche, facet.asked) if is_to_say else ""
        if words:
            reasons.append(Because(str(facet.label), words))
    # The headline is told whole, just above.
    return [reason for reason in reasons if reason.name != HEADLINE] or reasons


def to_confirm(alert, search):
    """Until its address has confirmed, nothing says that who typed the search is its reader: its words aren't told."""
    _queue(
        alert,
        search,
        "alert_to_confirm",
        sentence=sentence_without_words(search),
        url=links.ALERT_CONFIRMATION.url(alert),
    )


def already(alert, search):
    _queue(alert, search, "alert_already")


def too_many(email, alerts, index):
    rows = [(sentence_of(search_of(alert.query, index=index)), links.ALERT.url(alert)) for alert in alerts]
    queue_mail(to=email, template="alert_too_many", context={"rows": rows}, html=True)


def news(alert, search, told):
    _queue(alert, search, "alert_news", told=told)


def ending(alert, search):
    _queue(alert, search, "alert_ending", ends_on=day(alert.ends_on))


def _queue(alert, search, template, **context):
    """One that runs can be ended from any of its mails."""
    token = links.ALERT.token(alert)
    context = {
        "sentence": sentence_of(search),
        "rhythm": alert.get_rhythm_display(),
        "url": page_url("alerts:alert", token),
        "stop_url": page_url("alerts:stop", token),
    } | context
    unsubscribe = context["stop_url"] if alert.confirmed_at else ""
    queue_mail(to=alert.email, template=template, context=context, html=True, unsubscribe=unsubscribe)
