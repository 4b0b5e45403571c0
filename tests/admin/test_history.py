from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from directory.listing import actions
from directory.models import CoEntrepreneur, FicheSkill, Insurance, Skill
from tests import cast
from tests.cast import admin_url, browser_of, typed_in_admin
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ListingRequestFactory

pytestmark = pytest.mark.django_db


def entries(fiche):
    return browser_of(AdministratorFactory()).get(admin_url("coentrepreneur_history", fiche.pk)).context["entries"]


def told(entry):
    """An entry as a test reads it: who, why, and « field: old > new »."""
    return entry.who, entry.why, [f"{change.label}: {change.old} > {change.new}" for change in entry.changes]


def old_fiche(**kwargs):
    """A fiche whose creation is a day old: a test is one transaction, and all that it does bears the same time."""
    fiche = CoEntrepreneurFactory(**kwargs)
    for event_model in [fiche.events.model, FicheSkill.pgh_event_model]:
        event_model.objects.update(pgh_created_at=timezone.now() - timedelta(days=1))
    return fiche


@pytest.fixture
def fiche(referent):
    return old_fiche(referent=referent)


def change(fiche, referent, **changes):
    browser, url = browser_of(referent), admin_url("coentrepreneur_change", fiche.pk)
    data = typed_in_admin(browser.get(url)) | changes
    assert browser.post(url, data).status_code == 302


def test_a_tick_says_who_and_why(fiche, referent):
    change(fiche, referent, client_public="on", reason="Offre relue ensemble")

    who, why, changes = told(entries(fiche)[0])

    assert (who, why) == ("Claire Fabre", "Offre relue ensemble")
    assert "Client public: <del>non</del> > <ins>oui</ins>" in changes


def test_a_field_shows_its_former_words_and_the_new_ones(fiche, referent):
    change(fiche, referent, headline="Formation des élus à l’accueil <b> du public")

    _, _, changes = told(entries(fiche)[0])

    [change_of_headline] = changes
    assert "Formation des <del>agents</del> à l’accueil du public" in change_of_headline
    assert "Formation des <ins>élus</ins> à l’accueil <ins>&lt;b&gt;</ins> du public" in change_of_headline


def test_kinds_of_fields_read_as_people_write_them(fiche, referent):
    other = cast.referent(name="Nadia Belkacem")
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(contract_stage="cape", departed_on="2026-12-31", referent=other)

    _, _, changes = told(entries(fiche)[0])

    assert set(changes) == {
        "Contrat:  > <ins>CAPE</ins>",
        "Date de départ:  > <ins>31/12/2026</ins>",
        "Référent: <del>Claire Fabre</del> > <ins>Nadia Belkacem</ins>",
    }


def test_lists_say_what_they_gained_and_lost(referent):
    first, second = Skill.objects.all()[:2]
    fiche = old_fiche(referent=referent, skills=[first])

    change(fiche, referent, skills=[second.pk])

    _, _, changes = told(entries(fiche)[0])
    assert changes == [f"Compétences et savoir-faire: <del>{first}</del> > <ins>{second}</ins>"]


def test_a_bare_statement_is_outside_the_application(referent):
    fiche = old_fiche(referent=referent, listed=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_coentrepreneur SET client_public = false WHERE id = %s", [fiche.pk])

    assert told(entries(fiche)[0]) == (
        "Hors de l’application",
        "",
        ["Client public: <del>oui</del> > <ins>non</ins>"],
    )


def test_the_daily_job_is_named(referent):
    fiche = old_fiche(referent=referent, listed=True)

    actions.untick(co_entrepreneur_pk=fiche.pk, by=None, reason=actions.DEPARTURE)

    who, why, _ = told(entries(fiche)[0])
    assert (who, why) == ("Tâche quotidienne", actions.DEPARTURE)


def test_an_account_that_is_gone_is_told(fiche):
    user = AdministratorFactory()
    actions.tick(co_entrepreneur_pk=fiche.pk, by=user, reason="Avant son départ")
    User.objects.filter(pk=user.pk).delete()

    assert entries(fiche)[0].who == "Compte supprimé"


def test_a_bulk_tick_is_told_on_each_fiche(referent):
    fiches = [old_fiche(referent=referent) for _ in range(2)]
    data = {"action": "tick_box", "_selected_action": [f.pk for f in fiches], "confirmed": "1", "reason": "Campagne"}

    browser_of(referent).post(admin_url("coentrepreneur_changelist"), data)

    assert [told(entries(fiche)[0])[:2] for fiche in fiches] == [("Claire Fabre", "Campagne")] * 2


def test_an_accepted_request_is_told(fiche, referent):
    asked = ListingRequestFactory(co_entrepreneur=fiche)

    actions.accept(request_pk=asked.pk, by=referent.user, comment="Bravo")

    assert told(entries(fiche)[0])[:2] == ("Claire Fabre", "Demande de référencement acceptée : Bravo")


def test_the_creation_is_told(fiche):
    assert [told(entry) for entry in entries(fiche)] == [("Hors de l’application", "", ["Fiche:  > créée"])]


def test_the_history_is_cut_in_pages(fiche):
    browser, url = browser_of(AdministratorFactory()), admin_url("coentrepreneur_history", fiche.pk)
    for number in range(30):
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(city=f"Ville {number}")
    for number, event in enumerate(fiche.events.all()):
        fiche.events.filter(pk=event.pk).update(pgh_created_at=timezone.now() - timedelta(hours=number))

    first, second = browser.get(url), browser.get(f"{url}?p=2")

    assert [len(page.context["entries"]) for page in (first, second)] == [25, 6]
    assert "Page 1 sur 2" in first.content.decode()


def test_what_insures_a_co_entrepreneur_is_told_to_who_follows_them(fiche, referent):
    insurance = Insurance.objects.create(co_entrepreneur=fiche, insurer="A", policy_number="SECRET-1")
    Insurance.pgh_event_model.objects.update(pgh_created_at=timezone.now() - timedelta(hours=1))
    insurance.insurer, insurance.policy_number = "B", "SECRET-2"
    insurance.save()
    url = admin_url("coentrepreneur_history", fiche.pk)

    own, colleague = (browser_of(person).get(url) for person in (referent, cast.referent()))

    assert "Responsabilité civile professionnelle\xa0», Assureur" in own.text
    assert "SECRET-2" in own.text
    assert colleague.status_code == 404
