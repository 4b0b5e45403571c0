"""A request that is written in several times: kept as it was typed, and found again."""

from datetime import timedelta
from io import BytesIO
from itertools import cycle

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from directory.doors import links
from directory.listing import actions
from directory.models import ListingDraft, ListingRequest, Skill
from directory.models.listing_draft import KEPT
from tests.cast import photo, text_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs
from tests.listing.asking import submit_unknown
from tests.listing.entering import FORM, answer, enter, filled, leave, status_url

pytestmark = pytest.mark.django_db
State = ListingRequest.State
EMAIL = "nora@example.org"


# --- Kept, found again ----------------------------------------------------------------------------------------------


def test_what_is_typed_is_found_again_by_a_new_link(client):
    skill, referent = Skill.objects.last(), ReferentFactory()
    enter(client, EMAIL)
    saved = leave(
        client,
        "plus-tard",
        first_name="Nora",
        last_name="",
        referent=referent.pk,
        headline="Une accroche à finir",
        public_offer="",
        skills=[skill.pk],
        nationwide="",
        departments=["48", "34"],
        typed_cpv_codes="8051",
        phone="abc",
        consents=["phone"],
        word_to_referent="Mon mot",
        **{"clients-2-name": "Mairie de Sète", "clients-2-year": "deux mille"},
    )
    elsewhere = Client()

    enter(elsewhere, "Nora@example.org")
    page = elsewhere.get(FORM)

    form, [row, *_] = page.context["form"], page.context["clients"].forms
    assert saved.url == "/referencement/demande/enregistree/"
    assert "C’est enregistré" in client.get(saved.url).text
    assert not ListingRequest.objects.exists()
    assert {name: form[name].value() for name in ("first_name", "headline", "typed_cpv_codes", "phone")} == {
        "first_name": "Nora",
        "headline": "Une accroche à finir",
        "typed_cpv_codes": "8051",
        "phone": "abc",
    }
    assert form["word_to_referent"].value() == "Mon mot"
    assert form["consents"].value() == ["phone"]
    assert form["skills"].value() == [str(skill.pk)]
    assert form["departments"].value() == ["48", "34"]
    assert str(form["referent"].value()) == str(referent.pk)
    assert (row["name"].value(), row["year"].value()) == ("Mairie de Sète", "deux mille")
    assert "Ce que vous avez écrit est enregistré" in page.text


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ({"last_name": ""}, "vous"),
        ({"public_offer": ""}, "offre"),
        ({"skills": []}, "savoir-faire"),
        ({"nationwide": "", "departments": []}, "lieux"),
        ({}, "fin"),
    ],
)
def test_a_new_link_leads_to_the_first_step_that_lacks_something(client, typed, part):
    who = {"first_name": "Nora", "last_name": "Neuve", "referent": ReferentFactory().pk}
    enter(client, EMAIL)
    first = client.get(FORM)
    leave(client, "plus-tard", at="fin", **(who | typed))
    elsewhere = Client()
    enter(elsewhere, EMAIL)

    pages = [elsewhere.get(FORM), elsewhere.get(f"{FORM}?etape=vous")]

    assert [page.context["progress"].current.key for page in [first, *pages]] == ["vous", part, "vous"]


def test_what_is_left_is_told(client):
    enter(client, EMAIL)

    leave(client, "plus-tard", headline="", public_offer="", first_name="Nora")

    progress = client.get(FORM).context["progress"]
    assert progress.lacks == [
        "votre nom",
        "votre référent",
        "votre accroche",
        "ce que votre offre apporte à un client public",
    ]
    assert (progress.filled, progress.required) == (3, 7)


def test_each_step_saves_and_leads_to_the_next(client):
    enter(client, CoEntrepreneurFactory().email)

    response = leave(client, "savoir-faire", at="offre", headline="Une accroche", public_offer="", skills=[])

    assert response.url == f"{FORM}?etape=savoir-faire#partie-savoir-faire"
    page = client.get(response.url)
    assert page.context["progress"].current.key == "savoir-faire"
    assert page.context["form"]["headline"].value() == "Une accroche"
    assert not page.context["form"].is_bound


def test_a_step_says_what_is_wrong_in_it_alone_and_saves_all_the_same(client):
    enter(client, CoEntrepreneurFactory().email)

    response = leave(client, "fin", at="montrer", headline="", phone="abc", website="https://x.fr", typed_cpv_codes="z")

    assert set(response.context["form"].errors) == {"phone"}
    assert response.context["progress"].current.key == "montrer"
    assert ListingDraft.objects.get().typed["phone"] == ["abc"]


def test_the_rows_of_clients_are_a_step_like_another(client):
    enter(client, CoEntrepreneurFactory().email)

    wrong = leave(client, "montrer", at="clients", **{"clients-0-name": "Sète"})
    elsewhere = leave(client, "lieux", at="offre", **{"clients-0-name": "Sète"})

    assert wrong.context["clients"].forms[0].errors
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("going", ["inconnue", "\x00", "<b>"])
def test_a_step_that_does_not_exist_saves_and_leads_to_the_form(client, going):
    enter(client, CoEntrepreneurFactory().email)

    assert leave(client, going, at="inconnue").url == FORM


def test_a_draft_goes_with_its_sending(client):
    fiche = CoEntrepreneurFactory()
    enter(client, fiche.email)
    leave(client, "plus-tard")

    answer(client)

    assert ListingRequest.objects.get().co_entrepreneur == fiche
    assert not ListingDraft.objects.exists()


def test_what_could_not_be_sent_is_a_draft(client):
    enter(client, CoEntrepreneurFactory().email)

    answer(client, headline="", public_offer="Une longue offre")

    assert client.get(FORM).context["form"]["public_offer"].value() == "Une longue offre"


def test_after_thirty_days_a_draft_is_found_no_more_and_the_daily_job_erases_it(
    client, django_capture_on_commit_callbacks
):
    enter(client, CoEntrepreneurFactory().email)
    leave(client, "plus-tard", headline="Vieille accroche", photo=photo())
    name = ListingDraft.objects.get().photo.name
    ListingDraft.objects.update(saved_at=timezone.now() - KEPT - timedelta(minutes=1))

    page = client.get(FORM)
    from django.core.management import call_command

    with django_capture_on_commit_callbacks(execute=True):
        call_command("purge_personal_data", yes=True, verbosity=0)

    assert page.context["form"]["headline"].value() != "Vieille accroche"
    assert not ListingDraft.objects.exists()
    assert not default_storage.exists(name)


def test_a_draft_is_its_author_s_alone(client):
    enter(client, EMAIL)
    leave(client, "plus-tard", headline="Un secret", photo=photo())
    other = Client()
    enter(other, "autre@example.org")

    assert "Un secret" not in other.get(FORM).text
    assert other.get("/referencement/demande/photo.webp").status_code == 404
    assert Client().get("/referencement/demande/photo.webp").status_code == 404


# --- Phone, site and photo ------------------------------------------------------------------------------------------


def test_phone_site_and_photo_stand_beside_their_consent_and_reach_the_fiche(client):
    fiche = CoEntrepreneurFactory(phone="", website="")
    enter(client, fiche.email)
    page = client.get(FORM)
    answer(client, phone="+33 (0)4 67 12 34 56", website="www.exemple.fr", photo=photo(), consents=["phone", "photo"])
    listing_request = ListingRequest.objects.get()

    actions.accept(request_pk=listing_request.pk, by=fiche.referent.user)

    fiche.refresh_from_db()
    assert [(field.name, box.data["value"]) for field, box, _ in page.context["form"].shown()] == [
        ("phone", "phone"),
        ("website", "website"),
        ("photo", "photo"),
    ]
    assert (fiche.phone, fiche.website) == ("04 67 12 34 56", "https://www.exemple.fr")
    with fiche.photo.open() as content:
        assert Image.open(BytesIO(content.read())).format == "WEBP"
    public = text_of(client.get(fiche.get_absolute_url()))
    assert "04 67 12 34 56" in public
    assert "www.exemple.fr" not in public
    listing_request.refresh_from_db()
    assert not listing_request.photo


def test_a_photo_chosen_in_a_form_to_correct_needs_no_second_choice(client):
    enter(client, CoEntrepreneurFactory().email)

    wrong = answer(client, headline="", photo=photo())
    answer(client)

    assert "/referencement/demande/photo.webp" in wrong.text
    assert ListingRequest.objects.get().photo


def test_a_photo_is_taken_back(client, django_capture_on_commit_callbacks):
    enter(client, CoEntrepreneurFactory().email)
    leave(client, "plus-tard", photo=photo())
    name = ListingDraft.objects.get().photo.name

    with django_capture_on_commit_callbacks(execute=True):
        answer(client, drop_photo="on")

    assert not ListingRequest.objects.get().photo
    assert not default_storage.exists(name)


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_the_photo_of_a_request_that_ends_is_erased(client, end, django_capture_on_commit_callbacks):
    enter(client, CoEntrepreneurFactory().email)
    answer(client, photo=photo())
    listing_request = ListingRequest.objects.get()
    name = listing_request.photo.name

    with django_capture_on_commit_callbacks(execute=True):
        if end == "refuse":
            actions.refuse(request_pk=listing_request.pk, by=listing_request.referent.user, reason="offer_unclear")
        else:
            actions.withdraw(request_pk=listing_request.pk)

    assert not default_storage.exists(name)


def test_what_is_not_a_photo_is_said_and_nothing_is_lost(client):
    enter(client, CoEntrepreneurFactory().email)
    broken = photo()
    broken.file = BytesIO(b"<script>")

    response = answer(client, headline="Mon accroche", photo=broken)

    assert response.context["form"].errors["photo"]
    assert response.context["form"]["headline"].value() == "Mon accroche"


# --- Two pages that write over each other -------------------------------------------------------------------------

# For each part, what another page saves, what this one says, and the words of both.
BOTH = {
    "vous": ({"last_name": "Lune"}, {"last_name": "Soleil"}, ("Lune", "Soleil")),
    "offre": ({"public_offer": "Deux\r\njours"}, {"public_offer": "Trois jours"}, ("Deux<br>jours", "Trois jours")),
    "savoir-faire": ({"typed_cpv_codes": "80511000"}, {"typed_cpv_codes": "79822500"}, ("80511000", "79822500")),
    "lieux": ({"departments": ["48"]}, {"departments": ["34", "30"]}, ("Lozère", "Hérault")),
    "clients": ({"clients-0-name": "Mairie de Sète"}, {"clients-0-name": "Mairie d’Agde"}, ("de Sète", "d’Agde")),
    "montrer": ({"consents": ["phone"]}, {"consents": []}, ("Téléphone", "rien")),
    "fin": ({"word_to_referent": "À mardi"}, {"word_to_referent": "À jeudi"}, ("À mardi", "À jeudi")),
}


# Later, next or send, in turn.
@pytest.mark.parametrize(("part", "gesture"), list(zip(BOTH, cycle([{"aller": "plus-tard"}, {}, {"aller": "fin"}]))))
@pytest.mark.parametrize("correcting", [False, True], ids=["request", "correction"])
def test_what_another_page_saved_is_shown_before_it_is_written_over(client, correcting, part, gesture):
    there, here, words = BOTH[part]
    who = {"first_name": "Nora", "last_name": "Neuve", "referent": ReferentFactory().pk}
    url = f"{FORM}?corriger=1" if correcting else FORM
    if correcting:
        client.post(status_url(submit_unknown(ReferentFactory(), EMAIL)))
    else:
        enter(client, EMAIL)
    seen = client.get(url).context["seen"]
    client.post(url, filled(**(who | there), aller="plus-tard", seen=seen))
    kept = ListingDraft.objects.get().typed
    run_jobs()

    told = client.post(url, filled(**(who | here), **gesture, etape=part, seen=seen))
    unchanged = ListingDraft.objects.get().typed
    saved = client.post(url, filled(**(who | here), aller="plus-tard", seen=told.context["seen"]))

    assert told.status_code == 409
    assert "Vous avez enregistré depuis une autre fenêtre" in told.text
    assert all(word in told.text for word in words)
    assert told.context["part"][part.replace("-", "_")].is_shown
    assert unchanged == kept
    assert run_jobs() == []
    assert saved.status_code == 302
    assert {name: ListingDraft.objects.get().typed.get(name) for name in here} == {
        name: (value if isinstance(value, list) else [value]) or None for name, value in here.items()
    }


def test_what_is_empty_here_does_not_empty_what_another_page_saved(client):
    skill = Skill.objects.last()
    enter(client, CoEntrepreneurFactory().email)
    seen = client.get(FORM).context["seen"]
    there = {
        "word_to_referent": "Mon mot",
        "skills": [skill.pk],
        "clients-1-name": "Mairie de Sète",
        "consents": ["phone"],
    }
    leave(client, "plus-tard", seen=seen, **there)

    told = leave(
        client, "plus-tard", seen=seen, headline="Autre accroche", skills=[], word_to_referent="", photo=photo()
    )

    form = told.context["form"]
    assert told.text.count("ce qui était enregistré y est remis") == 3
    assert (form["headline"].value(), form["word_to_referent"].value()) == ("Autre accroche", "Mon mot")
    assert form["skills"].value() == [str(skill.pk)]
    assert form["consents"].value() == []
    assert told.context["clients"].forms[0]["name"].value() == "Mairie de Sète"
    assert ListingDraft.objects.get().photo


def test_a_photo_that_another_page_saved_stays_and_the_one_of_here_is_asked_for_again(client):
    enter(client, CoEntrepreneurFactory().email)
    seen = client.get(FORM).context["seen"]
    leave(client, "plus-tard", seen=seen, photo=photo())
    name = ListingDraft.objects.get().photo.name

    same = leave(client, "plus-tard", seen=seen, photo=photo())
    name = ListingDraft.objects.get().photo.name
    other = leave(client, "plus-tard", seen=seen, photo=photo(color="blue"))

    assert same.status_code == 302
    assert "choisissez-la de nouveau" in other.text
    assert ListingDraft.objects.get().photo.name == name


@pytest.mark.parametrize("gesture", [{"aller": "plus-tard"}, {}], ids=["later", "send"])
def test_a_page_older_than_the_sending_says_so_and_becomes_a_correction(client, gesture):
    enter(client, CoEntrepreneurFactory().email)
    seen = client.get(FORM).context["seen"]
    answer(client, seen=seen, headline="Envoyée")
    run_jobs()

    told = answer(client, seen=seen, headline="Tapée ici", **gesture)
    sent = client.post(told.context["action"], filled(headline="Tapée ici", seen=told.context["seen"]))

    assert told.status_code == 409
    assert "Vous avez envoyé depuis une autre fenêtre" in told.text
    assert "Envoyée" in told.text
    assert sent.status_code == 302
    assert ListingRequest.objects.get().headline == "Tapée ici"


def test_two_clicks_are_one(client):
    enter(client, CoEntrepreneurFactory().email)
    seen = client.get(FORM).context["seen"]
    said = {"seen": seen, "phone": "+33 (0)4 67 12 34 56", "website": "www.exemple.fr", "typed_cpv_codes": "80511000-9"}

    saved = [leave(client, "plus-tard", **said) for _ in range(2)]
    sent = [answer(client, **said) for _ in range(2)]

    assert {response.status_code for response in [*saved, *sent]} == {302}
    followed = {links.LISTING_STATUS.key(response.url.split("/")[-2]) for response in sent}
    assert followed == {ListingRequest.objects.get().pk}
    assert len(run_jobs()) == 2


# --- What is said of a click ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "gesture", "said"),
    [
        (None, {"aller": "fin", "etape": "montrer"}, "C’est enregistré"),
        (None, {}, "Votre demande n’est pas encore partie"),
        ("sent", {"aller": "fin", "etape": "montrer"}, "C’est enregistré"),
        ("sent", {}, "Votre correction n’est pas encore partie"),
        ("asked", {"aller": "fin", "etape": "montrer"}, "C’est enregistré"),
        ("asked", {}, "Vos compléments ne sont pas encore partis"),
    ],
)
def test_each_click_that_finds_an_error_says_what_is_true(client, state, gesture, said):
    url = FORM
    if state is None:
        enter(client, EMAIL)
    else:
        listing_request = ListingRequestFactory()
        if state == "asked":
            actions.ask_for_changes(request_pk=listing_request.pk, by=listing_request.referent.user, comment="Et ?")
        url = client.post(status_url(listing_request)).url

    page = client.post(url, filled(phone="abc", **gesture))

    assert said in page.text
    assert ("pas encore parti" in page.text) == (not gesture)
    assert ListingDraft.objects.get().typed["phone"] == ["abc"]
