import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import vobject
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.catalogue.sitemaps import FicheSitemap
from directory.models import Certification, CoEntrepreneur, Consent, Department, FruitlessSearch, Label
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory, SkillFactory

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def slugs(response):
    return re.findall(r'data-fiche="([^"]+)"', text(response))


class TestCatalogue:
    def test_shows_twenty_a_page_and_the_last_page_beyond(self, client):
        CoEntrepreneurFactory.create_batch(21, listed=True)

        first, beyond = client.get("/catalogue/"), client.get("/catalogue/?page=99")

        assert (len(slugs(first)), len(slugs(beyond))) == (20, 1)
        assert 'data-total="21"' in text(first)
        assert not set(slugs(first)) & set(slugs(beyond))

    def test_costs_the_same_queries_whatever_its_length(self, client, django_assert_num_queries):
        skills = SkillFactory.create_batch(3)
        for number in (2, 18):
            for fiche in CoEntrepreneurFactory.create_batch(number, listed=True, skills=skills):
                ReferenceFactory(co_entrepreneur=fiche)
            # Eight of them read the index, which this transaction has to itself.
            with django_assert_num_queries(10):
                client.get("/catalogue/")

    def test_htmx_gets_the_results_and_history_gets_the_page(self, client):
        CoEntrepreneurFactory(listed=True)

        fragment = client.get("/catalogue/", headers={"HX-Request": "true"})
        restored = client.get("/catalogue/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

        assert "<html" not in text(fragment)
        assert 'data-total="1"' in text(fragment)
        assert "<html" in text(restored)

    def test_says_what_it_dropped(self, client):
        assert "inconnu" in text(client.get("/catalogue/?domaine=inconnu"))

    def test_words_that_find_nothing_are_counted_without_a_person(self, client):
        for text in ["Zorglüb !", "zorglub", "ZORGLUB"]:
            client.get("/catalogue/", {"q": text})
        client.get("/catalogue/", {"q": "autre", "departement": "34"})

        [search] = FruitlessSearch.objects.all()

        assert (search.words, search.count) == ("zorglub", 3)

    def test_the_words_of_a_stranger_stay_words(self, client):
        CoEntrepreneurFactory(listed=True, headline="<script>alert(1)</script>")

        page = text(client.get("/catalogue/?q=<script>alert(2)</script>&domaine=<i>"))

        assert "<script>alert" not in page
        assert "<i>" not in page

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(query=st.text(max_size=300))
    def test_no_query_string_makes_an_error(self, client, query):
        CoEntrepreneur.objects.exists() or CoEntrepreneurFactory(listed=True)

        response = client.get("/catalogue/", QUERY_STRING=query.encode("utf-8", "surrogatepass").decode("latin-1"))

        assert response.status_code == 200

    def test_a_query_string_beyond_reason_is_refused(self, client):
        assert client.get("/catalogue/", QUERY_STRING="q=" + "a" * 5000).status_code == 400

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_only_reads(self, client, method):
        assert getattr(client, method)("/catalogue/").status_code == 405


class TestFiche:
    def test_shows_what_is_public_and_nothing_private(self, client):
        fiche = CoEntrepreneurFactory(
            listed=True,
            email="prive@secret.example",
            phone="06 39 98 12 34",
            website="https://atelier.example",
            contract_stage="cesa",
            departments=[Department.objects.get(code="34")],
        )
        ReferenceFactory(co_entrepreneur=fiche, subject="Montrée", amount=12000)
        ReferenceFactory(co_entrepreneur=fiche, subject="Cachée", publishable=False)

        page = text(client.get(fiche.get_absolute_url()))

        assert "Hérault" in page
        assert "Montrée" in page
        assert "de 5 000 à 15 000" in page.replace("\u00a0", " ")
        for private in ["secret.example", "06 39 98 12 34", "atelier.example", "CESA", "Cachée", "12000", "12 000"]:
            assert private not in page

    def test_shows_each_detail_while_its_consent_lasts(self, client):
        fiche = CoEntrepreneurFactory(listed=True, phone="06 39 98 12 34", website="https://atelier.example")
        phone = Consent.objects.create(co_entrepreneur=fiche, item="phone")

        with_consent = text(client.get(fiche.get_absolute_url()))
        phone.withdrawn_at = timezone.now()
        phone.save()
        without = text(client.get(fiche.get_absolute_url()))

        assert "06 39 98 12 34" in with_consent
        assert "atelier.example" not in with_consent
        assert "06 39 98 12 34" not in without

    def test_an_expired_or_unproved_label_is_not_shown(self, client):
        fiche = CoEntrepreneurFactory(listed=True)
        yesterday = timezone.localdate() - timedelta(days=1)
        for name, proof, expires_on in [("Valable", "x.pdf", None), ("Expiré", "x.pdf", yesterday), ("Seul", "", None)]:
            label = Label.objects.create(slug=name.lower().replace("é", "e"), name=f"Label {name}")
            Certification.objects.create(co_entrepreneur=fiche, label=label, proof=proof, expires_on=expires_on)

        page = text(client.get(fiche.get_absolute_url()))

        assert "Label Valable" in page
        assert "Label Expiré" not in page
        assert "Label Seul" not in page

    def test_costs_the_same_queries_whatever_it_holds(self, client, django_assert_num_queries):
        small = CoEntrepreneurFactory(listed=True)
        large = CoEntrepreneurFactory(
            listed=True, skills=SkillFactory.create_batch(6), departments=list(Department.objects.all()[:9])
        )
        for _ in range(8):
            ReferenceFactory(co_entrepreneur=large, client=PublicClientFactory())
        for fiche in (small, large):
            # Seven of them read the index, which this transaction has to itself.
            with django_assert_num_queries(17):
                client.get(fiche.get_absolute_url())

    def test_never_published_answers_404_with_no_trace(self, client):
        fiche = CoEntrepreneurFactory(trade_name="Rien à voir")

        response = client.get(fiche.get_absolute_url())

        assert response.status_code == 404
        assert "Rien à voir" not in text(response)
        assert client.get("/catalogue/personne-du-tout/").status_code == 404

    @pytest.mark.parametrize("change", [{"client_public": False}, {"departed_on": "2026-01-01"}])
    def test_once_published_answers_410_and_names_nobody(self, client, change):
        fiche = CoEntrepreneurFactory(listed=True, first_name="Ana", last_name="Lopez", trade_name="Atelier Lopez")
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(**change)

        for path in ["", "contact/"]:
            response = client.get(fiche.get_absolute_url() + path)
            assert response.status_code == 410
            assert "Lopez" not in text(response)
            assert 'href="/catalogue/"' in text(response)

    @pytest.mark.django_db(transaction=True)
    def test_unticked_by_sql_is_gone_from_everywhere_at_the_next_request(self, client):
        fiche = CoEntrepreneurFactory(listed=True, headline="Hydrogéologie")
        address = fiche.get_absolute_url()
        etags = {
            path: client.get(path)["ETag"] for path in ["/", "/catalogue/", "/catalogue/?q=hydrogeologie", address]
        }

        with connection.cursor() as cursor:
            cursor.execute("UPDATE directory_coentrepreneur SET client_public = false")

        for path, etag in etags.items():
            response = client.get(path, headers={"If-None-Match": etag})
            assert response.status_code == (410 if path == address else 200)
            assert fiche.slug not in text(response)
        assert fiche.slug not in text(client.get("/sitemap.xml"))

    def test_a_former_address_leads_to_the_present_one(self, client):
        fiche = CoEntrepreneurFactory(listed=True, first_name="Ana", last_name="Lopez")
        fiche.last_name = "Martin"
        fiche.save()

        response = client.get("/catalogue/ana-lopez/")

        assert (response.status_code, response["Location"]) == (301, "/catalogue/ana-martin/")

    def test_an_address_in_capitals_leads_to_the_present_one(self, client):
        CoEntrepreneurFactory(listed=True, first_name="Ana", last_name="Lopez")

        assert client.get("/catalogue/Ana-LOPEZ/")["Location"] == "/catalogue/ana-lopez/"

    def test_json_ld_says_the_same_and_cannot_be_broken_out_of(self, client):
        fiche = CoEntrepreneurFactory(listed=True, trade_name="</script><script>alert(1)</script>")

        page = text(client.get(fiche.get_absolute_url()))

        block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL).group(1)
        described = json.loads(block)
        assert described["provider"]["brand"]["name"] == fiche.trade_name
        assert described["provider"]["memberOf"]["identifier"]["propertyID"] == "SIRET"
        assert fiche.email not in block

    def test_vcard_reads_back_without_the_private_address(self, client):
        fiche = CoEntrepreneurFactory(listed=True, first_name="Zoé", last_name="D’Aubrac; Lopez", phone="0639981234")

        response = client.get(fiche.get_absolute_url() + "carte.vcf")

        card = vobject.readOne(text(response))
        assert response["Content-Type"] == "text/vcard; charset=utf-8"
        assert card.fn.value == "Zoé D’Aubrac; Lopez"
        assert card.n.value.family == "D’Aubrac; Lopez"
        assert fiche.email not in text(response)
        assert not hasattr(card, "tel")

    def test_a_vcard_is_the_same_person_whatever_their_name_becomes(self, client):
        fiche, other = CoEntrepreneurFactory.create_batch(2, listed=True)
        before = vobject.readOne(text(client.get(fiche.get_absolute_url() + "carte.vcf"))).uid.value

        fiche.last_name = "Nouveau-Nom"
        fiche.save()
        after, another = (
            vobject.readOne(text(client.get(row.get_absolute_url() + "carte.vcf"))).uid.value for row in (fiche, other)
        )

        assert before == after != another
        assert before.startswith("urn:uuid:")

    def test_photo_is_served_with_consent_only(self, client, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        fiche = CoEntrepreneurFactory(listed=True)
        fiche.photo.save("x.webp", ContentFile(b"RIFF"))

        without = client.get(fiche.get_absolute_url() + "photo.webp")
        Consent.objects.create(co_entrepreneur=fiche, item="photo")
        with_consent = client.get(fiche.get_absolute_url() + "photo.webp")

        assert without.status_code == 404
        assert b"".join(with_consent.streaming_content) == b"RIFF"


class TestSite:
    def test_sitemap_holds_every_published_fiche_and_no_other(self, client, settings):
        settings.SITE_URL = "https://clients-publics.example.org"
        listed = CoEntrepreneurFactory.create_batch(3, listed=True)
        CoEntrepreneurFactory(), CoEntrepreneurFactory(listed=True, departed_on=timezone.localdate())

        tree = ET.fromstring(client.get("/sitemap.xml").content)

        paths = {node.text.removeprefix(settings.SITE_URL) for node in tree.iter() if node.tag.endswith("}loc")}
        assert {path for path in paths if path.count("/") == 3} - {"/catalogue/ordre/"} == {
            fiche.get_absolute_url() for fiche in listed
        }
        assert {"/", "/catalogue/", "/mentions-legales/"} <= paths

    def test_past_one_file_the_sitemap_is_an_index_of_files(self, client, monkeypatch, settings):
        settings.SITE_URL = "https://clients-publics.example.org"
        listed = CoEntrepreneurFactory.create_batch(3, listed=True)
        monkeypatch.setattr(FicheSitemap, "limit", 2)

        index = text(client.get("/sitemap.xml"))
        files = [
            text(client.get(path))
            for path in re.findall(r"<loc>https://clients-publics.example.org(/sitemap-fiches[^<]+)", index)
        ]

        assert len(files) == 2
        assert all(sum(fiche.get_absolute_url() in file for file in files) == 1 for fiche in listed)

    def test_robots_names_the_sitemap(self, client, settings):
        assert f"{settings.SITE_URL}/sitemap.xml" in text(client.get("/robots.txt"))

    def test_home_counts_the_domains_and_shows_the_latest(self, client):
        fiche = CoEntrepreneurFactory(listed=True, skills=[SkillFactory(domain__name="Ornithologie")])

        page = text(client.get("/"))

        assert "Ornithologie" in page
        assert slugs(client.get("/")) == [fiche.slug]

    def test_home_and_catalogue_without_anyone(self, client):
        assert client.get("/").status_code == 200
        assert 'data-total="0"' in text(client.get("/catalogue/"))

    @pytest.mark.parametrize("path", ["/", "/catalogue/", "/catalogue/ordre/"])
    @pytest.mark.django_db(transaction=True)
    def test_a_page_is_kept_by_caches_that_ask_each_time(self, client, path):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})

        assert first["Cache-Control"] == "public, no-cache"
        assert "Cookie" not in first["Vary"]
        assert again.status_code == 304

    def test_a_reader_gets_no_cookie_and_strict_headers(self, client):
        fiche = CoEntrepreneurFactory(listed=True)

        for path in ["/", "/catalogue/", "/catalogue/?q=x", fiche.get_absolute_url(), "/sitemap.xml", "/nulle-part/"]:
            response = client.get(path)
            assert not response.cookies, path
            policy = response["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            assert response["X-Frame-Options"] == "DENY"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in response["Permissions-Policy"]
