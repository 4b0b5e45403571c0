"""A fiche that was made for someone is told to them, once: at its making, or later."""

import pytest

from directory.models import CoEntrepreneur
from tests.admin.importing import confirm, upload
from tests.cast import admin_url, browser_of, messages_of, text_of, typed_in_admin
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


def test_it_may_be_told_later_and_is_told_once(referent, as_referent):
    make(as_referent, tell="")
    fiche, other = CoEntrepreneur.objects.get(), CoEntrepreneurFactory()
    before = told(referent, fiche)
    waiting = as_referent.get(f"{admin_url('coentrepreneur_changelist')}?prevenus=non").context["cl"].queryset

    assert list(waiting) == [fiche]
    first, again = tell(as_referent, fiche, other), tell(as_referent, fiche)

    assert "Pas encore" in before
    assert [mail.to for mail in run_jobs()] == [["nour@example.org"]]
    assert messages_of(first)[0] == "Prévenues par courriel\N{NO-BREAK SPACE}: 1."
    assert "Laissées" in messages_of(again)[0]


@pytest.mark.parametrize(
    ("pressed", "mails", "words"), [("now", 2, "prévient 2 personnes"), ("later", 0, "pas encore")]
)
def test_an_import_tells_now_or_later(referent, pressed, mails, words):
    page = upload(referent, TWO)
    done = confirm(referent, page, tell=pressed)

    assert 'value="now"' in page.text
    assert 'value="later"' in page.text
    assert len(run_jobs()) == mails
    assert words in messages_of(done)[0]
    assert CoEntrepreneur.objects.filter(notice__sent_at=None, notice__isnull=False).count() == 2 - mails


def test_an_import_that_makes_no_fiche_asks_nothing(referent):
    CoEntrepreneurFactory(referent=referent, email="a@example.org")

    page = upload(referent, "email;ville\na@example.org;Sète\n")
    confirm(referent, page, tell="now")

    assert 'value="now"' not in page.text
    assert run_jobs() == []
