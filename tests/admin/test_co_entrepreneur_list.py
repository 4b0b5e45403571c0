"""The list of fiches: filtered, searched, ticked and unticked in bulk."""

import pytest
from django.utils import timezone
from lxml import html

from directory.listing.box import REASONS
from directory.models import CoEntrepreneur, CpvCode, ListingRequest, Skill
from tests.cast import admin_url, messages_of, text_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


# --- The list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("suivi=moi", {"Référencée", "Seule", "Partie"}),
        ("suivi=personne", {"Orpheline"}),
        ("catalogue=oui", {"Référencée"}),
        ("catalogue=non", {"Seule", "Orpheline", "Ailleurs"}),
        ("catalogue=partis", {"Partie"}),
        ("manque=oui", {"Seule", "Orpheline", "Ailleurs"}),
        ("domaine=formation-pedagogie", {"Référencée"}),
        ("contract_stage__exact=cape", {"Seule"}),
        ("q=referencee", {"Référencée"}),
    ],
)
def test_the_list_is_filtered_and_searched(referent, as_referent, query, found):
    skill = Skill.objects.filter(domain__slug=Skill.objects.first().domain.slug).first()
    CoEntrepreneurFactory(
        last_name="Référencée",
        referent=referent,
        listed=True,
        nationwide=True,
        skills=[skill],
        cpv_codes=[CpvCode.objects.first()],
    )
    CoEntrepreneurFactory(last_name="Seule", referent=referent, contract_stage="cape")
    CoEntrepreneurFactory(last_name="Partie", referent=referent, departed_on=timezone.localdate())
    CoEntrepreneurFactory(last_name="Orpheline", referent=None)
    CoEntrepreneurFactory(last_name="Ailleurs")
    query = query.replace("formation-pedagogie", skill.domain.slug)

    response = as_referent.get(f"{admin_url('coentrepreneur_changelist')}?{query}")

    assert {fiche.last_name for fiche in response.context["cl"].queryset} == found


# --- In bulk -------------------------------------------------------------------------------------------------------


def bulk(browser, action, fiches, **data):
    return browser.post(
        admin_url("coentrepreneur_changelist"),
        {"action": action, "_selected_action": [fiche.pk for fiche in fiches]} | data,
        follow=True,
    )


def test_a_bulk_action_first_shows_what_it_would_do(referent, as_referent):
    fiches = [
        CoEntrepreneurFactory(referent=referent),
        CoEntrepreneurFactory(referent=referent, public_offer=""),
        CoEntrepreneurFactory(referent=referent, listed=True),
        CoEntrepreneurFactory(),
    ]

    page = bulk(as_referent, "tick_box", fiches).content.decode()

    for sentence in [
        "Entrera dans le catalogue.",
        "il manque : l’offre aux clients publics",
        "Rien à changer.",
        "suivie par une autre personne",
    ]:
        assert sentence in page
    assert CoEntrepreneur.objects.filter(client_public=True).count() == 1


def test_a_bulk_action_asks_why(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)

    response = bulk(as_referent, "tick_box", [fiche], confirmed="1", reason=" ")

    fiche.refresh_from_db()
    assert "Dites pourquoi la case change." in response.content.decode()
    assert not fiche.client_public


def test_a_bulk_tick_does_what_it_may_and_tells_the_rest(referent, as_referent):
    done, incomplete, theirs = (
        CoEntrepreneurFactory(referent=referent, last_name="Faite"),
        CoEntrepreneurFactory(referent=referent, last_name="Incomplète", public_offer=""),
        CoEntrepreneurFactory(last_name="Ailleurs"),
    )

    response = bulk(as_referent, "tick_box", [done, incomplete, theirs], confirmed="1", reason="Campagne")

    assert list(CoEntrepreneur.objects.filter(client_public=True)) == [done]
    assert messages_of(response) == [
        f'Au catalogue : <a href="{done.get_absolute_url()}">Camille Faite</a>. Un courriel est parti à {done.email}.',
        "Refusé, fiche suivie par une autre personne (1 fiche) : Camille Ailleurs.",
        "Refusé, il manque quelque chose (1 fiche) : Camille Incomplète (l’offre aux clients publics).",
    ]


def test_a_bulk_tick_says_before_what_it_settles_and_what_buyers_will_miss(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, headline="")
    attached = ListingRequestFactory(co_entrepreneur=fiche)
    by_address = CoEntrepreneurFactory(referent=referent)
    orphan = ListingRequestFactory(
        co_entrepreneur=None,
        referent=referent,
        email=by_address.email.upper(),
        first_name="Nora",
        last_name="Neuve",
        trade_name="",
    )

    page = bulk(as_referent, "tick_box", [fiche, by_address]).text
    bulk(as_referent, "tick_box", [fiche, by_address], confirmed="1", reason=REASONS[0])

    assert page.count("Sa demande de référencement sera close") == 2
    assert "Les acheteurs y chercheront une accroche, des compétences, un code CPV, une zone d’intervention." in page
    assert all(f'<option value="{reason}">' in page for reason in REASONS)
    for listing_request, listed in [(attached, fiche), (orphan, by_address)]:
        listing_request.refresh_from_db()
        assert (listing_request.state, listing_request.co_entrepreneur) == (ListingRequest.State.ACCEPTED, listed)
        assert listing_request.decided_by == referent.user
    fiche.refresh_from_db()
    assert fiche.public_offer != attached.public_offer
    assert all("demande de référencement est close" in " ".join(mail.body.split()) for mail in run_jobs())


def test_a_bulk_untick_says_who_is_told(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent, listed=True)

    page = bulk(as_referent, "untick_box", [fiche]).text
    done = bulk(as_referent, "untick_box", [fiche], confirmed="1", reason="À sa demande")

    assert f"Quittera le catalogue. Un courriel le dira à {fiche.email}." in page
    assert "<datalist" not in page
    assert messages_of(done) == [f"Plus au catalogue : {fiche.name}. Un courriel est parti à {fiche.email}."]


def test_a_bulk_untick_leaves_the_fiches_of_colleagues(referent, as_referent):
    mine, theirs = CoEntrepreneurFactory(referent=referent, listed=True), CoEntrepreneurFactory(listed=True)

    bulk(as_referent, "untick_box", [mine, theirs], confirmed="1", reason="Fin de campagne")

    assert list(CoEntrepreneur.objects.filter(client_public=True)) == [theirs]


def test_too_many_fiches_at_once_are_refused(referent, as_referent, monkeypatch):
    monkeypatch.setattr("directory.admin.box_actions.AT_MOST", 1)
    fiches = CoEntrepreneurFactory.create_batch(2, referent=referent)

    response = bulk(as_referent, "tick_box", fiches, confirmed="1", reason="Toutes")

    assert messages_of(response) == ["Choisissez 1 fiches au plus à la fois."]
    assert not CoEntrepreneur.objects.filter(client_public=True).exists()


def test_the_filters_are_named_as_they_read_and_nobody_is_offered_once(as_referent):
    page = text_of(as_referent.get(admin_url("coentrepreneur_changelist")))

    assert "Par annonce de la fiche" in page
    assert "referent__isnull" not in page


def test_the_list_tells_its_order_and_its_filters_by_more_than_a_colour(as_referent):
    CoEntrepreneurFactory(listed=True)

    page = html.fromstring(as_referent.get(admin_url("coentrepreneur_changelist") + "?o=2&catalogue=oui").text)

    assert page.xpath("//th[@aria-sort='ascending']//a[@class='sortremove']/span/text()") == ["Enlever du tri"]
    assert page.xpath("//*[@id='changelist-filter']//a[@aria-current='true']/text()").count("référencés") == 1


def test_what_a_field_leads_to_is_named_by_its_image_and_what_is_hidden_by_nothing(as_referent):
    page = html.fromstring(as_referent.get(admin_url("coentrepreneur_add")).text)

    assert not page.xpath("//label[@for=//input[@type='hidden']/@id]")
    ways = page.xpath("//a[contains(@class, 'related-widget-wrapper-link')]")
    assert ways
    assert [way.get("title") for way in ways] == [way.find("img").get("alt") for way in ways]
