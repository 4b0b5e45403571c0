"""How a name is asked about in a request that is written in several times."""

import pytest
from django.test import Client

from directory.listing import actions
from directory.models import ListingRequest
from tests.factories import ReferentFactory
from tests.listing.asking import submit_unknown
from tests.listing.entering import FORM, answer, correct, enter, filled, leads_to_status, leave, status_url

pytestmark = pytest.mark.django_db
EMAIL = "nora@example.org"


def test_a_name_written_oddly_is_questioned_then_written_as_answered(client):
    who = {"first_name": "camille", "last_name": "DUPONT", "referent": ReferentFactory().pk}
    enter(client, EMAIL)

    asked = answer(client, **who)
    asked_about = asked.context["form"]["names_asked"].value()
    answer(client, **who, names="usual", names_asked=asked_about)

    assert "Est-ce bien Camille Dupont" in asked.text
    assert "Est-ce bien Camille Dupont\u00a0?</a> Vous avez écrit" in asked.text
    assert "dites comment votre nom s’écrit, il sera public." in asked.text
    assert ListingRequest.objects.get().name == "Camille Dupont"


def test_a_name_may_stay_as_it_is_typed(client):
    who = {"first_name": "bell", "last_name": "hooks", "referent": ReferentFactory().pk}
    enter(client, EMAIL)

    answer(client, **who, names="typed", names_asked="bell hooks")

    assert ListingRequest.objects.get().name == "bell hooks"


def test_another_name_is_asked_about_anew(client):
    who = {"first_name": "nora", "last_name": "NEUVE", "referent": ReferentFactory().pk}
    enter(client, EMAIL)

    response = answer(client, **who, names="typed", names_asked="bell hooks")

    assert "names" in response.context["form"].errors
    assert not ListingRequest.objects.exists()


def sent_back(form):
    """What a browser sends of the names that a form shows, with what is hidden beside them."""
    names = {"first_name": form["first_name"].value(), "last_name": form["last_name"].value()}
    hidden = {"names": form["names"].value(), "names_asked": form["names_asked"].value()}
    return names | (hidden if form.question or form.is_confirmed else {})


@pytest.mark.parametrize(("said", "name"), [("usual", "Camille Dupont"), ("typed", "camille DUPONT")])
def test_a_name_is_asked_about_once_whatever_interrupts(client, said, name):
    who = {"first_name": "camille", "last_name": "DUPONT", "referent": ReferentFactory().pk}
    enter(client, EMAIL)
    asked = leave(client, "offre", at="vous", **who)
    answered = leave(client, "offre", at="vous", **who, names=said, names_asked="camille DUPONT")
    leave(client, "plus-tard", **(who | sent_back(client.get(FORM).context["form"])))
    elsewhere = Client()
    enter(elsewhere, EMAIL)

    page = elsewhere.get(FORM)
    sent = answer(elsewhere, **(who | sent_back(page.context["form"])))

    assert "names" in asked.context["form"].errors
    assert answered.status_code == 302
    assert "Est-ce bien" not in page.text
    assert sent.status_code == 302
    assert ListingRequest.objects.get().name == name


def test_a_name_that_stayed_as_typed_is_not_asked_about_when_the_request_is_corrected(client):
    listing_request = submit_unknown(ReferentFactory(), EMAIL)
    ListingRequest.objects.update(first_name="bell", last_name="hooks")
    page = client.get(client.post(status_url(listing_request)).url)

    done = correct(client, headline="Accroche d’après", **sent_back(page.context["form"]))

    assert leads_to_status(done.url, listing_request)


def test_what_is_asked_about_a_name_changes_nothing_to_the_sum_of_what_is_left(client):
    who = {"first_name": "camille", "last_name": "DUPONT", "referent": ReferentFactory().pk}
    enter(client, EMAIL)

    pages = [client.get(FORM), answer(client, **who), client.get(FORM)]
    usual = answer(client, **who, names="usual", names_asked="camille DUPONT", headline="")

    progress = [page.context["progress"] for page in [*pages, usual]]
    assert {state.required for state in progress} == {7}
    assert [state.lacks for state in progress[1:]] == [["comment votre nom s’écrit"]] * 2 + [["votre accroche"]]
    assert "Est-ce bien Camille Dupont" in pages[2].text


def test_a_draft_of_a_correction_keeps_the_referent_that_it_did_not_show(client):
    listing_request = submit_unknown(ReferentFactory(), EMAIL)
    client.post(status_url(listing_request))
    client.post(f"{FORM}?corriger=1", filled(first_name="Nora", last_name="Neuve", aller="plus-tard"))
    referent = listing_request.referent.user
    actions.ask_for_changes(request_pk=listing_request.pk, by=referent, comment="Précisez.")
    # Only then is another one asked for.
    referent.is_active = False
    referent.save()

    form = client.get(FORM).context["form"]

    assert form["referent"].value() == listing_request.referent_id
