"""A request that was sent: read again and corrected while nobody has decided."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crealead.words import moment
from directory.listing import actions
from directory.models import CoEntrepreneur, ListingRequest
from tests.cast import link_in
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs
from tests.listing.entering import FORM, START, answer, correct, enter, filled, leads_to_status, status_url

pytestmark = pytest.mark.django_db
State = ListingRequest.State
EMAIL = "nora@example.org"


def test_a_sent_request_is_read_again_and_corrected_while_nobody_has_decided(client):
    listing_request = ListingRequestFactory(headline="Accroche d’avant", consents=["phone"])
    since = ListingRequest.objects.get().submitted_at

    opened = client.post(status_url(listing_request))
    page = client.get(opened.url)
    done = correct(client, headline="Accroche d’après", consents=[])

    listing_request.refresh_from_db()
    mails = {to: mail for mail in run_jobs() for to in mail.to}
    mail, receipt = mails[listing_request.referent.email], mails[listing_request.email]
    assert page.context["form"]["headline"].value() == "Accroche d’avant"
    assert leads_to_status(done.url, listing_request)
    assert (listing_request.headline, listing_request.consents) == ("Accroche d’après", [])
    assert (listing_request.state, listing_request.submitted_at) == (State.SUBMITTED, since)
    assert "corriger" in mail.body
    assert "Votre correction est bien partie" in receipt.subject
    assert "- Accroche\n  avant : Accroche d’avant\n  maintenant : Accroche d’après" in receipt.body.replace(
        "\xa0", " "
    )
    assert "- Consentements\n  avant : Téléphone\n  maintenant : rien" in receipt.body.replace("\xa0", " ")
    assert "Mot au référent" not in receipt.body
    assert leads_to_status(link_in(receipt, "/suivi/"), listing_request)


def test_who_reads_the_former_version_is_told_and_decides_nothing(client, referent):
    from tests.cast import admin_url, browser_of

    listing_request = ListingRequestFactory(co_entrepreneur=CoEntrepreneurFactory(referent=referent))
    browser, url = browser_of(referent), admin_url("listingrequest_decide", listing_request.pk)
    seen = browser.get(url).context["listing_request"].version
    client.post(status_url(listing_request))
    correct(client, headline="Accroche d’après")

    refused = browser.post(url, {"decision": "accept", "seen": seen, "comment": "Bravo"})
    listing_request.refresh_from_db()
    state = listing_request.state
    browser.post(url, {"decision": "accept", "seen": refused.context["listing_request"].version})

    listing_request.refresh_from_db()
    assert "vient de corriger cette demande" in refused.text
    assert "Bravo" in refused.text
    assert "Corrigée par son auteur" in refused.text
    assert state == State.SUBMITTED
    assert listing_request.state == State.ACCEPTED


def test_what_changed_in_a_long_text_is_in_the_receipt(client):
    beginning = "Une offre. " * 50
    listing_request = ListingRequestFactory(public_offer=f"{beginning}Deux jours.")
    client.post(status_url(listing_request))

    correct(client, headline=listing_request.headline, public_offer=f"{beginning}Trois jours.")

    body = next(mail.body for mail in run_jobs() if mail.to == [listing_request.email])
    assert "Deux jours." in body
    assert "Trois jours." in body
    assert max(map(len, body.splitlines())) < 260


def test_a_correction_that_changes_nothing_tells_nobody(client):
    enter(client, CoEntrepreneurFactory().email)
    answer(client)
    run_jobs()
    client.post(status_url(ListingRequest.objects.get()))

    done = correct(client)

    assert done.status_code == 302
    assert run_jobs() == []
    assert "Corrigée le" not in client.get(done.url).text


def test_each_correction_is_in_the_history_of_the_page(client):
    listing_request = ListingRequestFactory(submitted_at=timezone.now() - timedelta(days=2))
    client.post(status_url(listing_request))
    correct(client, headline="Première correction")
    ListingRequest.objects.update(corrected_at=timezone.now() - timedelta(days=1))
    client.post(status_url(listing_request))
    sent = correct(client, headline="Seconde correction")

    page = client.get(sent.url)

    assert "Demande corrigée" in page.text
    assert page.text.count("puis le") >= 1
    assert moment(timezone.now() - timedelta(days=1)) in page.text


@pytest.mark.parametrize(
    ("is_asked", "title", "button"),
    [
        (False, "Vos corrections ne sont pas encore envoyées", "Envoyer la correction"),
        (True, "Vos compléments ne sont pas encore envoyés", "Renvoyer ma demande"),
    ],
)
def test_what_is_saved_and_not_sent_is_told_wherever_one_comes_back(client, is_asked, title, button):
    listing_request = ListingRequestFactory()
    url = status_url(listing_request)
    if is_asked:
        actions.ask_for_changes(request_pk=listing_request.pk, by=listing_request.referent.user, comment="Et ?")
    form = client.post(url).url
    before = client.get(url)

    saved = client.post(form, filled(headline="Pas encore envoyée", aller="plus-tard"), follow=True)
    after, again = Client().get(url), client.get(form)
    sent = client.post(form, filled(headline="Pas encore envoyée", seen=again.context["seen"]), follow=True)

    assert title not in before.text
    assert all(title in page.text for page in (saved, after, again))
    assert "n’est pas encore partie" not in saved.text
    assert f'href="{form}"' in saved.text
    assert "Reprendre, et envoyer" in after.text
    assert again.text.count(f"{button}</button>") == 2
    assert title not in sent.text


def test_a_request_that_was_only_read_again_has_nothing_to_send(client):
    enter(client, CoEntrepreneurFactory().email)
    answer(client)
    listing_request = ListingRequest.objects.get()
    client.post(status_url(listing_request))

    saved = client.post(f"{FORM}?corriger=1", filled(aller="plus-tard"), follow=True)

    assert "Votre demande reste telle que vous l’avez envoyée" in saved.text
    assert "pas encore" not in client.get(status_url(listing_request)).text


@pytest.mark.parametrize("decision", ["accept", "refuse", "ask"])
def test_a_correction_that_comes_after_the_decision_loses_nothing(client, decision):
    listing_request = ListingRequestFactory()
    client.post(status_url(listing_request))
    by = {"request_pk": listing_request.pk, "by": listing_request.referent.user}
    {
        "accept": lambda: actions.accept(**by),
        "refuse": lambda: actions.refuse(**by, reason="offer_unclear"),
        "ask": lambda: actions.ask_for_changes(**by, comment="Précisez."),
    }[decision]()

    response = correct(client, headline="Ma correction")

    listing_request.refresh_from_db()
    assert response.status_code == 409
    assert "Ma correction" in response.text
    assert "Ce que vous avez écrit est gardé" in response.text
    assert listing_request.headline != "Ma correction"
    assert client.get(FORM).context["form"]["headline"].value() == "Ma correction"


def test_a_consent_ticked_in_a_correction_counts_from_then(client):
    listing_request = ListingRequestFactory(submitted_at=timezone.now() - timedelta(days=2))
    client.post(status_url(listing_request))
    correct(client, phone="04 67 12 34 56", consents=["phone"])

    actions.accept(request_pk=listing_request.pk, by=listing_request.referent.user)

    consent = CoEntrepreneur.objects.get().consents.get()
    assert consent.given_at > timezone.now() - timedelta(hours=1)


def test_a_link_whose_visit_was_not_kept_opens_again(client, monkeypatch):
    client.post(START, {"email": "inconnue@example.org"})
    [message] = run_jobs()
    link = link_in(message, "/demande/")

    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.sessions.backends.db.SessionStore.save", lambda *_arguments, **_options: 1 / 0)
        failed = Client(raise_request_exception=False).post(link)

    assert failed.status_code == 500
    assert client.post(link).url == FORM
