"""What is new among the results of a search, as an Atom feed: fiches listed or updated, the latest first."""

from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import DateTimeField
from django.db.models.functions import Cast, Greatest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from crealead.words import sayable
from directory.catalogue.search_urls import feed_url, list_url
from directory.models import CoEntrepreneur

MOST_ENTRIES = 50


class _Feed(Atom1Feed):
    def latest_post_date(self):
        """That of the latest entry; of an empty feed, the beginning of the day, so that a day has one answer."""
        if self.items:
            return super().latest_post_date()
        return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _tag(name):
    """An identifier that lasts whatever becomes of addresses (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{name}"


def feed_of(search):
    """The feed of a `CatalogueFilter`, as text."""
    address = settings.SITE_URL + list_url(search)
    published = CoEntrepreneur.objects.published()
    if search.active:
        published = published.filter(pk__in=list(search.fiches))
    own = settings.SITE_URL + feed_url(search)
    feed = _Feed(
        title=f"{sayable(search.summary)} – Crealead, entrée client public",
        link=address,
        description="",
        language="fr",
        feed_url=own,
        feed_guid=_tag(f"recherche/{sha256(own.partition('?')[2].encode()).hexdigest()[:20]}"),
        author_name=settings.COOPERATIVE["name"],
    )
    news = Greatest("content_updated_at", Cast("listed_since", DateTimeField()))
    for fiche in published.with_card().annotate(news=news).order_by("-news", "-pk")[:MOST_ENTRIES]:
        feed.add_item(
            title=sayable(" – ".join(filter(None, [fiche.name, fiche.trade_name, fiche.headline]))),
            link=settings.SITE_URL + fiche.get_absolute_url(),
            # Alone among the texts, Django says that it is HTML.
            description=escape(sayable(fiche.headline or fiche.name)),
            unique_id=_tag(f"fiche/{fiche.pk}"),
            updateddate=fiche.news,
        )
    return feed.writeString("utf-8")
