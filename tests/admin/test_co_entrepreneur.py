"""The fiche as référents write it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crealead.words import day
from directory.listing import actions
from directory.listing.box import REASONS
from directory.models import CoEntrepreneur, Department, Reference, Skill
from tests import cast
from tests.admin.fiche_form import errors_of, filled, row, url_of
from tests.cast import admin_url, browser_of, messages_of, typed_in_admin
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ListingRequestFactory, PublicClientFactory
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# --- The box -------------------------------------------------------------------------------------------------------


def test_ticking_asks_why_and_loses_nothing_typed(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    response = as_referent.post(
        url_of(fiche), filled(as_referent, fiche, client_public="on", headline="Une accroche neuve")
    )

    fiche.refresh_from_db()
    assert errors_of(response) == {"reason": ["Dites pourquoi la case change."]}
    assert not fiche.client_public
    assert "Une accroche neuve" in response.content.decode()


def test_ticking_lists_and_dates_the_fiche_and_tells_its_author(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    as_referent.post(url_of(fiche), filled(as_referent, fiche, client_public="on", reason="Offre relue ensemble"))

    fiche.refresh_from_db()
    assert fiche.client_public
    assert fiche.listed_since == timezone.localdate()
    assert [mail.to for mail in run_jobs()] == [[fiche.email]]


def test_the_offer_typed_with_the_tick_counts(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, public_offer="")

    as_referent.post(
        url_of(fiche),
        filled(as_referent, fiche, client_public="on", reason="Complète", public_offer="Une offre précise."),
    )

    fiche.refresh_from_db()
    assert fiche.client_public
    assert fiche.public_offer == "Une offre précise."


def test_what_a_tick_lacks_is_told_field_by_field(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, public_offer="")
    departed = timezone.localdate() - timedelta(days=1)

    response = as_referent.post(
        url_of(fiche), filled(as_referent, fiche, client_public="on", reason="Essai", departed_on=departed.isoformat())
    )

    assert set(errors_of(response)) == {"public_offer", "departed_on"}
    assert "il faut l’offre aux clients publics" in errors_of(response)["public_offer"][0]


def test_an_administrator_is_told_that_a_tick_lacks_a_referent():
    fiche = CoEntrepreneurFactory(referent=None)
    browser = browser_of(AdministratorFactory())

    response = browser.post(url_of(fiche), filled(browser, fiche, client_public="on", reason="Essai"))

    assert set(errors_of(response)) == {"referent"}


def test_unticking_keeps_the_date_and_may_empty_the_offer(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)
    data = filled(as_referent, fiche, reason="À sa demande", public_offer="")
    del data["client_public"]

    as_referent.post(url_of(fiche), data)

    fiche.refresh_from_db()
    assert not fiche.client_public
    assert fiche.listed_since
    assert fiche.public_offer == ""


def test_a_listed_fiche_can_not_lose_its_offer(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)

    response = as_referent.post(url_of(fiche), filled(as_referent, fiche, public_offer=" "))

    assert "l’offre aux clients publics doit être écrite" in str(errors_of(response))


def test_the_date_of_listing_can_not_be_typed(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    as_referent.post(url_of(fiche), filled(as_referent, fiche, listed_since="2001-01-01"))

    fiche.refresh_from_db()
    assert fiche.listed_since is None


# --- Who follows ---------------------------------------------------------------------------------------------------


def test_a_referent_can_not_hand_a_fiche_over(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    as_referent.post(url_of(fiche), filled(as_referent, fiche, referent=cast.referent().pk))

    fiche.refresh_from_db()
    assert fiche.referent == referent


def test_an_administrator_hands_a_fiche_over(referent):
    fiche, other = CoEntrepreneurFactory(referent=referent), cast.referent()
    browser = browser_of(AdministratorFactory())

    browser.post(url_of(fiche), filled(browser, fiche, referent=other.pk))

    fiche.refresh_from_db()
    assert fiche.referent == other


def test_a_fiche_that_a_referent_adds_is_theirs(referent, as_referent):
    data = typed_in_admin(as_referent.get(admin_url("coentrepreneur_add")))
    data |= {"first_name": "Zoé", "last_name": "Neuve", "email": "zoe@example.org", "referent": cast.referent().pk}

    as_referent.post(admin_url("coentrepreneur_add"), data)

    assert CoEntrepreneur.objects.get(email="zoe@example.org").referent == referent


# --- Two at once ---------------------------------------------------------------------------------------------------


def test_the_second_of_two_writers_is_told_and_may_go_on(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    stale = filled(as_referent, fiche, headline="La seconde")
    as_referent.post(url_of(fiche), filled(as_referent, fiche, headline="La première"))

    told = as_referent.post(url_of(fiche), stale)
    again = as_referent.post(url_of(fiche), typed_in_admin(told))

    fiche.refresh_from_db()
    assert "a changé pendant que vous l’écriviez" in str(errors_of(told))
    assert again.status_code == 302
    assert fiche.headline == "La seconde"


def test_a_form_without_its_version_is_refused(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    data = filled(as_referent, fiche, headline="À la main")
    del data["version"]

    as_referent.post(url_of(fiche), data)

    fiche.refresh_from_db()
    assert fiche.headline != "À la main"


# --- What hangs from a fiche ---------------------------------------------------------------------------------------


def test_a_reference_is_added_from_the_fiche(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    values = {"subject": "Atelier", "client": PublicClientFactory().pk, "starts_on": "2025-01-01", "role": "titulaire"}

    as_referent.post(url_of(fiche), filled(as_referent, fiche) | row("kept_references", 1, **values))

    assert Reference.objects.get().co_entrepreneur == fiche


def test_lists_are_saved(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    skills = list(Skill.objects.all()[:2])

    as_referent.post(
        url_of(fiche), filled(as_referent, fiche, skills=[skill.pk for skill in skills], departments=["34", "2A"])
    )

    assert set(fiche.skills.all()) == set(skills)
    assert set(fiche.departments.all()) == set(Department.objects.filter(code__in=["34", "2A"]))


def test_a_phone_and_a_site_are_kept_in_one_way_or_asked_again(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    refused = as_referent.post(url_of(fiche), filled(as_referent, fiche, phone="abc", website="ftp://exemple.fr"))
    assert {"phone", "website"} <= refused.context["adminform"].form.errors.keys()

    as_referent.post(url_of(fiche), filled(as_referent, fiche, phone="04/67/12/34/56", website="www.exemple.fr"))
    fiche.refresh_from_db()
    assert (fiche.phone, fiche.website) == ("04 67 12 34 56", "https://www.exemple.fr")


# --- What changing the box does, said before and after --------------------------------------------------------------


def test_the_form_says_what_ticking_settles_and_what_buyers_will_miss(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    listing_request = ListingRequestFactory(co_entrepreneur=fiche)

    page = as_referent.get(url_of(fiche)).text

    assert "Une demande de référencement est ouverte" in page
    assert admin_url("listingrequest_decide", listing_request.pk) in page
    assert "Les acheteurs y chercheront des compétences" in page
    assert all(f'<option value="{reason}">' in page for reason in REASONS)


def test_a_tick_says_that_the_fiche_is_in_the_catalogue_and_who_was_mailed(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    listing_request = ListingRequestFactory(co_entrepreneur=fiche)

    response = as_referent.post(
        url_of(fiche), filled(as_referent, fiche, client_public="on", reason=REASONS[1]), follow=True
    )

    listing_request.refresh_from_db()
    told = messages_of(response)[0]
    assert "Au catalogue" in told
    assert fiche.get_absolute_url() in told
    assert fiche.email in told
    assert listing_request.is_accepted
    assert len(run_jobs()) == 1


def test_an_untick_says_who_was_mailed(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)
    data = filled(as_referent, fiche, reason="À sa demande")
    data.pop("client_public", None)

    response = as_referent.post(url_of(fiche), data, follow=True)

    assert "Plus au catalogue" in messages_of(response)[0]
    assert fiche.email in messages_of(response)[0]


@pytest.mark.parametrize(
    ("days", "words"), [(0, "n’est plus montrée dès maintenant"), (30, "quittera le catalogue le")]
)
def test_a_departure_says_what_follows(referent, as_referent, days, words):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)
    day = timezone.localdate() + timedelta(days=days)

    response = as_referent.post(url_of(fiche), filled(as_referent, fiche, departed_on=day.isoformat()), follow=True)

    assert any(words in message and fiche.name in message for message in messages_of(response))


def test_a_name_written_oddly_is_saved_and_questioned(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, last_name="Durand")

    odd = as_referent.post(url_of(fiche), filled(as_referent, fiche, last_name="DUPONT"), follow=True)
    usual = as_referent.post(url_of(fiche), filled(as_referent, fiche, last_name="Dupont"), follow=True)

    assert any("est-ce bien Camille Dupont" in message for message in messages_of(odd))
    assert not any("est-ce bien" in message for message in messages_of(usual))


# --- Where it stands -----------------------------------------------------------------------------------------------


def test_the_page_says_whether_the_fiche_is_in_the_catalogue_why_not_and_since_when(referent, as_referent):
    today = timezone.localdate()
    new = CoEntrepreneurFactory(referent=referent, public_offer="")
    listed = CoEntrepreneurFactory(referent=referent, listed=True)
    fallen = CoEntrepreneurFactory(referent=referent, listed=True)
    actions.untick(co_entrepreneur_pk=fallen.pk, by=referent.user, reason="À sa demande")
    gone = CoEntrepreneurFactory(referent=referent, listed=True, departed_on=today)

    for fiche, words in [
        (
            new,
            "la case « client public » n’a jamais été cochée. Pour l’y mettre, il manque l’offre aux clients publics.",
        ),
        (listed, f"Au catalogue depuis le {day(listed.listed_since)}."),
        (fallen, f"est décochée depuis le {day(today)}, motif : « À sa demande »."),
        (gone, f"Pas au catalogue : départ de la coopérative le {day(today)}."),
    ]:
        page = as_referent.get(url_of(fiche))
        assert words in page.context["standing"]
        assert page.context["standing"] in page.text


def test_what_is_typed_changes_nothing_of_where_the_fiche_stands(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)

    page = as_referent.post(url_of(fiche), filled(as_referent, fiche, first_name="", departed_on="01/01/2020"))

    assert page.context["standing"] == f"Au catalogue depuis le {day(fiche.listed_since)}."
