"""Who objected is remembered by fingerprints, and asked before they are in the catalogue again."""

import pytest
from django.utils import timezone

from directory.listing import actions
from directory.models import ListingAgreement, Objection
from directory.privacy import objections
from directory.privacy.vocabulary import Sought
from tests.admin.fiche_form import filled, url_of
from tests.admin.importing import upload
from tests.cast import link_in, messages_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs
from tests.listing.asking import submit

pytestmark = pytest.mark.django_db
Kind = Objection.Kind
EMAIL, PHONE, NAME = "Zoe.Quervimpt@example.org", "04 67 00 00 01", "Zoé Quervimpt"


@pytest.fixture
def left(referent):
    """Somebody who took their fiche out of the catalogue."""
    fiche = CoEntrepreneurFactory(referent=referent, listed=True, email=EMAIL, phone=PHONE)
    actions.leave_catalogue(co_entrepreneur_pk=fiche.pk)
    fiche.refresh_from_db()
    run_jobs()
    return fiche


@pytest.mark.parametrize(
    "marks",
    [{"emails": ["zoe.quervimpt@EXAMPLE.org "]}, {"phones": ["+33 4 67 00 00 01"]}, {"names": ["quervimpt zoe"]}],
)
def test_a_mark_is_known_however_it_is_typed_and_kept_as_nothing_that_reads(marks):
    assert objections.record(Sought(emails=(EMAIL,), phones=(PHONE,), names=(NAME,)), Kind.PROCESSING) == 3

    assert objections.is_objecting(**marks).kind == Kind.PROCESSING
    assert objections.is_objecting(emails=["autre@example.org"], names=["Zoé Autre"], phones=[""]) is None
    kept = str([*Objection.objects.values()]).casefold()
    assert not any(word in kept for word in ("quervimpt", "0467", "467000001", "zoe"))


def test_it_is_recorded_once_and_taken_back_by_the_person(settings):
    sought = Sought(emails=(EMAIL,))
    objections.record(sought, Kind.CATALOGUE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"

    assert objections.record(sought, Kind.CATALOGUE) == 0
    assert objections.lift(sought) == 1
    assert objections.is_objecting(emails=[EMAIL]) is None


def tick(browser, fiche):
    return browser.post(url_of(fiche), filled(browser, fiche, client_public="on", reason="Vu avec elle."), follow=True)


def test_who_left_the_catalogue_is_asked_before_they_are_back(as_referent, left, client):
    assert "Un courriel demande son accord" in as_referent.get(url_of(left)).text

    response = tick(as_referent, left)

    assert "Un courriel demande son accord" in " ".join(messages_of(response))
    assert client.get(left.get_absolute_url()).status_code == 410
    [message] = run_jobs()
    assert message.to == [left.email]
    link = link_in(message, "accord")
    assert "Je suis d’accord" in client.get(link).text
    left.refresh_from_db()
    assert not left.client_public

    page = client.post(link, {"answer": "oui"})

    assert "au catalogue dès maintenant" in page.text
    assert client.get(left.get_absolute_url()).status_code == 200
    told = {message.to[0]: message.body for message in run_jobs()}
    assert "accepte de revenir" in told[left.referent.email]
    assert client.post(link, {"answer": "non"}).status_code == 410
    assert "Entrera" not in as_referent.get(url_of(left)).text


def test_who_refuses_stays_out_and_is_remembered(as_referent, left, client):
    tick(as_referent, left)
    link = link_in(run_jobs()[0], "accord")

    assert "reste hors du catalogue" in client.post(link, {"answer": "non"}).text

    left.refresh_from_db()
    assert not left.client_public
    assert "refuse de revenir" in run_jobs()[0].body
    assert objections.of_fiche(left)


def test_nobody_is_asked_twice_at_once_nor_by_an_old_link(as_referent, left, client):
    tick(as_referent, left)
    tick(as_referent, left)
    [message] = run_jobs()
    ListingAgreement.objects.update(asked_at=timezone.now() - timezone.timedelta(days=31))

    assert client.post(link_in(message, "accord"), {"answer": "oui"}).status_code == 410
    assert client.get("/referencement/accord/1.faux/").status_code == 404


def test_another_address_and_another_phone_hide_nobody(referent, left):
    left.email, left.phone = "autre@example.org", ""
    left.save()

    assert not actions.tick(co_entrepreneur_pk=left.pk, by=referent.user, reason="Vu").client_public


def test_the_history_remembers_who_left_before_there_were_fingerprints(referent, left):
    Objection.objects.all().delete()

    assert not actions.tick(co_entrepreneur_pk=left.pk, by=referent.user, reason="Vu").client_public


def test_several_are_ticked_and_the_one_who_left_is_asked(as_referent, referent, left):
    other = CoEntrepreneurFactory(referent=referent)
    data = {"action": "tick_box", "_selected_action": [left.pk, other.pk], "reason": "Vu", "confirmed": "1"}

    told = " ".join(messages_of(as_referent.post("/admin/directory/coentrepreneur/", data, follow=True)))

    other.refresh_from_db()
    left.refresh_from_db()
    assert (other.client_public, left.client_public) == (True, False)
    assert f"{left.name} : Cette personne" in told


def test_who_asks_to_be_listed_again_takes_it_back(referent, left):
    request = submit(left)

    actions.accept(request_pk=request.pk, by=referent.user)

    left.refresh_from_db()
    assert left.client_public


def test_who_objects_after_asking_isnt_listed(referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    request = submit(fiche)
    objections.record(Sought(fiches=(fiche.pk,)), Kind.PROCESSING)

    with pytest.raises(actions.Incomplete, match="opposée depuis sa demande"):
        actions.accept(request_pk=request.pk, by=referent.user)


def test_whoever_makes_a_fiche_for_who_objected_is_warned(as_administrator):
    objections.record(Sought(emails=(EMAIL,)), Kind.PROCESSING)
    page = as_administrator.get("/admin/directory/coentrepreneur/add/")
    typed = typed_in_admin(page, first_name="Zoé", last_name="Autre", email=EMAIL.lower())
    told = messages_of(as_administrator.post("/admin/directory/coentrepreneur/add/", typed, follow=True))

    assert "s’est opposée" in " ".join(told)


def test_an_import_that_makes_one_is_warned_before_it_is_confirmed(administrator):
    objections.record(Sought(emails=(EMAIL,)), Kind.PROCESSING)

    page = upload(administrator, f"email;prenom;nom\n{EMAIL};Zoé;Autre\n")

    assert "s’est opposée" in page.text
