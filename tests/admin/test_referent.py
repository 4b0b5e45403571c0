"""A new référent, on one screen; and nobody, account or référent, without an address."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from directory.models import Referent
from tests import cast
from tests.at_once import at_once
from tests.cast import admin_url, browser_of, link_in, lose_address, messages_of, typed
from tests.factories import ReferentFactory, UserFactory
from tests.jobs import run_jobs
from tests.listing.entering import FORM, enter

pytestmark = pytest.mark.django_db

ADD = "/admin/directory/referent/add/"
CLAIRE = {"first_name": "Claire", "last_name": "Fabre", "email": "claire@example.org", "phone": "0467112233"}


def add(browser, **changed):
    return browser.post(ADD, CLAIRE | changed, follow=True)


def test_a_new_referent_is_made_invited_and_comes_in(as_administrator):
    # One: « Ajouter » on the first page; two: « Enregistrer ».
    assert ADD in as_administrator.get("/admin/").text
    page = add(as_administrator)
    [invitation] = run_jobs()
    browser = Client()
    choice = browser.get(link_in(invitation, "mot-de-passe"), follow=True)
    password = {"new_password1": "une-phrase-de-passe-longue", "new_password2": "une-phrase-de-passe-longue"}

    home = browser.post(choice.request["PATH_INFO"], password, follow=True)

    referent = Referent.objects.get()
    assert messages_of(page) == ["Claire Fabre : invitation envoyée à claire@example.org."]
    assert (referent.name, referent.phone) == ("Claire Fabre", "04 67 11 22 33")
    assert (referent.user.username, referent.user.email) == ("claire.fabre", "claire@example.org")
    assert invitation.to == ["claire@example.org"]
    assert "claire.fabre" in invitation.body
    assert home.request["PATH_INFO"] == "/admin/"
    assert browser.get(admin_url("coentrepreneur_changelist")).status_code == 200


def test_a_name_written_oddly_is_questioned_before_anybody_is_invited(as_administrator):
    odd = {"first_name": "claire", "last_name": "FABRE"}

    asked = add(as_administrator, **odd)
    mails = run_jobs()
    form = asked.context["adminform"].form
    add(as_administrator, **odd, names="usual", names_asked=form["names_asked"].value())

    assert "Est-ce bien Claire Fabre" in asked.text
    assert "il sera public" not in asked.text
    assert "dites comment ce nom s’écrit, les co-entrepreneurs le liront." in asked.text
    assert mails == []
    assert Referent.objects.get().name == "Claire Fabre"
    assert Referent.objects.get().user.get_full_name() == "Claire Fabre"


def test_a_name_that_is_meant_stays_and_nothing_is_asked_of_a_usual_one(as_administrator):
    odd = {"first_name": "bell", "last_name": "hooks"}

    blank = as_administrator.get(ADD).text
    add(as_administrator, **odd, names="typed", names_asked="bell hooks")

    assert "Est-ce bien" not in re.sub(r'<div class="form-row hidden.*?</div>', "", blank, flags=re.DOTALL)
    assert Referent.objects.get().name == "bell hooks"


def test_the_name_of_an_account_or_a_referent_that_changes_is_questioned(as_administrator, referent):
    page = admin_url("referent_change", referent.pk)
    renamed = typed(as_administrator.get(page).context["adminform"].form, name="claire FABRE")
    account = {"username": "n", "first_name": "nour", "last_name": "Haddad", "email": "nour@example.org"}
    account["usable_password"] = "false"

    said = [
        messages_of(as_administrator.post(url, sent, follow=True))
        for url, sent in ((page, renamed), ("/admin/auth/user/add/", account))
    ]

    assert any("est-ce bien Claire Fabre" in message for message in said[0])
    assert any("est-ce bien Nour Haddad" in message for message in said[1])


@pytest.mark.parametrize("field", ["first_name", "last_name", "email"])
def test_what_lacks_is_told_and_nothing_is_lost_nor_made(as_administrator, field):
    page = add(as_administrator, **{field: " "})

    assert page.context["adminform"].form.errors.keys() == {field}
    assert "Un point est à corriger" in page.text
    assert all(f'value="{CLAIRE[name]}"' in page.text for name in CLAIRE.keys() - {field})
    assert not Referent.objects.exists()
    assert run_jobs() == []


@pytest.mark.parametrize(
    "wrong", [{"email": "claire"}, {"phone": "abc"}, {"first_name": "a" * 51}, {"last_name": "b" * 61}]
)
def test_what_is_wrong_is_told(as_administrator, wrong):
    page = add(as_administrator, **wrong)

    assert page.context["adminform"].form.errors.keys() == wrong.keys()
    assert not Referent.objects.exists()


def test_the_address_of_a_referent_or_of_a_closed_account_is_told(as_administrator, referent):
    UserFactory(email="partie@example.org", is_active=False)

    of_referent, of_closed = (
        add(as_administrator, email=referent.email.upper()),
        add(as_administrator, email="partie@example.org"),
    )

    assert "déjà référent" in of_referent.text
    assert "il est fermé" in of_closed.text
    assert Referent.objects.get() == referent


def test_an_account_that_is_there_becomes_a_referent_s_and_keeps_its_password(as_administrator, administrator):
    add(as_administrator, email=administrator.email)

    [mail] = run_jobs()
    assert Referent.objects.get().user == administrator
    assert "mot-de-passe" not in mail.body
    administrator.refresh_from_db()
    assert administrator.check_password("une-phrase-de-passe-longue")


@pytest.mark.parametrize(
    ("first_name", "last_name", "username"),
    [("Claire", "Fabre", "claire.fabre2"), ("Élise", "Vernhes-Roca", "elise.vernhes-roca"), ("李", "明", "referent")],
)
def test_usernames_are_names_with_a_number_when_taken(as_administrator, first_name, last_name, username):
    UserFactory(username="Claire.Fabre")

    add(as_administrator, first_name=first_name, last_name=last_name)

    assert Referent.objects.get().user.username == username


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_referent():
    browsers = [browser_of(administrator) for administrator in [cast.administrator()] for _ in range(2)]

    at_once(*[lambda browser=browser: add(browser) for browser in browsers])

    assert Referent.objects.count() == 1
    assert User.objects.filter(email=CLAIRE["email"]).count() == 1


def test_only_an_administrator_makes_one(as_referent):
    assert as_referent.get(ADD).status_code == 403
    assert add(as_referent).status_code == 403


def test_an_invitation_is_mailed_again_as_long_as_one_has_not_come(as_administrator):
    add(as_administrator)
    cast.referent(user__last_login=timezone.now())
    cast.referent(user__is_active=False)
    run_jobs()

    as_administrator.post(
        admin_url("referent_changelist"),
        {"action": "invite_again", "_selected_action": Referent.objects.values_list("pk", flat=True)},
    )

    assert [mail.to for mail in run_jobs()] == [[CLAIRE["email"]]]


def test_the_page_of_a_referent_changes_name_and_phone_only(as_administrator, referent):
    page = as_administrator.get(admin_url("referent_change", referent.pk))
    fields = typed(page.context["adminform"].form, name="Claire Fabre-Roux")

    as_administrator.post(admin_url("referent_change", referent.pk), fields)

    assert fields.keys() == {"name", "phone"}
    assert Referent.objects.get().name == "Claire Fabre-Roux"


# --- Nobody without an address -----------------------------------------------------------------------------------------


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("email", ["", " ", "claire", "a b@example.org"])
def test_the_database_refuses_an_account_without_an_address(email):
    user = UserFactory()

    with refuses("account_has_address"), transaction.atomic():
        UserFactory(email=email)
    with refuses("account_has_address"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email=email)


def test_an_account_that_had_none_before_still_works_and_is_no_referent_s():
    user = UserFactory()
    lose_address(user)

    user.first_name = "Claire"
    user.save()

    with refuses("referent_has_address"), transaction.atomic():
        ReferentFactory(user=user)


@pytest.mark.parametrize("page", ["add", "change"])
def test_django_s_own_page_of_accounts_asks_for_an_address(as_administrator, administrator, page):
    url = "/admin/auth/user/add/" if page == "add" else f"/admin/auth/user/{administrator.pk}/change/"
    form = as_administrator.get(url).context["adminform"].form
    data = typed(form, username="nouvelle", email="", usable_password="false")

    response = as_administrator.post(url, data)

    assert "sans adresse" in response.context["adminform"].form.errors["email"][0]


def test_an_address_of_another_open_account_is_refused_there(as_administrator, referent):
    UserFactory(email="partie@example.org", is_active=False)
    data = {"username": "nouvelle", "usable_password": "false"}

    taken = as_administrator.post("/admin/auth/user/add/", data | {"email": referent.email.upper()})
    free = as_administrator.post("/admin/auth/user/add/", data | {"email": "partie@example.org"})

    assert taken.context["adminform"].form.errors.keys() == {"email"}
    assert free.status_code == 302


def test_a_referent_who_cannot_be_mailed_is_offered_nowhere(as_administrator, referent):
    cast.referent(user__is_active=False)
    lose_address(cast.referent().user)
    completion = {"app_label": "directory", "model_name": "coentrepreneur", "field_name": "referent"}

    offered = as_administrator.get("/admin/autocomplete/", completion).json()["results"]

    assert list(Referent.objects.active()) == [referent]
    assert [int(line["id"]) for line in offered] == [referent.pk]
    browser = Client()
    enter(browser, "nouvelle@example.org")
    assert list(browser.get(FORM).context["form"].fields["referent"].queryset) == [referent]
    assert "à compléter" in as_administrator.get(admin_url("referent_changelist")).text
