"""The page of a fiche: what it says first, where it leads, and the search that one comes from."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.catalogue import fiche_page
from directory.models import Certification, CoEntrepreneur, Consent, CpvCode, Department, Label, PublicClient
from tests.factories import CoEntrepreneurFactory, DomainFactory, PublicClientFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def page_of(client, fiche, query=""):
    return unescape(client.get(f"{fiche.get_absolute_url()}{query}").content.decode())


def links(page, words):
    """The addresses of the links that say these words."""
    return re.findall(rf'<a [^>]*?href="([^"]*)"[^>]*>(?:<b>|<span[^>]*>[^<]*</span>)?{re.escape(words)}', page)


def subjects(page):
    """What the references are about, in their order."""
    section = page.partition('id="references"')[2].partition("</section>")[0]
    return re.findall(r"<h3>(.*?)</h3>", section)


def other_slugs(page):
    """Whom the fiche leads to, in their order."""
    section = page.partition('id="autres"')[2].partition("</section>")[0]
    return re.findall(r'href="/catalogue/([^/"?]+)/', section)


class TestWhatComesFirst:
    def test_the_headline_heads_the_page_and_the_name_the_marque_and_the_town_follow(self, client):
        fiche = CoEntrepreneurFactory(
            listed=True, first_name="Ana", last_name="Lopez", trade_name="Atelier Lopez", city="Lunas"
        )

        page = page_of(client, fiche)

        assert re.findall(r"<h1>(.*?)</h1>", page) == [fiche.headline]
        assert re.findall(r"<li>(.*?)</li>", page.partition('class="fiche-qui"')[2].partition("</ul>")[0]) == [
            "Ana Lopez",
            "Atelier Lopez",
            "Lunas",
        ]

    @pytest.mark.parametrize(("trade_name", "heading"), [("Atelier Lopez", "Atelier Lopez"), ("", "Ana Lopez")])
    def test_without_a_headline_it_is_the_marque_else_the_name_said_once(self, client, trade_name, heading):
        fiche = CoEntrepreneurFactory(
            listed=True, headline="", first_name="Ana", last_name="Lopez", trade_name=trade_name
        )

        page = page_of(client, fiche)

        assert f"<h1>{heading}</h1>" in page
        assert f"<li>{heading}</li>" not in page

    def test_the_offer_comes_before_the_rest(self, client):
        fiche = CoEntrepreneurFactory(listed=True, skills=[SkillFactory()])
        ReferenceFactory(co_entrepreneur=fiche)

        page = page_of(client, fiche)

        places = [page.index(words) for words in ("<h1>", 'id="offre"', "En bref", 'id="competences"', "vCard")]
        assert places == sorted(places)

    def test_a_call_is_offered_while_the_phone_may_be_shown(self, client):
        fiche = CoEntrepreneurFactory(listed=True, phone="06 39 98 12 34")
        consent = Consent.objects.create(co_entrepreneur=fiche, item="phone")

        with_consent = page_of(client, fiche)
        consent.withdrawn_at = timezone.now()
        consent.save()

        assert links(with_consent, "Appeler") == ["tel:+33639981234"]
        assert "Appeler" not in page_of(client, fiche)

    def test_labels_and_town_stand_in_the_panel(self, client):
        fiche = CoEntrepreneurFactory(listed=True, city="Lunas")
        label = Label.objects.create(slug="essai", name="Label d’essai", description="Ce qu’il atteste")
        Certification.objects.create(co_entrepreneur=fiche, label=label, proof="x.pdf", expires_on=TODAY())

        panel = page_of(client, fiche).partition("<aside")[2].partition("</aside>")[0]

        assert "Lunas" in panel
        assert links(panel, "Label d’essai") == ["/catalogue/?label=essai"]
        assert "Ce qu’il atteste" in panel

    def test_it_says_who_reviewed_what(self, client):
        fiche = CoEntrepreneurFactory(listed=True)

        assert "Fiche relue par la coopérative" in page_of(client, fiche)
        ReferenceFactory(co_entrepreneur=fiche)
        assert "Fiche et références relues par la coopérative" in page_of(client, fiche)


class TestReferences:
    def test_the_newest_come_first_and_what_is_under_way_before_them(self, client):
        fiche = CoEntrepreneurFactory(listed=True)
        for subject, starts, ends in [("Ancienne", 900, 800), ("En cours", 700, None), ("Récente", 600, 20)]:
            ReferenceFactory(
                co_entrepreneur=fiche,
                subject=subject,
                starts_on=TODAY() - timedelta(days=starts),
                ends_on=ends and TODAY() - timedelta(days=ends),
            )

        page = page_of(client, fiche)

        assert subjects(page) == ["En cours", "Récente", "Ancienne"]
        assert "plus proches" not in page

    def test_from_a_search_the_nearest_come_first_then_the_newest(self, client):
        fiche = CoEntrepreneurFactory(listed=True)
        for days, subject in enumerate(["Affiches", "Bulletin municipal", "Plans", "Panneaux"], start=1):
            ReferenceFactory(co_entrepreneur=fiche, subject=subject, ends_on=TODAY() + timedelta(days=9 - days))

        page = page_of(client, fiche, "?q=bulletin municipal")

        assert subjects(page) == ["Bulletin municipal", "Affiches", "Plans", "Panneaux"]
        assert "Les plus proches de votre recherche d’abord" in page

    def test_the_type_of_client_is_a_link_and_no_heading(self, client):
        fiche = CoEntrepreneurFactory(listed=True)
        ReferenceFactory(co_entrepreneur=fiche, client=PublicClientFactory(type=PublicClient.Type.FIRE_RESCUE))

        page = page_of(client, fiche)

        assert links(page, "SDIS") == ["/catalogue/?client=sdis"]
        assert re.search(r"<h\d[^>]*>SDIS", page) is None

    @pytest.mark.parametrize("fields", [{"amount": None}, {"amount": 12000, "amount_shown": "hidden"}])
    def test_an_amount_that_is_missing_or_hidden_is_said_not_to_be_told(self, client, fields):
        fiche = CoEntrepreneurFactory(listed=True)
        ReferenceFactory(co_entrepreneur=fiche, **fields)

        assert "montant non communiqué" in page_of(client, fiche)

    def test_what_less_than_three_years_means_is_said_once(self, client):
        fiche = CoEntrepreneurFactory(listed=True)
        years_ago = TODAY() - timedelta(days=5 * 365)
        ReferenceFactory(co_entrepreneur=fiche, starts_on=years_ago, ends_on=years_ago)
        without = page_of(client, fiche)
        ReferenceFactory.create_batch(2, co_entrepreneur=fiche)

        assert "référence récente" not in without
        assert page_of(client, fiche).count("référence récente") == 1


class TestWaysOut:
    def test_skills_domains_and_codes_lead_to_the_catalogue(self, client):
        domain = DomainFactory(name="Édition", slug="edition")
        skill = SkillFactory(domain=domain, name="Affiches", slug="affiches")
        code = CpvCode.objects.get(code="79822500")
        fiche = CoEntrepreneurFactory(listed=True, skills=[skill], cpv_codes=[code])

        page = page_of(client, fiche)

        assert links(page, "Affiches") == ["/catalogue/?competence=affiches"]
        assert set(links(page, "Édition")) == {"/catalogue/?domaine=edition"}
        assert links(page, "79822500") == ["/catalogue/?cpv=798225"]
        for url in ("?competence=affiches", "?domaine=edition", "?cpv=798225"):
            assert f'data-fiche="{fiche.slug}"' in client.get(f"/catalogue/{url}").content.decode()

    def test_the_breadcrumb_goes_through_the_domain_of_most_skills(self, client):
        first, most = DomainFactory(name="Un", position=1), DomainFactory(name="Deux", position=2)
        skills = [SkillFactory(domain=first), *SkillFactory.create_batch(2, domain=most)]
        fiche = CoEntrepreneurFactory(listed=True, skills=skills)

        page = page_of(client, fiche, "?q=accueil")

        described = [json.loads(block) for block in re.findall(r"ld\+json\">(.*?)</script>", page, re.DOTALL)]
        [crumbs] = [row["itemListElement"] for row in described if row["@type"] == "BreadcrumbList"]
        assert [crumb["name"] for crumb in crumbs] == ["Catalogue", "Deux", fiche.name]
        assert [crumb["position"] for crumb in crumbs] == [1, 2, 3]
        assert crumbs[-1]["item"].endswith(fiche.get_absolute_url())
        assert links(page, "Deux")[0] == f"/catalogue/?domaine={most.slug}"

    def test_where_one_works_is_what_programs_read(self, client):
        fiche = CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])
        nowhere = CoEntrepreneurFactory(listed=True)

        assert '"areaServed": [{"@type": "AdministrativeArea", "name": "Hérault"}]' in page_of(client, fiche)
        assert "areaServed" not in page_of(client, nowhere)

    def test_three_others_share_the_skill_that_says_most(self, client):
        domain = DomainFactory()
        common, rare, lonely = SkillFactory.create_batch(3, domain=domain)
        fiche = CoEntrepreneurFactory(listed=True, skills=[common, rare, lonely])
        CoEntrepreneurFactory.create_batch(2, listed=True, skills=[common])
        sharing = CoEntrepreneurFactory.create_batch(4, listed=True, skills=[common, rare])
        CoEntrepreneurFactory(skills=[rare])

        page = page_of(client, fiche)

        assert len(other_slugs(page)) == 3
        assert set(other_slugs(page)) < {row.slug for row in sharing}
        assert f"/catalogue/?competence={rare.slug}" in links(page, f"Toutes les fiches\N{NO-BREAK SPACE}: {rare.name}")

    def test_the_others_come_in_the_fair_order_whatever_the_order_one_comes_from(self, client):
        skill = SkillFactory()
        fiche, *others = CoEntrepreneurFactory.create_batch(6, listed=True, skills=[skill])
        fair = re.findall(r'data-fiche="([^"]+)"', client.get("/catalogue/?tri=equitable").content.decode())

        for query in ("", f"?competence={skill.slug}&tri=nom"):
            assert other_slugs(page_of(client, fiche, query)) == [slug for slug in fair if slug != fiche.slug][:3]
        assert len(others) == 5

    def test_from_a_search_they_answer_it_too_and_carry_it_on(self, client):
        skill = SkillFactory()
        fiche = CoEntrepreneurFactory(listed=True, skills=[skill], headline="Inventaire des chauves-souris")
        CoEntrepreneurFactory.create_batch(3, listed=True, skills=[skill])
        answering = CoEntrepreneurFactory(listed=True, headline="Comptage de chauves-souris")

        page = page_of(client, fiche, "?q=chauves-souris")

        assert other_slugs(page) == [answering.slug]
        assert f'href="{answering.get_absolute_url()}?q=chauves-souris"' in page

    def test_alone_to_answer_it_leads_to_those_of_the_same_skill(self, client):
        skill = SkillFactory()
        fiche = CoEntrepreneurFactory(listed=True, skills=[skill], headline="Inventaire des chauves-souris")
        other = CoEntrepreneurFactory(listed=True, skills=[skill])

        assert other_slugs(page_of(client, fiche, "?q=chauves-souris")) == [other.slug]

    def test_with_nobody_to_lead_to_it_says_nothing(self, client):
        assert 'id="autres"' not in page_of(client, CoEntrepreneurFactory(listed=True, skills=[SkillFactory()]))

    def test_who_left_is_led_to_no_more(self, client):
        skill = SkillFactory()
        fiche, other = CoEntrepreneurFactory.create_batch(2, listed=True, skills=[skill])
        assert other_slugs(page_of(client, fiche)) == [other.slug]

        CoEntrepreneur.objects.filter(pk=other.pk).update(departed_on=TODAY())

        assert other.slug not in page_of(client, fiche)


class TestTheSearchOneComesFrom:
    def test_the_way_back_and_the_message_carry_it_on(self, client):
        departments = [Department.objects.get(code="34")]
        fiche, _ = CoEntrepreneurFactory.create_batch(2, listed=True, departments=departments)

        page = page_of(client, fiche, "?departement=34&q=accueil&page=2&utm_source=lettre&domaine=inconnu")

        assert (
            links(page, "Retour aux 2\u00a0résultats")[0]
            == f"/catalogue/?q=accueil&departement=34&page=2#fiche-{fiche.slug}"
        )
        assert set(links(page, "Écrire")) == {fiche.get_absolute_url() + "contact/?q=accueil&departement=34&page=2"}
        assert "utm_source" not in page
        assert "inconnu" not in page
        assert client.get(links(page, "Retour aux")[0]).status_code == 200

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("?q=zorglub", "Retour à votre recherche"),
            ("?q=accueil", "Retour au résultat"),
            ("?tri=nom", "Retour au cat"),
        ],
    )
    def test_the_way_back_says_to_how_many(self, client, query, words):
        fiche = CoEntrepreneurFactory(listed=True)

        assert links(page_of(client, fiche, query), words)[0] == f"/catalogue/{query}#fiche-{fiche.slug}"

    @pytest.mark.parametrize("query", ["", "?page=1", "?page=9999999999", "?page=-3", "?tri=x&graine=é&exact=2", "?q="])
    def test_what_says_nothing_is_dropped(self, client, query):
        fiche = CoEntrepreneurFactory(listed=True)

        page = page_of(client, fiche, query)

        assert links(page, "Catalogue")[-1] == "/catalogue/"
        assert set(links(page, "Écrire")) == {fiche.get_absolute_url() + "contact/"}

    def test_robots_are_told_the_one_address(self, client):
        fiche = CoEntrepreneurFactory(listed=True)

        page = page_of(client, fiche, "?q=accueil")

        assert re.findall(r'rel="canonical" href="[^"]*?(/catalogue/[^"]*)"', page) == [fiche.get_absolute_url()]
        assert "noindex" not in page
        assert fiche.get_absolute_url() + "carte.vcf" in page
        assert "carte.vcf?" not in page

    def test_a_former_address_leads_to_the_present_one_with_it(self, client):
        fiche = CoEntrepreneurFactory(listed=True, first_name="Ana", last_name="Lopez")
        fiche.last_name = "Martin"
        fiche.save()

        response = client.get("/catalogue/ana-lopez/?q=accueil&x=y")

        assert (response.status_code, response["Location"]) == (301, "/catalogue/ana-martin/?q=accueil")

    def test_the_words_of_a_stranger_stay_words(self, client):
        fiche = CoEntrepreneurFactory(listed=True)

        page = client.get(fiche.get_absolute_url(), {"q": '"><script>alert(1)</script>'}).content.decode()

        assert "<script>alert" not in page

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(query=st.text(max_size=300))
    def test_no_query_string_makes_an_error(self, client, query):
        fiche = CoEntrepreneur.objects.first() or CoEntrepreneurFactory(listed=True)

        response = client.get(
            fiche.get_absolute_url(), QUERY_STRING=query.encode("utf-8", "surrogatepass").decode("latin-1")
        )

        assert response.status_code == 200

    def test_who_isnt_in_the_catalogue_costs_no_search(self, client, monkeypatch):
        fiche = CoEntrepreneurFactory()
        monkeypatch.setattr("directory.catalogue.views.CatalogueFilter", None)

        assert client.get(f"{fiche.get_absolute_url()}?q=accueil").status_code == 404

    @pytest.mark.django_db(transaction=True)
    def test_it_is_rendered_once_for_all_the_ways_of_asking_for_the_same(self, client, monkeypatch):
        cache.clear()
        fiche, made = CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")]), []
        context_of = fiche_page.context_of
        monkeypatch.setattr(fiche_page, "context_of", lambda *args: made.append(args) or context_of(*args))
        same = ["q=accueil&departement=34", "departement=34&q=accueil&domaine=x", "q= accueil &departement=34&cpv=zz"]

        pages = {client.get(f"{fiche.get_absolute_url()}?{query}").content for query in same}
        for query in ["", "inconnu=1", "domaine=rien", "page=1"]:
            client.get(f"{fiche.get_absolute_url()}?{query}")

        assert (len(pages), len(made)) == (1, 2)


class TestGallery:
    def test_images_wait_to_be_seen_with_their_sizes_and_what_they_show(self, client, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        fiche = CoEntrepreneurFactory(listed=True)
        Consent.objects.create(co_entrepreneur=fiche, item="portfolio")
        fiche.portfolio_images.create(
            photo=ContentFile(PIXEL, name="x.gif"), alternative_text="Couverture du bulletin", caption="Bulletin, 2026"
        )

        [image] = re.findall(r"<img [^>]*realisation[^>]*>", page_of(client, fiche), re.DOTALL)

        for attribute in ('alt="Couverture du bulletin"', 'width="1"', 'height="1"', 'loading="lazy"'):
            assert attribute in image

    def test_the_link_around_an_image_says_what_it_does(self, client, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        fiche = CoEntrepreneurFactory(listed=True)
        Consent.objects.create(co_entrepreneur=fiche, item="portfolio")
        fiche.portfolio_images.create(photo=ContentFile(PIXEL, name="x.gif"), alternative_text="Couverture du bulletin")

        page = page_of(client, fiche)

        assert re.search(r"<a [^>]*realisation[^>]*><span[^>]*>Agrandir : </span><img", page.replace("\xa0", " "))


PIXEL = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
