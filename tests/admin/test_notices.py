"""A fiche that was made for someone is told to them, once: at its making, or later."""

import pytest

from directory.listing import notices, tasks
from directory.models import CoEntrepreneur, FicheNotice
from directory.privacy import objections
from tests.admin.importing import confirm, upload
from tests.cast import admin_url, browser_of, link_in, messages_of, text_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

TWO = "email;prenom;nom;marque\na@example.org;Ana;Un;L’Atelier\nb@example.org;Bo;Deux;\n"


def make(browser, **typed):
    page = browser.get(admin_url("coentrepreneur_add"))
    data = {"first_name": "Nour", "last_name": "Haddad", "email": "nour@example.org", "trade_name": "Plein Champ"}
    return browser.post(admin_url("coentrepreneur_add"), typed_in_admin(page, **data | typed), follow=True)


def tell(browser, *fiches):
    data = {"action": "tell_people", "_selected_action": [fiche.pk for fiche in fiches]}
    return browser.post(admin_url("coentrepreneur_changelist"), data, follow=True)


def told(person, fiche):
    return text_of(browser_of(person).get(admin_url("coentrepreneur_change", fiche.pk)))


def test_who_gets_a_fiche_is_told_what_it_holds_and_how_to_come_in(referent, as_referent):
    response = make(as_referent)

    [mail] = run_jobs()
    assert mail.to == ["nour@example.org"]
    for words in ["Nour Haddad", "Plein Champ", referent.name, "/mon-espace/", "/confidentialite/"]:
        assert words in mail.body
    assert any("nour@example.org" in message for message in messages_of(response))
    assert f"par {referent.name}" in told(referent, CoEntrepreneur.objects.get())


def test_the_mail_says_from_where_for_what_by_what_rights_and_how_to_oppose(referent, as_referent, client):
    make(as_referent)
    [mail] = run_jobs()
    for words in ["D’où cela vient", "À quoi cela sert", "Qui le voit", "CNIL", "Pour vous y opposer"]:
        assert words in mail.body
    link = link_in(mail, "opposition")
    fiche = CoEntrepreneur.objects.get()
    CoEntrepreneur.objects.update(client_public=True, listed_since="2026-01-01", public_offer="Une offre.")

    assert "Je m’oppose" in client.get(link).text
    assert client.get(fiche.get_absolute_url()).status_code == 200
    for _ in range(2):
        assert "Votre opposition est notée" in client.post(link).text

    assert client.get(fiche.get_absolute_url()).status_code == 410
    assert objections.of_fiche(fiche)
    assert sorted(mail.to[0] for mail in run_jobs()) == sorted([fiche.email, referent.email])
    assert client.get("/referencement/opposition/1.faux/").status_code == 404


def test_who_was_left_untold_by_a_former_import_is_told_by_the_daily_job_once():
    fiche = CoEntrepreneurFactory()
    FicheNotice.objects.create(co_entrepreneur=fiche)

    for _ in range(2):
        tasks.untick_departed()

    assert [mail.to for mail in run_jobs()] == [[fiche.email]]


def test_who_has_no_address_is_told_by_their_referent(referent):
    fiche = CoEntrepreneurFactory(referent=referent, email="")

    assert not notices.tell(co_entrepreneur_pk=fiche.pk, by=referent.user)

    [mail] = run_jobs()
    assert (mail.to, "sans adresse électronique" in mail.body) == ([referent.email], True)


def test_it_is_told_once_from_the_list_too(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    other = CoEntrepreneurFactory()
    first, again = tell(as_referent, fiche, other), tell(as_referent, fiche)

    assert [mail.to for mail in run_jobs()] == [[fiche.email]]
    assert messages_of(first)[0] == "Prévenues par courriel\N{NO-BREAK SPACE}: 1."
    assert "Laissées" in messages_of(again)[0]


def test_an_import_tells_at_once(referent):
    page = upload(referent, TWO)
    done = confirm(referent, page)

    assert "d’où cela vient" in page.text
    assert len(run_jobs()) == 2
    assert "prévient 2 personnes" in messages_of(done)[0]
    assert CoEntrepreneur.objects.filter(notice__sent_at__isnull=False).count() == 2


def test_an_import_that_makes_no_fiche_asks_nothing(referent):
    CoEntrepreneurFactory(referent=referent, email="a@example.org")

    page = upload(referent, "email;ville\na@example.org;Sète\n")
    confirm(referent, page)

    assert "d’où cela vient" not in page.text
    assert run_jobs() == []


def test_what_the_law_wants_done_is_told_to_administrators_where_nobody_follows(administrator, client):
    fiche, unreachable = CoEntrepreneurFactory(referent=None), CoEntrepreneurFactory(referent=None, email="")
    for made in (fiche, unreachable):
        notices.tell(co_entrepreneur_pk=made.pk, by=None)
    to_person, to_administrator = sorted(run_jobs(), key=lambda mail: mail.to[0] == administrator.email)

    client.post(link_in(to_person, "opposition"))

    assert "sans adresse électronique" in to_administrator.body
    assert sorted(mail.to[0] for mail in run_jobs()) == sorted([fiche.email, administrator.email])
