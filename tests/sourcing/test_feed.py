"""The feed of a search, the cards of a selection, and the links that lead to them."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from lxml import etree, html

from directory.models import CoEntrepreneur, Consent
from tests.factories import CoEntrepreneurFactory

from .files import KINDS, fiche, sent

pytestmark = pytest.mark.django_db


def test_vcards_follow_each_consent(client):
    agreed, silent = fiche(phone="0612345678"), fiche(phone="0687654321")
    Consent.objects.create(co_entrepreneur=agreed, item=Consent.Item.PHONE)

    cards = sent(client, f"/selection/cartes.vcf?f={silent.slug}&f={agreed.slug}").decode()

    assert cards.count("BEGIN:VCARD") == 2
    assert "612345678" in cards.replace(" ", "")
    assert "687654321" not in cards.replace(" ", "")


ATOM = "{http://www.w3.org/2005/Atom}"
TEXTS = ["title", "summary"]


def test_feed_of_a_search(client, settings):
    older = fiche(headline="Formation", content_updated_at=timezone.now() - timedelta(days=60))
    newer = fiche(headline="Formation")
    CoEntrepreneur.objects.update(listed_since=date(2026, 1, 1))
    fiche(headline="Peinture")

    feed = etree.fromstring(sent(client, "/catalogue/flux.atom?q=formation"))

    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    assert links == [settings.SITE_URL + row.get_absolute_url() for row in (newer, older)]
    ids = [row.text for row in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert all(row.startswith("tag:") for row in ids)
    assert feed.find(f"{ATOM}updated") is not None
    assert sent(client, "/catalogue/flux.atom?q=formation") == sent(client, "/catalogue/flux.atom?q=formation")


def read_by_a_reader(element):
    """A text of a feed as readers show it: what is said to be HTML is read as such (RFC 4287, 3.1)."""
    if element.get("type") == "html":
        return html.fromstring(f"<div>{element.text}</div>").text_content()
    return element.text


def test_what_people_wrote_is_words_to_the_readers_of_a_feed(client, settings):
    hostile = 'AMO < 40 000 € & <b>gras</b> &lt;i> <script src="x">'
    settings.COOPERATIVE = settings.COOPERATIVE | {"name": hostile}
    person = fiche(first_name="<b>Léa</b>", last_name="A&amp;B", trade_name="<i>Une & deux", headline=hostile)
    silent = fiche(first_name="<b>Noé</b>", last_name="C & D", trade_name="", headline="")

    feed = etree.fromstring(sent(client, "/catalogue/flux.atom"))
    of_a_search = etree.fromstring(sent(client, "/catalogue/flux.atom?q=%3Cb%3Egras%3C/b%3E"))

    texts = {
        entry.find(f"{ATOM}link").get("href"): [read_by_a_reader(entry.find(f"{ATOM}{name}")) for name in TEXTS]
        for entry in feed.iter(f"{ATOM}entry")
    }
    assert texts == {
        settings.SITE_URL + person.get_absolute_url(): [f"{person.name} – <i>Une & deux – {hostile}", hostile],
        settings.SITE_URL + silent.get_absolute_url(): ["<b>Noé</b> C & D", "<b>Noé</b> C & D"],
    }
    assert [author.text for author in feed.iter(f"{ATOM}name")] == [hostile]
    assert "<b>gras</b>" in read_by_a_reader(of_a_search.find(f"{ATOM}title"))


def test_who_has_just_joined_comes_first_however_old_what_they_wrote(client, settings):
    updated, joined = (fiche(content_updated_at=timezone.now() - timedelta(days=days)) for days in (10, 60))
    CoEntrepreneur.objects.filter(pk=updated.pk).update(listed_since=timezone.localdate() - timedelta(days=300))

    feed = etree.fromstring(sent(client, "/catalogue/flux.atom"))

    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    assert links == [settings.SITE_URL + row.get_absolute_url() for row in (joined, updated)]


def test_identifiers_of_the_feed_last(client):
    """Whatever the name of the fiche, the order and the page that one came from, and the search."""
    person = fiche(headline="Formation des élus")

    def ids(query):
        feed = etree.fromstring(sent(client, f"/catalogue/flux.atom?{query}"))
        return feed.findtext(f"{ATOM}id"), [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]

    own, entries = ids("q=formation")
    same = [ids(f"q=formation&{more}") for more in ("tri=nom", "page=2", "graine=2026-01-02", f"f={person.slug}")]
    other, other_entries = ids("q=élus")
    former = person.get_absolute_url()
    person.last_name, person.slug = "Autrement", ""
    person.save()
    renamed = ids("q=formation")

    assert person.get_absolute_url() != former
    assert [*same, renamed] == [(own, entries)] * 5
    assert other_entries == entries
    assert other != own


def test_feed_holds_fifty_at_most_and_may_hold_none(client):
    assert b"<entry>" not in sent(client, "/catalogue/flux.atom?q=zzzzqqq")
    CoEntrepreneurFactory.create_batch(52, listed=True)
    assert sent(client, "/catalogue/flux.atom").count(b"<entry>") == 50


def test_results_lead_to_the_files_and_the_feed(client):
    fiche(headline="Formation")

    page = client.get("/catalogue/?q=formation").text

    assert re.findall(r'<a href="([^"]+)" data-export="(\w+)"', page) == [
        (f"/catalogue/export.{kind}?q=formation", kind) for kind in KINDS
    ]
    assert "1 ligne" in page.replace("\u00a0", " ")
    assert 'type="application/atom+xml" title' in page
