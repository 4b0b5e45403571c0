"""What a card says: the offer, who, the proof that answers the need, the facts; and what it leaves out."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from directory.models import Certification, CoEntrepreneur, Consent, Department, Label, Reference
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db


def card(fiche, **query):
    """The markup of its card on the page of a search."""
    text = Client().get("/catalogue/", query).text
    return (
        text.partition(f'data-fiche="{fiche.slug}"')[2].partition('<li class="panneau carte"')[0].partition("</ol>")[0]
    )


def words(markup):
    """What is read of it, on one line, without marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?mark>|<!--.*?-->", "", markup))).split())


def proof(markup):
    return words(re.search(r'<p class="carte-preuve[^>]*>(.*?)</p>', markup, re.DOTALL)[1])


def lines(markup, name):
    """The items of a list of the card."""
    block = re.search(rf'class="{name}[^"]*".*?</ul>', markup, re.DOTALL)[0]
    return [words(item) for item in re.findall(r"<li.*?</li>", block, re.DOTALL)]


@pytest.fixture
def fiche():
    return CoEntrepreneurFactory(
        listed=True, headline="Concertation dans les quartiers", first_name="Nour", last_name="Bel", trade_name="Parlons",
        city="Lunel", departments=Department.objects.filter(region="76").exclude(code="32"),
        skills=[SkillFactory(name=f"{word} de réunion") for word in ("Animation", "Bilan", "Compte rendu", "Écoute")],
    )  # fmt: skip


class TestOrder:
    def test_offer_then_person_then_proof_then_facts(self, fiche):
        client = PublicClientFactory(name="Commune de Lodève")
        ReferenceFactory(
            co_entrepreneur=fiche, client=client, subject="Bulletin municipal, quatre numéros par an",
            starts_on="2025-01-01", ends_on="2025-12-31", amount=12_000,
        )  # fmt: skip

        read = words(card(fiche))

        assert [line in read for line in ("Concertation dans les quartiers – Nour Bel",)] == [True]
        order = [
            "Concertation dans les quartiers", "Nour Bel Parlons Lunel",
            "Déjà fait : Bulletin municipal, quatre numéros par an, Commune de Lodève, 2025 · 5 000 à 15 000 € HT",
            "Occitanie sauf le Gers", "1 référence", "Animation de réunion", "Bilan de réunion", "+ 2",
        ]  # fmt: skip
        places = [read.find(line) for line in order]
        assert -1 not in places, read
        assert places == sorted(places)

    def test_the_link_is_named_by_the_offer_and_the_person(self, fiche):
        [link] = re.findall(r'<a class="lien-etendu"[^>]*>(.*?)</a>', card(fiche), re.DOTALL)

        assert words(link) == "Concertation dans les quartiers – Nour Bel"

    def test_without_an_offer_the_link_is_named_by_the_person_once(self):
        fiche = CoEntrepreneurFactory(listed=True, headline="", first_name="Nour", last_name="Bel")

        [link] = re.findall(r'<a class="lien-etendu"[^>]*>(.*?)</a>', card(fiche), re.DOTALL)

        assert words(link) == "Nour Bel"


class TestProof:
    def test_it_is_the_latest_reference_when_nothing_is_asked(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="Une ancienne", starts_on="2019-01-01", ends_on="2020-02-01")
        ReferenceFactory(co_entrepreneur=fiche, subject="La dernière", starts_on="2024-03-01")

        assert "La dernière" in proof(card(fiche))
        assert "depuis 2024" in proof(card(fiche))

    def test_it_is_the_one_that_answers_the_words(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="Restauration d’un campanile", starts_on="2019-01-01")
        ReferenceFactory(co_entrepreneur=fiche, subject="La dernière", starts_on="2024-03-01")

        markup = card(fiche, q="campanile")

        assert proof(markup).startswith("Déjà fait : Restauration d’un campanile")
        assert "<mark>campanile</mark>" in markup
        # It is read once.
        assert words(markup).count("Restauration d’un campanile") == 1

    def test_it_is_that_of_the_client_who_is_named(self, fiche):
        ReferenceFactory(
            co_entrepreneur=fiche, subject="Une étude", client__name="Ville de Tuffeau", starts_on="2019-01-01"
        )
        ReferenceFactory(co_entrepreneur=fiche, subject="Tuffeau et tuffeau", starts_on="2024-03-01")

        assert "Une étude, Ville de Tuffeau" in proof(card(fiche, q="tuffeau"))

    def test_a_client_of_the_kind_that_is_named_does_not_outweigh_what_was_done(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="Budget participatif", client__name="Ville haute")
        ReferenceFactory(co_entrepreneur=fiche, subject="Autre chose", client__name="Commune d’ailleurs")

        assert "Budget participatif" in proof(card(fiche, q="budget participatif commune"))

    def test_it_is_that_of_the_type_of_client_that_is_asked(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="Pour le SDIS", client__type="sdis", starts_on="2019-01-01")
        ReferenceFactory(co_entrepreneur=fiche, subject="La dernière", starts_on="2024-03-01")

        assert "Pour le SDIS" in proof(card(fiche, client="sdis"))

    def test_it_is_that_of_the_amount_that_is_asked(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="De ce montant", starts_on="2019-01-01", amount=20_000)
        ReferenceFactory(co_entrepreneur=fiche, subject="La dernière", starts_on="2024-03-01", amount=2_000)

        assert "De ce montant" in proof(card(fiche, q="concertation 20 000 €"))

    def test_results_that_alone_answer_are_told_apart(self, fiche):
        ReferenceFactory(co_entrepreneur=fiche, subject="Une étude", results="Le campanile est debout.")

        read = words(card(fiche, q="campanile"))

        assert "Résultats Le campanile est debout." in read

    @pytest.mark.parametrize("hidden", [{"amount": None}, {"amount": 12_000, "amount_shown": "hidden"}])
    def test_an_amount_that_is_not_told_leaves_nothing(self, fiche, hidden):
        ReferenceFactory(
            co_entrepreneur=fiche, subject="Une étude", starts_on="2024-01-01", ends_on="2024-02-01", **hidden
        )

        assert proof(card(fiche)).endswith(", 2024")
        assert "€" not in card(fiche)

    def test_who_has_no_reference_is_said_so_in_a_few_words(self, fiche):
        assert proof(card(fiche)) == "Pas encore de référence publiée"

    @pytest.mark.parametrize("private", [{"publishable": False}, {"state": Reference.State.TO_VALIDATE}])
    def test_what_is_not_public_never_shows(self, fiche, private):
        ReferenceFactory(co_entrepreneur=fiche, subject="Tuffeau secret", **private)

        assert "secret" not in card(fiche)
        assert "secret" not in card(fiche, q="concertation tuffeau")

    def test_a_long_subject_never_costs_the_client_nor_the_year_nor_the_band(self, fiche):
        ReferenceFactory(
            co_entrepreneur=fiche, subject=" ".join(["accompagnement"] * 13), client__name="Communauté de communes du Pic",
            starts_on="2024-01-01", ends_on="2024-02-01", amount=1,
        )  # fmt: skip

        assert proof(card(fiche)).endswith("…, Communauté de communes du Pic, 2024 · moins de 5 000 € HT")


class TestFacts:
    def test_the_skills_that_answer_come_first(self, fiche):
        assert lines(card(fiche, q="écoute"), "carte-faits")[-3:] == [
            "Écoute de réunion",
            "Animation de réunion",
            "+ 2",
        ]
        slug = fiche.skills.get(name="Compte rendu de réunion").slug
        assert lines(card(fiche, competence=slug), "carte-faits")[-3:-1] == [
            "Compte rendu de réunion", "Animation de réunion",
        ]  # fmt: skip

    def test_labels_are_named_while_they_are_valid(self, fiche):
        valid, lapsed = (Label.objects.create(slug=name, name=f"Label {name}") for name in ("vert", "bleu"))
        Certification.objects.create(co_entrepreneur=fiche, label=valid, proof="x.pdf", expires_on="2999-01-01")
        Certification.objects.create(co_entrepreneur=fiche, label=lapsed, proof="x.pdf", expires_on="2020-01-01")

        assert "Label vert" in lines(card(fiche), "carte-faits")
        assert "Label bleu" not in card(fiche)

    def test_the_day_is_told_where_it_is_what_orders(self, fiche):
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(
            content_updated_at="2026-03-02T12:00Z", listed_since="2026-02-01"
        )

        assert lines(card(fiche, tri="maj"), "carte-faits")[0] == "Mise à jour le 2 mars 2026"
        assert "mars 2026" not in card(fiche)
        assert "Au catalogue depuis le 1er février 2026" in words(
            Client().get("/").text.partition("Derniers référencés")[2]
        )

    def test_what_was_asked_of_all_is_not_repeated(self, fiche):
        fiche.cpv_codes.set(["80511000"])
        slug = fiche.skills.first().slug

        markup = card(fiche, departement="34", competence=slug, cpv="805", q="concertation Lunel")

        assert "carte-raisons" not in markup

    def test_which_of_several_is_told(self, fiche):
        CoEntrepreneurFactory(listed=True).departments.set(["32"])

        assert "Zone d’intervention Gard (30)" in words(card(fiche, departement=["30", "32"]))
        assert "carte-raisons" not in card(fiche, departement=["30", "34"])

    def test_the_department_that_is_asked_for_is_named_first(self, fiche):
        fiche.departments.set(["11", "12", "30", "34", "81"])

        assert "Aude, Aveyron et 3 autres départements d’Occitanie" in words(card(fiche))
        assert "Zone : Hérault, Aude et 3 autres départements d’Occitanie" in words(card(fiche, departement="34"))
        assert "Zone : Hérault, Aude et 3 autres départements" in words(card(fiche, q="concertation à Béziers"))

    def test_a_region_is_told_as_one(self, fiche):
        assert words(card(fiche, q="concertation en Occitanie")).count("Occitanie sauf le Gers") >= 1
        assert "Ariège (09)" not in card(fiche, q="concertation en Occitanie")


class TestLink:
    @pytest.mark.parametrize(
        ("query", "carried"),
        [
            ({}, ""),
            ({"page": "1"}, ""),
            ({"q": "  réunion   & débat ", "inconnu": "1"}, "?q=r%C3%A9union+%26+d%C3%A9bat"),
            ({"tri": "maj", "departement": ["34", "xx", "30"], "page": "1"}, "?departement=30&departement=34&tri=maj"),
        ],
    )
    def test_it_carries_the_search_as_the_catalogue_reads_it(self, fiche, query, carried):
        [href] = re.findall(r'lien-etendu" href="([^"]*)"', card(fiche, **query))

        assert unescape(href) == fiche.get_absolute_url() + carried

    def test_no_query_breaks_out_of_it(self, fiche):
        for text in ('"><img src=x>', "<!--proof-->", "'onmouseover=", "réunion<!--query-->"):
            markup = Client().get(f"/catalogue/?{urlencode({'q': text, 'exact': 1})}").text
            assert "<img src=x>" not in markup
        assert "<!--" not in card(fiche, q="réunion")

    def test_a_card_that_is_kept_serves_any_search(self, fiche):
        for query in ({}, {"q": "réunion"}, {"tri": "nom"}, {}):
            [href] = re.findall(r'lien-etendu" href="([^"]*)"', card(fiche, **query))
            assert href == fiche.get_absolute_url() + (f"?{urlencode(query)}" if query else "")


class TestFace:
    def test_initials_where_no_photo_may_show(self, fiche):
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(photo="photos/x.webp")

        assert 'aria-hidden="true">NB</span>' in card(fiche)
        assert "<img" not in card(fiche)

    def test_a_photo_by_consent_decorative_and_of_a_known_size(self, fiche):
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(photo="photos/x.webp")
        Consent.objects.create(co_entrepreneur=fiche, item="photo")

        [image] = re.findall("<img[^>]*>", card(fiche))

        assert f'src="/catalogue/{fiche.slug}/portrait.webp"' in image
        assert 'alt=""' in image and 'width="40"' in image and 'height="40"' in image

    def test_a_consent_to_the_fiche_alone_is_none_to_the_lists(self, fiche):
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(photo="photos/x.webp")
        Consent.objects.create(co_entrepreneur=fiche, item="photo", text_version="2026-11-2")

        assert "<img" not in card(fiche)

    def test_the_first_four_are_asked_for_at_once(self):
        for _ in range(6):
            Consent.objects.create(
                co_entrepreneur=CoEntrepreneurFactory(listed=True, photo="photos/x.webp"), item="photo"
            )

        images = re.findall("<img[^>]*>", Client().get("/catalogue/").text)

        assert ['loading="lazy"' in image for image in images] == [False] * 4 + [True] * 2
