"""« Droits d’une personne »: who may open it, how somebody is found there, and what each gesture answers."""

import logging
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from directory.decisions import Refused
from directory.doors.confirmation import CONFIRMED_FOR
from directory.models import CoEntrepreneur, ContactMessage, RightsUse
from directory.privacy import erasure
from tests.cast import admin_url, body_of, browser_of, other_member, text_of
from tests.cast import member as make_member
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/droits-d-une-personne/"


def search(browser, typed="", **data):
    return browser.post(PAGE, {"gesture": "search", "typed": typed} | data)


def sent(response):
    """The marks that a page holds."""
    return [mark.sent for mark in response.context["marks"]]


def act(browser, found, gesture, **data):
    return browser.post(PAGE, {"gesture": gesture, "mark": sent(found)} | data)


@pytest.fixture
def buyer(other_member):
    return ContactMessage.objects.create(
        co_entrepreneur=other_member, name="Ana Buis", organisation="Ville", email="ana@example.org", message="Bonjour"
    )


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["referent", "staff_without_role"])
@pytest.mark.parametrize("gesture", ["search", "export", "replace", "object", "rehearse", "erase"])
def test_it_is_for_administrators(request, who, gesture, member):
    browser = browser_of(request.getfixturevalue(who))

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"gesture": gesture, "mark": f"fiches:{member.pk}"}).status_code == 403
    assert not RightsUse.objects.exists()
    assert PAGE not in browser.get(reverse("admin:index")).text
    assert browser.get(admin_url("rightsuse_changelist")).status_code == 403


@pytest.mark.parametrize("who", ["client", "as_member"])
def test_others_are_led_to_the_door(request, who, member):
    response = request.getfixturevalue(who).post(PAGE, {"gesture": "export", "mark": f"fiches:{member.pk}"})

    assert response.status_code == 403
    assert "Connectez-vous dans un autre onglet" in response.text


def test_a_closed_administrator_is_out(administrator, member):
    browser = browser_of(administrator)
    administrator.is_active = False
    administrator.save()

    assert browser.post(PAGE, {"gesture": "export", "mark": f"fiches:{member.pk}"}).status_code == 403


@pytest.mark.parametrize("gesture", ["search", "export", "erase"])
def test_the_password_is_asked_first_and_what_was_sent_is_carried(as_administrator, member, monkeypatch, gesture):
    later = timezone.now() + CONFIRMED_FOR + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    response = as_administrator.post(PAGE, {"gesture": gesture, "mark": f"fiches:{member.pk}", "word": "effacer"})

    assert "Confirmer que c’est vous" in response.text
    assert ("mark", f"fiches:{member.pk}") in response.context["carried"]
    assert CoEntrepreneur.objects.filter(pk=member.pk).exists()
    assert not RightsUse.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"gesture": "fly"},
        {"gesture": "export", "mark": "fiches:x"},
        {"gesture": "export", "mark": "others:1"},
        {"gesture": "search", "mark": "fiches:1' OR 1=1"},
        {"gesture": "export", "mark": "fiches:999999999999999999999"},
    ],
)
def test_what_no_form_sends_is_refused(as_administrator, data):
    assert as_administrator.post(PAGE, data).status_code == 400


@pytest.mark.parametrize("gesture", ["export", "replace", "object", "rehearse", "erase"])
def test_a_gesture_on_nobody_comes_back_to_the_question(as_administrator, gesture):
    response = as_administrator.post(PAGE, {"gesture": gesture, "word": "effacer", "sure": "on"})

    assert "Nom entier, adresse électronique ou téléphone" in text_of(response)
    assert not RightsUse.objects.exists()


def test_other_methods_are_refused(as_administrator):
    assert as_administrator.put(PAGE).status_code == 405


# --- To find ---------------------------------------------------------------------------------------------------------


def test_the_board_leads_there(as_administrator):
    assert PAGE in as_administrator.get(reverse("admin:index")).text


def test_nobody_is_named_by_an_address_nor_by_the_log(as_administrator, member, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "django.db.backends")

    page = as_administrator.get(f"{PAGE}?typed={member.email}&gesture=search")
    found = search(as_administrator, member.email)

    assert member.email not in page.text.replace("value", "")
    assert not RightsUse.objects.exclude(gesture="search").exists()
    assert "<title>Ce qui est gardé de cette personne" in text_of(found)
    assert 'method="get"' not in found.text.partition("<main")[2]
    assert "lucie" not in caplog.text.lower()
    assert "no-store" in found["Cache-Control"]


@pytest.mark.parametrize("typed", ["lucie@example.org", "LUCIE  ASTRUC", "04 67 00 00 00"])
def test_somebody_is_found_by_what_one_knows_of_them(as_administrator, typed):
    make_member(phone="04 67 00 00 00")

    response = search(as_administrator, typed)

    page = text_of(response)
    assert "la fiche de Lucie Astruc, Cercle ouvert" in page
    assert "La fiche <span" in page
    assert RightsUse.objects.get().gesture == "search"


def test_who_is_known_by_name_alone_has_no_address_to_replace(as_administrator):
    ReferenceFactory(contact_name="Éric Besse", contact_email="", contact_phone="")

    page = text_of(search(as_administrator, "eric besse"))

    assert "Les références" in page
    assert "Remplacer partout" not in page
    assert "Télécharger la copie" in page


def test_a_stranger_is_found(as_administrator, buyer):
    page = text_of(search(as_administrator, "ana buis"))

    assert "Les messages des acheteurs" in page
    assert "Bonjour" in page
    assert "l’adresse « ana@example.org »" in page


@pytest.mark.parametrize("typed", ["personne@example.org", "Personne Inconnue", "04 67 99 99 99"])
def test_nothing_found_says_so_and_offers_no_gesture(as_administrator, typed):
    page = text_of(search(as_administrator, typed))

    assert "Rien n’est gardé sous ces repères." in page
    assert "Télécharger la copie" not in page


@pytest.mark.parametrize("typed", ["", "ab", "lucie@", "0467"])
def test_what_cannot_be_looked_for_is_said(as_administrator, typed):
    response = search(as_administrator, typed)

    assert response.context["form"].errors["typed"]
    assert "resume-erreurs" in response.text
    assert not RightsUse.objects.exists()


def test_many_rows_are_cut_and_counted(as_administrator, other_member):
    for number in range(30):
        ContactMessage.objects.create(
            co_entrepreneur=other_member, name="Ana Buis", email="ana@example.org", message=f"n° {number}"
        )

    page = text_of(search(as_administrator, "ana@example.org"))

    assert "30 lignes dans 1 table" in page
    assert "… et 10 autres : la copie les a toutes." in page


def test_two_of_one_name_are_told_apart_before_anything_is_shown(as_administrator):
    first = make_member()
    make_member(email="autre@example.org", trade_name="Autre marque")

    asked = search(as_administrator, "Lucie Astruc")
    found = search(as_administrator, mark=[f"fiches:{first.pk}"], chosen="1")

    assert "2 personnes ont ce nom ou ce téléphone" in text_of(asked)
    assert "autre@example.org" not in asked.text
    assert not RightsUse.objects.filter(counts={}).exists()
    assert "lucie@example.org" in found.text
    assert "autre@example.org" not in found.text
    assert "Autre marque" not in found.text
    assert all(not mark.startswith("names:") for mark in sent(found))


def test_a_mark_that_is_left_out_is_not_looked_for(as_administrator, member, buyer):
    found = search(as_administrator, mark=["emails:ana@example.org"])

    assert "Bonjour" in found.text
    assert sent(found) == ["emails:ana@example.org"]


def test_words_that_name_them_are_told_apart(as_administrator, member, other_member):
    ContactMessage.objects.create(
        co_entrepreneur=other_member, name="Ana", email="a@example.org", message="Mieux que Lucie Astruc."
    )

    page = text_of(search(as_administrator, member.email)).partition("À relire")[2]

    assert "Mieux que Lucie Astruc." in page


def test_the_inside_of_files_is_read_when_asked(as_administrator, member, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    default_storage.save("imports/fiches", ContentFile(b"lucie@example.org"))

    without, within = search(as_administrator, member.email), search(as_administrator, member.email, inside="1")

    assert "imports/fiches" not in without.text
    assert "imports/fiches" in within.text


def test_former_uses_are_told(as_administrator, member):
    search(as_administrator, member.email)
    page = text_of(search(as_administrator, member.email)).partition("Déjà fait pour ces repères")[2]

    assert "recherche" in page


# --- To do -----------------------------------------------------------------------------------------------------------


def test_the_copy_is_a_file_that_names_nobody(as_administrator, member):
    found = search(as_administrator, member.email)

    response = act(as_administrator, found, "export")
    archive = zipfile.ZipFile(BytesIO(body_of(response)))

    assert "donnees.json" in archive.namelist()
    assert "astruc" not in response["Content-Disposition"].lower()
    assert RightsUse.objects.filter(gesture="export").count() == 1


def test_an_address_is_replaced_and_the_page_goes_on_with_the_new_one(as_administrator, member):
    found = search(as_administrator, member.email)

    response = act(as_administrator, found, "replace", former=member.email, new="l.astruc@example.org")

    member.refresh_from_db()
    assert member.email == "l.astruc@example.org"
    assert "Remplacé dans 1 ligne." in text_of(response)
    assert "l’adresse « l.astruc@example.org »" in text_of(response)


@pytest.mark.parametrize(("former", "new"), [("lucie@example.org", "rien"), ("x@example.org", "a@b.fr"), ("", "")])
def test_what_cannot_be_replaced_is_said(as_administrator, member, former, new):
    found = search(as_administrator, member.email)

    response = act(as_administrator, found, "replace", former=former, new=new)

    member.refresh_from_db()
    assert member.email == "lucie@example.org"
    assert response.context["replace_form"].errors
    assert "resume-erreurs" in response.text


def test_the_address_of_another_is_refused(as_administrator, member):
    other = other_member()
    found = search(as_administrator, member.email)

    response = act(as_administrator, found, "replace", former=member.email, new=other.email)

    assert "Quelqu’un d’autre a déjà cette adresse" in text_of(response)


def test_an_objection_is_ticked_before_it_is_noted(as_administrator):
    fiche = CoEntrepreneurFactory(listed=True)
    found = search(as_administrator, fiche.email)

    hasty = act(as_administrator, found, "object")
    listed = CoEntrepreneur.objects.published().exists()
    noted = act(as_administrator, found, "object", sure="on")

    assert listed
    assert hasty.context["object_form"].errors
    assert "Opposition notée : 1 fiche retirée du catalogue" in text_of(noted)
    assert not CoEntrepreneur.objects.published().exists()


def test_an_erasure_is_shown_then_written_in_full(as_administrator, buyer):
    found = search(as_administrator, buyer.email)

    shown = act(as_administrator, found, "rehearse")
    wrong = act(as_administrator, shown, "erase", word="oui")
    still = ContactMessage.objects.exists()
    done = act(as_administrator, shown, "erase", word=" Effacer ")

    assert "Les messages des acheteurs" in text_of(shown)
    assert wrong.context["form"].errors["word"]
    assert still
    assert not ContactMessage.objects.exists()
    assert "C’est effacé" in text_of(done)
    assert "Buis" not in done.text
    assert "ana@" not in done.text
    assert [use.gesture for use in RightsUse.objects.order_by("pk")] == ["search", "rehearse", "rehearse", "erase"]


@pytest.mark.parametrize("gesture", ["rehearse", "erase"])
def test_why_somebody_cannot_be_erased_yet_is_said(as_administrator, member, monkeypatch, gesture):
    def refuse(*_args, **_kwargs):
        raise Refused("Une réponse l’attend.")

    monkeypatch.setattr(erasure, "erase", refuse)
    found = search(as_administrator, member.email)

    response = act(as_administrator, found, gesture, word="effacer")

    assert "Une réponse l’attend." in text_of(response)


def test_each_line_leads_to_where_it_is_changed(as_administrator, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    consent = member.consents.create(item="phone")

    page = search(as_administrator, member.email).text

    assert f'href="{admin_url("coentrepreneur_change", consent.co_entrepreneur_id)}"' in page
    assert f'href="{admin_url("reference_change", reference.pk)}"' in page


# --- The journal -----------------------------------------------------------------------------------------------------


def test_the_journal_says_who_and_what_and_never_of_whom(as_administrator, administrator, member):
    search(as_administrator, member.email)

    page = text_of(as_administrator.get(admin_url("rightsuse_changelist"))).partition("result_list")[2]

    assert administrator.get_username() in page or administrator.get_full_name() in page
    assert "recherche" in page
    assert "ucie" not in page
    assert as_administrator.get(admin_url("rightsuse_add")).status_code == 403


def test_the_journal_changes_by_nobody(as_administrator, member):
    search(as_administrator, member.email)
    use = RightsUse.objects.get()

    assert as_administrator.post(admin_url("rightsuse_delete", use.pk), {"post": "yes"}).status_code == 403
    assert RightsUse.objects.exists()
