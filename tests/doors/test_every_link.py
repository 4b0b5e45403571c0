"""Every link that the house mails: past its term, and after its use where it writes, it changes nothing and says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from directory.accounts.actions import send_password_link
from directory.doors import links
from directory.doors.links import SignedLink
from directory.models import AccessLink, Alert, GroupMessage, ListingAgreement, ListingRequest
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.message import actions as group_messages
from directory.sourcing.record import actions as records
from tests.cast import State, lead_of, led, link_in, seat, text_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

COOPERATIVE = f"mailto:{settings.COOPERATIVE['email']}"
PASSWORD = "une-autre-phrase-longue"
# What a visit alone writes: how often one came.
COUNTED = {"directory_ratelimit", "procrastinate_workers"}


@dataclass(frozen=True)
class Kind:
    """A kind of link that mails carry.

    Attributes:
        make: makes one, and gives its address.
        use: writes by it; None for one that only lets in.
        lasts: how long it serves.
        again: where its page, once dead, says to get another.
    """

    make: Callable
    use: Callable
    lasts: timedelta
    again: str


def access(kind):
    return lambda: kind.path(AccessLink.objects.create(email=CoEntrepreneurFactory().email))


def click(url):
    Client().post(url)


def status():
    return links.LISTING_STATUS.path(ListingRequestFactory())


def withdraw(url):
    Client().post(f"{url}retrait/")


def agreement():
    fiche = CoEntrepreneurFactory(client_public=False)
    asked = ListingAgreement.objects.create(co_entrepreneur=fiche, asked_by=ReferentFactory().user)
    return links.LISTING_AGREEMENT.path(asked)


def agree(url):
    Client().post(url, {"answer": "oui"})


def objection():
    return links.OBJECTION.path(CoEntrepreneurFactory())


def invitation():
    consultation = led(deadline=timezone.now() + timedelta(days=300))
    return links.INVITATION.path(seat(consultation, state=State.INVITED))


def password():
    send_password_link(email=ReferentFactory().user.email)
    [mail] = run_jobs()
    return link_in(mail, "mot-de-passe")


def choose(url):
    browser = Client()
    page = browser.get(url, follow=True)
    browser.post(page.request["PATH_INFO"], {"new_password1": PASSWORD, "new_password2": PASSWORD})


def alert_to_confirm():
    alerts.ask(email="achats@example.org", query="q=accueil", rhythm=7)
    [mail] = run_jobs()
    return link_in(mail, "alertes/confirmer")


def alert_running(page):
    def make():
        alerts.confirm(alert_pk=links.ALERT_CONFIRMATION.key(alert_to_confirm().split("/")[-2]))
        return reverse(page, args=[links.ALERT.token(Alert.objects.get())])

    return make


def record_email():
    record = records.start(need="Former les agents", organisation="")
    records.ask_email(record_pk=record.pk, email="achats@example.org")
    [mail] = run_jobs()
    return link_in(mail, "selection/dossier/confirmer")


def keep(url):
    Client().post(url, {"action": "keep"})


def group_to_confirm():
    message = GroupMessage(
        name="A",
        organisation="Mairie",
        email="a@example.org",
        subject="Objet",
        message="Besoin",
        # Answers are awaited for as long as any link of it lasts.
        answer_by=timezone.localdate() + links.GROUP_MESSAGE.lasts + timedelta(days=2),
    )
    group_messages.ask(message=message, fiches=CoEntrepreneurFactory.create_batch(2, listed=True))
    [mail] = run_jobs()
    return link_in(mail, "messages/confirmer")


def group_sent(page):
    def make():
        group_messages.confirm(message_pk=links.GROUP_CONFIRMATION.key(group_to_confirm().split("/")[-2]))
        message = GroupMessage.objects.get()
        if page == "group_messages:answer":
            return links.GROUP_ANSWER.path(message.recipients.first())
        return reverse(page, args=[links.GROUP_MESSAGE.token(message)])

    return make


def close(url):
    Client().post(url, {"action": "close"})


def say_interested(url):
    Client().post(url, {"answer": "interested"})


KINDS = {
    "listing:link": Kind(access(links.LISTING), click, links.LISTING.lasts, "/referencement/demande/"),
    "my_space:link": Kind(access(links.MY_SPACE), click, links.MY_SPACE.lasts, "/mon-espace/connexion/"),
    "listing:status": Kind(status, withdraw, links.LISTING_STATUS.lasts, "/referencement/demande/"),
    "listing:withdraw": Kind(
        lambda: f"{status()}retrait/", click, links.LISTING_STATUS.lasts, "/referencement/demande/"
    ),
    "listing:agreement": Kind(agreement, agree, links.LISTING_AGREEMENT.lasts, COOPERATIVE),
    "listing:objection": Kind(objection, click, links.OBJECTION.lasts, COOPERATIVE),
    "tenders:invitation": Kind(
        invitation, lambda url: Client().post(url, {"answer": "accept"}), links.INVITATION.lasts, "/consultations/"
    ),
    "alerts:confirm": Kind(alert_to_confirm, click, links.ALERT_CONFIRMATION.lasts, "/catalogue/"),
    "alerts:alert": Kind(alert_running("alerts:alert"), keep, links.ALERT.lasts, "/catalogue/"),
    "alerts:stop": Kind(alert_running("alerts:stop"), click, links.ALERT.lasts, "/catalogue/"),
    "group_messages:confirm": Kind(group_to_confirm, click, links.GROUP_CONFIRMATION.lasts, "/catalogue/"),
    "group_messages:message": Kind(
        group_sent("group_messages:message"), close, links.GROUP_MESSAGE.lasts, "/catalogue/"
    ),
    "group_messages:delete": Kind(group_sent("group_messages:delete"), click, links.GROUP_MESSAGE.lasts, "/catalogue/"),
    "group_messages:answer": Kind(
        group_sent("group_messages:answer"), say_interested, links.GROUP_ANSWER.lasts, "/mon-espace/"
    ),
    "sourcing:record_confirm": Kind(record_email, click, links.RECORD_EMAIL.lasts, "/catalogue/"),
    "admin:password_reset_confirm": Kind(
        password, choose, timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT), "/admin/mot-de-passe/"
    ),
}
# All that one may send by any of these pages.
SENT = {"answer": "decline", "word": "Trop tard", "new_password1": PASSWORD, "new_password2": PASSWORD}


def state_of_everything():
    """Every row of the database, by table: sessions too, since a dead link lets nobody in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({name for (name,) in cursor.fetchall()} - COUNTED)
        fingerprints = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(r::text, chr(10) ORDER BY r::text), '')) FROM \"{table}\" r"
            )
            fingerprints[table] = cursor.fetchone()[0]
    return fingerprints


def patterns_with_a_token(resolver=None, prefix=""):
    """The names of the addresses that carry a token."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns_with_a_token(pattern, inner)
        elif re.search(r"token|key|uid", str(pattern.pattern)):
            yield f"{prefix}{pattern.name}"


@pytest.fixture
def later(monkeypatch):
    def later(delay):
        now = timezone.now() + delay
        monkeypatch.setattr(timezone, "now", lambda: now)
        told = datetime.now() + delay  # noqa: DTZ005 as Django counts it
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _self: told)

    return later


def test_every_kind_is_walked():
    assert {kind.page for kind in vars(links).values() if isinstance(kind, SignedLink)} <= set(KINDS)
    assert set(patterns_with_a_token()) == set(KINDS), "a new kind of link: say here how it is made, used and renewed"


def test_links_are_signed_in_one_place():
    """What else is signed is in no mail: it comes back in the form or the page that it was shown on."""
    signing = re.compile(r"Signer\(|signing\.|make_token\(")
    root = Path(settings.BASE_DIR)
    files = [path for room in ("directory", "crealead") for path in (root / room).rglob("*.py")]
    assert {str(path.relative_to(root)) for path in files if signing.search(path.read_text(encoding="utf-8"))} == {
        "directory/doors/links.py",
        "directory/accounts/emails.py",
        "directory/catalogue/need_page.py",
        "directory/catalogue/contact_page.py",
        "directory/forms/files.py",
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_serves_until_its_term(kind, later):
    url = kind.make()
    later(kind.lasts - timedelta(minutes=1))
    before = state_of_everything()

    kind.use(url)

    assert state_of_everything() != before


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("delay", [timedelta(seconds=1), timedelta(days=720)])
def test_past_its_term_it_changes_nothing_and_says_how_to_get_another(kind, delay, later):
    url = kind.make()
    later(kind.lasts + delay)

    assert_is_dead(kind, url)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_after_its_use_it_changes_nothing(kind):
    url = kind.make()
    kind.use(url)
    before = state_of_everything()

    response = Client().post(url, SENT)
    kind.use(url)

    assert response.status_code in {200, 302, 409, 410}
    assert state_of_everything() == before


# Django's own leads to an address without it before it shows a page.
@pytest.mark.parametrize("page", sorted(KINDS.keys() - {"admin:password_reset_confirm"}))
@pytest.mark.parametrize("delay", [timedelta(0), timedelta(days=720)])
def test_its_address_is_told_to_no_other_page(page, delay, later):
    url = KINDS[page].make()
    later(delay)

    for answer in (Client().get(url), Client().post(url, SENT)):
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]


def assert_is_dead(kind, url):
    before = state_of_everything()
    browser = Client()

    page = browser.get(url, follow=True)
    posted = browser.post(page.request["PATH_INFO"], SENT)
    kind.use(url)

    assert f'href="{kind.again}' in page.text
    assert "Ce lien ne" in text_of(page)
    assert posted.status_code in {200, 410}
    assert "Ce lien ne" in text_of(posted)
    assert state_of_everything() == before


@pytest.mark.parametrize("kind", [KINDS["listing:status"], KINDS["tenders:invitation"]])
def test_a_dead_page_does_not_tell_whether_there_was_anything(kind, later):
    url, gone = kind.make(), kind.make()
    later(kind.lasts)
    ListingRequest.objects.filter(pk=links.LISTING_STATUS.key(gone.split("/")[-2])).delete()

    assert Client().get(url).text == Client().get(gone).text


def test_a_request_that_was_written_again_is_written_no_more_by_the_first_link():
    request = ListingRequestFactory()
    first = links.LISTING_STATUS.path(request)
    browser = Client()
    opened = browser.post(first)
    browser.post(opened.url, {"headline": "Une accroche récrite", "public_offer": "Autre chose."})
    ListingRequest.objects.filter(pk=request.pk).update(corrected_at=timezone.now())

    page, posted = Client().get(first), Client().post(first)
    withdrawal = Client().post(f"{first}retrait/")

    assert page.status_code == 200
    assert "il ne sert plus qu’à la lire" in text_of(page)
    assert "Retirer ma demande" not in page.text
    assert (posted.status_code, withdrawal.status_code) == (410, 302)
    assert ListingRequest.objects.get().is_open


def test_one_of_before_the_links_said_when_they_were_made_dies_with_its_request():
    request = ListingRequestFactory(submitted_at=timezone.now() - timedelta(days=720))
    former = Signer(salt="referencing.status", sep=".").sign(request.pk)

    assert Client().post(f"/referencement/demande/suivi/{former}/").status_code == 410
    assert Client().post(f"/referencement/demande/suivi/{former}/retrait/").status_code == 410
    request.refresh_from_db()
    assert request.is_open


def test_who_is_invited_again_answers_by_the_new_link():
    consultation = led()
    invited = seat(consultation, state=State.INVITED)
    first = links.INVITATION.path(invited)
    type(invited).objects.filter(pk=invited.pk).update(invited_at=timezone.now())

    page, posted = Client().get(first), Client().post(first, {"answer": "accept"})

    assert "Vous avez été invité de nouveau depuis" in text_of(page)
    assert lead_of(consultation)
    assert posted.status_code == 410
    invited.refresh_from_db()
    assert invited.is_invited
