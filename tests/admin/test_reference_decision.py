"""A reference that waits: read whole, then validated or sent back."""

import pytest

from directory.models import Participation, Reference
from tests import cast
from tests.cast import (
    admin_url,
    awaiting,
    browser_of,
    count_queries,
    messages_of,
    text_of,
)
from tests.factories import CoEntrepreneurFactory, ReferenceFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = Reference.State


def page_of(person, reference):
    return text_of(browser_of(person).get(admin_url("reference_decide", reference.pk)))


def decide(person, reference, decision, **data):
    return browser_of(person).post(
        admin_url("reference_decide", reference.pk),
        {"decision": decision, "version": reference.version} | data,
        follow=True,
    )


# --- The page ------------------------------------------------------------------------------------------------------


def test_the_page_holds_all_that_a_decision_needs(referent, member, waiting):
    Reference.objects.filter(pk=waiting.pk).update(
        amount="24500", contact_name="M. Puech", attestation="attestations/x.pdf", place="Lodève"
    )
    nora = CoEntrepreneurFactory(first_name="Nora", last_name="Haddad")
    Participation.objects.create(reference=waiting, co_entrepreneur=nora, part="cartographe")
    ReferenceFactory(client=waiting.client, subject="Schéma cyclable communal")

    page = page_of(referent, waiting)

    for text in [
        "Voté à l’unanimité",
        "24 500 € HT ; le public lira « de 15 000 à 40 000 € HT »",
        "M. Puech",
        "Lodève",
        admin_url("reference_attestation", waiting.pk),
        "Nora Haddad</a> : cartographe",
        "Peut-être la même, déjà entrée",
        "Schéma cyclable communal",
        "Il manque encore : le contexte",
    ]:
        assert text in page


def test_the_page_costs_the_same_whatever_it_holds(referent, waiting):
    browser, address = browser_of(referent), admin_url("reference_decide", waiting.pk)
    short = count_queries(browser, address)
    for one in CoEntrepreneurFactory.create_batch(4):
        Participation.objects.create(reference=waiting, co_entrepreneur=one)
        ReferenceFactory(client=waiting.client, subject=waiting.subject)

    assert count_queries(browser, address) == short


def test_what_is_written_is_shown_and_nothing_of_it_runs(referent, waiting):
    Reference.objects.filter(pk=waiting.pk).update(mission="<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page_of(referent, waiting)


# --- The decision --------------------------------------------------------------------------------------------------


def test_publishing_is_one_gesture(referent, member):
    reference = awaiting(co_entrepreneur=member, publishable=False)
    page = page_of(referent, reference)

    response = decide(referent, reference, "publish")

    reference.refresh_from_db()
    assert "Valider et publier" in page
    assert (reference.publishable, reference.state) == (True, State.VALIDATED)
    assert "se montre sur les fiches publiques" in messages_of(response)[0]


def test_validating_alone_publishes_nothing(referent, member):
    reference = awaiting(co_entrepreneur=member, publishable=False)

    decide(referent, reference, "validate")

    reference.refresh_from_db()
    assert (reference.publishable, reference.state) == (False, State.VALIDATED)


def test_validating_says_where_it_shows(referent, waiting):
    response = decide(referent, waiting, "validate", comment="Bravo")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (State.VALIDATED, referent.user)
    assert "elle se montre sur les fiches publiques" in messages_of(response)[0]
    assert "par Claire Fabre" in text_of(response)
    assert [mail.to for mail in run_jobs()] == [["lucie@example.org"]]


def test_validating_without_an_agreement_says_that_it_stays_private(referent, member):
    response = decide(referent, awaiting(co_entrepreneur=member, publishable=False), "validate")

    assert "n’est pas publique" in messages_of(response)[0]


def test_asking_needs_words_and_keeps_those_typed(referent, waiting):
    refused = decide(referent, waiting, "ask", comment="  ")
    decide(referent, waiting, "ask", comment="Et le lieu ?")

    assert "Dites ce qu’il faut compléter." in text_of(refused)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.comment) == (State.CHANGES_ASKED, "Et le lieu ?")


def test_the_second_of_two_who_decide_is_told(referent, waiting):
    decide(cast.administrator(), waiting, "validate")

    response = decide(referent, waiting, "ask", comment="Trop tard")

    assert "a été validée par" in messages_of(response)[0]
    assert Reference.objects.get().state == State.VALIDATED


def test_what_changed_meanwhile_is_read_again_and_the_comment_stays(referent, waiting):
    Reference.objects.filter(pk=waiting.pk).update(version=2, place="Sète")

    response = decide(referent, waiting, "validate", comment="Un mot tapé")

    page = text_of(response)
    assert "Relisez, puis décidez de nouveau." in page
    assert "Sète" in page
    assert "Un mot tapé" in page
    assert Reference.objects.get().state == State.TO_VALIDATE
    decide(referent, Reference.objects.get(), "validate")
    assert Reference.objects.get().state == State.VALIDATED


@pytest.mark.parametrize("data", [{"decision": "detruire"}, {"version": "x"}, {"comment": "x" * 2001}])
def test_what_the_page_does_not_offer_decides_nothing(referent, waiting, data):
    browser_of(referent).post(
        admin_url("reference_decide", waiting.pk), {"decision": "validate", "version": "1", "comment": ""} | data
    )

    assert Reference.objects.get().state == State.TO_VALIDATE


@pytest.mark.parametrize("decision", ["validate", "ask"])
def test_another_referent_decides_nothing(waiting, decision):
    assert decide(cast.referent(), waiting, decision, comment="Non").redirect_chain == [("/admin/", 302)]
    assert Reference.objects.get().state == State.TO_VALIDATE


def test_what_nobody_keeps_is_decided_by_administrators(referent, waiting):
    Reference.objects.update(co_entrepreneur=None)

    assert browser_of(referent).get(admin_url("reference_decide", waiting.pk)).url == "/admin/"
    assert browser_of(cast.administrator()).get(admin_url("reference_decide", waiting.pk)).status_code == 200
