"""« Pourquoi n’ai-je pas été trouvé ? »: the page of a member, and the same in the back office."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import quote

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from directory.listing import actions as listing
from directory.models import Certification, CpvCode, FicheProposal, Label, NotMyTrade
from directory.my_space.share import ranks_in_cycle
from directory.search.rotation import CYCLE_DAYS, place
from tests.cast import admin_url, awaiting, count_queries, text_of
from tests.factories import (
    CoEntrepreneurFactory,
    ListingRequestFactory,
    PublicClientFactory,
    ReferenceFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/visibilite/"
DECLINE = f"{PAGE}pas-mon-metier/"
FICHE = "/mon-espace/fiche/"


@pytest.fixture
def listed(member):
    listing.tick(co_entrepreneur_pk=member.pk, by=member.referent.user, reason="Vu ensemble")
    member.refresh_from_db()
    return member


def read(browser, query=""):
    return text_of(browser.get(f"{PAGE}?{query}" if query else PAGE))


def told(page):
    """(found or missing, [(criterion, met)])."""
    [answer] = re.findall(r'data-why="(\w+)"', page)
    return answer, re.findall(r'data-criterion="(\w+)" data-met="(\w+)"', page)


def links(page, words):
    """The addresses of the links that hold these words."""
    return [unescape(url) for url, label in re.findall(r'<a href="([^"]+)">([^<]*)</a>', page) if words in label]


# --- Am I visible? ---------------------------------------------------------------------------------------------------


def test_a_listed_fiche_is_visible_and_leaves_on_the_day_of_a_departure(listed, as_member):
    assert 'data-visible="yes"' in read(as_member)

    listed.departed_on = timezone.localdate() + timedelta(days=9)
    listed.save()

    assert "elle en sortira le" in read(as_member)


def test_a_member_is_told_what_they_can_do_themselves(member, as_member):
    page = read(as_member)

    assert "Vous pouvez le demander, et Claire Fabre cocher la case." in page
    assert 'href="/mon-espace/#demande"' in page


def _departed(fiche):
    fiche.departed_on = timezone.localdate()
    fiche.save()


def _asked(fiche):
    ListingRequestFactory(co_entrepreneur=fiche)


def _to_complete(fiche):
    request = ListingRequestFactory(co_entrepreneur=fiche)
    listing.ask_for_changes(request_pk=request.pk, by=fiche.referent.user, comment="Précisez.")


def _refused(fiche):
    request = ListingRequestFactory(co_entrepreneur=fiche)
    listing.refuse(request_pk=request.pk, by=fiche.referent.user, reason="offer_unclear")


def _left(fiche):
    listing.tick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Vu ensemble")
    listing.leave_catalogue(co_entrepreneur_pk=fiche.pk)


def _unticked(fiche):
    listing.tick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Vu ensemble")
    listing.untick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Offre à revoir")


def _unfollowed(fiche):
    fiche.referent = None
    fiche.save()


def _without_offer(fiche):
    fiche.public_offer = " "
    fiche.save()


@pytest.mark.parametrize(
    ("happens", "reason", "who"),
    [
        (_departed, "jour du départ", "Claire Fabre peut la corriger"),
        (_asked, "attend Claire Fabre depuis le", "Claire Fabre peut y répondre"),
        (_to_complete, "des compléments ont été demandés le", "La personne peut compléter"),
        (_refused, "a été refusée le", "en faire une nouvelle"),
        (_left, "elle-même quitté le catalogue le", "personne d’autre ne le fera"),
        (_unticked, "décochée le", "Claire Fabre peut la cocher"),
        (_unfollowed, "personne ne suit la fiche", "Un référent peut la suivre"),
        (_without_offer, "l’offre aux clients publics n’est pas écrite", "La personne peut l’écrire"),
        (lambda _: None, "personne n’a encore demandé", "La personne peut le demander"),
    ],
)
def test_the_reason_that_decides_is_told_with_its_day_and_who_can_change_it(
    member, as_administrator, happens, reason, who
):
    happens(member)

    page = text_of(as_administrator.get(admin_url("coentrepreneur_visibility", member.pk)))

    assert 'data-visible="no"' in page
    assert reason in page
    assert who in page
    assert str(timezone.localdate().year) in page


def test_since_when_is_read_in_the_history(member, as_member):
    member.public_offer = ""
    member.save()
    type(member).objects.filter(pk=member.pk).update(created_at=timezone.now() - timedelta(days=400))

    page = read(as_member)

    assert f"n’est pas écrite, depuis le {date_format(timezone.localdate(), 'j F Y')}" in page


def test_whatever_is_tried_a_fiche_out_of_the_catalogue_is_told_so(member, as_member):
    assert told(read(as_member, "q=accueil&departement=30")) == ("missing", [("catalogue", "no")])


# --- A search --------------------------------------------------------------------------------------------------------


def test_a_found_fiche_is_told_its_rank_in_the_order_of_the_page_and_what_matched(listed, as_member, client):
    for _ in range(4):
        CoEntrepreneurFactory(listed=True)

    page = read(as_member, "q=accueil&tri=nom")

    assert told(page) == ("found", [("catalogue", "yes"), ("q", "yes")])
    order = re.findall(r'data-fiche="([^"]+)"', client.get("/catalogue/?q=accueil&tri=nom").text)
    place_of_it = order.index(listed.slug) + 1
    assert f"{'1re' if place_of_it == 1 else f'{place_of_it}e'} sur 5" in page
    assert "<mark>" in page


def test_a_pasted_address_is_read_as_the_search_it_holds(listed, as_member):
    address = "https://ailleurs.example/catalogue/?q=fresque&departement=30&page=4&javascript=1"

    response = as_member.get(PAGE, {"q": address})

    assert response.url == f"{PAGE}?q=fresque&departement=30"
    assert told(read(as_member, "q=fresque&departement=30"))[0] == "missing"
    assert as_member.get(PAGE, {"q": "/catalogue/"}).url == f"{PAGE}?tri=equitable"
    assert as_member.get(PAGE, {"q": "http://[?q=x"}).status_code == 200
    assert as_member.get(PAGE, {"q": "l’accueil / le conseil"}).status_code == 200


def test_each_criterion_not_met_says_why_and_offers_the_smallest_change(listed, as_member):
    listed.cpv_codes.set(CpvCode.objects.filter(code="80500000"))
    skill = SkillFactory(name="Apiculture", synonyms=["abeilles"])
    label = Label.objects.create(slug="essai", name="Label d’essai")
    Certification.objects.create(co_entrepreneur=listed, label=label, proof="p.pdf", expires_on=date(2020, 1, 2))
    awaiting(co_entrepreneur=listed, client=PublicClientFactory(type="sdis"), subject="Accueil des pompiers")
    CpvCode.objects.get_or_create(code="80511000", defaults={"label": "Formation du personnel"})
    CoEntrepreneurFactory(listed=True, skills=[skill])

    page = read(as_member, "q=abeilles&departement=30&cpv=80511000&client=sdis&label=essai&references=1")

    answer, criteria = told(page)
    assert answer == "missing"
    assert {name for name, met in criteria if met == "no"} == {
        *("q", "departement", "cpv", "client", "label", "references"),
    }
    assert f"{FICHE}?skills={skill.pk}#id_skills" in links(page, "la compétence « Apiculture »")
    assert links(page, "une phrase à l’offre") == [f"{FICHE}?mot=abeilles#id_public_offer"]
    assert links(page, "Gard") == [f"{FICHE}?departments=30#id_departments"]
    assert links(page, "80511000") == [f"{FICHE}?cpv_codes=80511000#id_cpv_codes"]
    assert "Le plus proche déclaré : 80500000" in page
    assert "« Accueil des pompiers » : à valider, pas encore validée" in page
    assert "expiré le 2 janvier 2020" in page
    assert "par sa racine et ses synonymes" in page


def test_an_amount_not_met_says_what_each_reference_shows(listed, as_member):
    shown = {"co_entrepreneur": listed, "starts_on": date(2015, 1, 1), "ends_on": date(2016, 1, 1)}
    ReferenceFactory(subject="Ancienne", amount=9000, **shown)
    ReferenceFactory(subject="Muette", amount=9000, amount_shown="hidden", **shown)

    page = read(as_member, "montant=5000-15000&montant=recentes")

    assert told(page) == ("missing", [("catalogue", "yes"), ("montant", "no")])
    assert "« Ancienne » : de 5 000 à 15 000 € HT, plus de trois ans." in page
    assert "« Muette » : le montant n’est pas montré, plus de trois ans." in page
    assert told(read(as_member, "montant=5000-15000"))[0] == "found"


def test_the_form_of_a_proposal_is_filled_in_and_nothing_is_saved_before_it_is_sent(listed, as_member):
    skill = SkillFactory(name="Apiculture")

    page = as_member.get(f"{FICHE}?skills={skill.pk}&departments=30&departments=zz&cpv_codes=80500000&mot=ruche\x00s")

    initial = page.context["form"].initial
    assert initial["skills"] == [skill.pk]
    assert initial["departments"] == ["30"]
    assert "80500000" in initial["cpv_codes"]
    assert initial["public_offer"].endswith("\n\nJe peux aussi vous répondre pour : ruche s.")
    assert "pas encore envoyé" in page.text
    assert not FicheProposal.objects.exists()


@pytest.mark.parametrize("junk", ["skills=99999999999999999999", "skills=x", "departments=%00", "mot=", "cpv_codes=1'"])
def test_a_strange_address_adds_nothing(listed, as_member, junk):
    response = as_member.get(f"{FICHE}?{junk}")

    assert response.status_code == 200
    assert "pas encore envoyé" not in response.text


# --- Not my trade ----------------------------------------------------------------------------------------------------


def test_what_is_not_ones_trade_is_kept_no_longer_proposed_and_taken_back(listed, as_member):
    query = "q=fresque&departement=30"
    assert len(links(read(as_member, query), "Gard")) == 1

    sent = {"kind": "departement", "key": "30", "words": "Gard (30)", "recherche": query}
    assert as_member.post(DECLINE, sent).url == f"{PAGE}?{query}"
    as_member.post(DECLINE, sent)

    [row] = NotMyTrade.objects.all()
    page = read(as_member, query)
    assert (links(page, "Gard"), told(page)[0]) == ([], "missing")
    assert "pas votre métier" in page

    as_member.post(DECLINE, {"retirer": row.pk, "recherche": query})
    assert len(links(read(as_member, query), "Gard")) == 1


def test_only_ones_own_is_taken_back_and_nothing_else_is_kept(listed, as_member, as_other_member):
    as_member.post(DECLINE, {"kind": "mots", "key": "fresque", "words": "« fresque »"})
    [row] = NotMyTrade.objects.all()

    as_other_member.post(DECLINE, {"retirer": row.pk})
    as_member.post(DECLINE, {"kind": "inconnu", "key": "x", "words": "x"})
    away = as_member.post(DECLINE, {"kind": "mots", "key": "x", "words": "x", "recherche": "//ailleurs.example"}).url

    assert {row.key for row in NotMyTrade.objects.all()} == {"fresque", "x"}
    assert away == PAGE
    assert as_member.get(DECLINE).status_code == 405


# --- Who reads it ----------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_door(client):
    assert "data-visible" not in client.get(PAGE, follow=True).text


def test_the_same_is_in_the_back_office_for_who_follows_the_fiche(
    listed, as_referent, as_other_referent, as_administrator
):
    url = admin_url("coentrepreneur_visibility", listed.pk)

    page = text_of(as_referent.get(url, {"q": "fresque", "departement": "30"}))

    assert told(page)[0] == "missing"
    change = admin_url("coentrepreneur_change", listed.pk)
    assert links(page, "Ajouter Gard") == [f"{change}?departments=30#id_departments"]
    assert DECLINE not in page
    assert url in as_referent.get(change).text
    assert as_administrator.get(url).status_code == 200
    assert as_other_referent.get(url).status_code == 404
    assert url not in as_other_referent.get(change).text
    assert as_referent.get(url, {"q": "/catalogue/?q=x"}).url == f"{url}?q=x"


def test_no_fiche_of_another_is_shown(listed, as_member):
    other = CoEntrepreneurFactory(listed=True, first_name="Zéphyrine", headline="Fresques")

    page = read(as_member, "q=fresque")

    assert other.slug not in page
    assert "Zéphyrine" not in page


def test_the_page_costs_a_bounded_number_of_queries(listed, as_member):
    query = f"{PAGE}?q={quote('accueil des agents fresque jardin abeilles zorglub')}&departement=30&cpv=80&client=sdis"
    for _ in range(3):
        CoEntrepreneurFactory(listed=True, headline="Fresque, jardin, abeilles")
    read(as_member)
    few = count_queries(as_member, query)
    for _ in range(12):
        CoEntrepreneurFactory(listed=True, headline="Fresque, jardin, abeilles")
        ReferenceFactory(co_entrepreneur=listed)

    assert count_queries(as_member, query) == few
    assert few <= 60


# --- The share of first places ---------------------------------------------------------------------------------------


def test_the_share_is_counted_in_the_order_of_the_catalogue(listed, as_member):
    for _ in range(25):
        CoEntrepreneurFactory(listed=True)
    published = [listed.pk, *(fiche.pk for fiche in type(listed).objects.published() if fiche != listed)]
    cycle = timezone.localdate().toordinal() // CYCLE_DAYS

    ranks = ranks_in_cycle(listed.pk, published, cycle)

    for number in (0, 9, 27):
        seed = date.fromordinal(cycle * CYCLE_DAYS + number).isoformat()
        order = sorted(published, key=lambda pk: (place(seed, pk), pk))
        assert order.index(listed.pk) + 1 == ranks[number]
    page = read(as_member)
    days = sum(rank <= 20 for rank in ranks)
    assert f"<b>{days} jour" in page
    assert "la juste part est de 21,5" in page
    assert f"graine={timezone.localdate().isoformat()}" in page


def test_who_is_not_listed_has_no_share(member, as_member):
    assert "premières places" not in read(as_member)
