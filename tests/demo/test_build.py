"""The cooperative as it is written: once for all these tests, which only read it."""

import re
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.test import TestCase
from django.utils import timezone
from PIL import Image

from directory.demo import accounts, build
from directory.models import Certification, CoEntrepreneur, Consent, PublicClient, Reference, ReferencingRequest
from directory.uploads import validate_photo, validate_proof

State = ReferencingRequest.State
# What a buyer types, and the skill of whoever must come first.
SEARCHES = {
    "graphisme": "graphisme",
    "urbanisme": "urbanisme-reglementaire",
    "traduction": "traduction",
    "eau": "eau",
    "accessibilité numérique": "accessibilite-numerique",
    "FALC": "facile-a-lire",
    "marché de plein vent": "commerce-et-marches",
    "RGPD": "protection-des-donnees",
    "fresque du climat": "fresques-ateliers",
    "compost": "dechets-et-reemploi",
}


class CooperativeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.counts = build.fill(progress=False)

    def test_counts_are_what_was_written(self):
        assert self.counts.fiches == CoEntrepreneur.objects.count() >= 250
        assert self.counts.listed == CoEntrepreneur.objects.published().count() >= 220
        assert self.counts.departed == CoEntrepreneur.objects.departed().count() >= 10
        assert self.counts.references == Reference.objects.count() >= 500
        assert self.counts.certifications == Certification.objects.count() >= 40
        assert self.counts.requests == ReferencingRequest.objects.count() >= 14

    def test_every_fiche_passes_its_own_form(self):
        for fiche in CoEntrepreneur.objects.all():
            fiche.full_clean(exclude=["photo"], validate_unique=False, validate_constraints=False)
        for reference in Reference.objects.all():
            reference.clean_fields()

    def test_slugs_are_those_that_saving_would_make(self):
        before = dict(CoEntrepreneur.objects.values_list("pk", "slug"))

        for fiche in CoEntrepreneur.objects.filter(Q(last_name="Fabre") | Q(last_name__contains="’")):
            fiche.save()

        assert dict(CoEntrepreneur.objects.values_list("pk", "slug")) == before
        assert CoEntrepreneur.objects.filter(slug__in=["claire-fabre", "claire-fabre-2"]).count() == 2

    def test_some_fiches_lack_something(self):
        lacking = CoEntrepreneur.objects.lacking_something()

        assert lacking.filter(referent__isnull=True).exists()
        assert lacking.filter(public_offer="").exists()
        assert lacking.filter(headline="").exists()
        assert lacking.filter(skills__isnull=True).exists()

    def test_some_left_some_are_leaving_some_were_unticked(self):
        departed, present = CoEntrepreneur.objects.departed(), CoEntrepreneur.objects.present()

        assert departed.filter(listed_since__isnull=False, client_public=False).count() >= 5
        assert departed.filter(listed_since__isnull=True).exists()
        assert present.filter(client_public=True, departed_on__isnull=False).count() >= 2
        assert present.filter(client_public=False, listed_since__isnull=False).exists()

    def test_every_contract_stage_is_met(self):
        stages = set(CoEntrepreneur.objects.values_list("contract_stage", flat=True))

        assert stages == set(CoEntrepreneur.ContractStage.values)

    def test_contents_are_dated_over_two_years(self):
        now = timezone.now()
        ages = [
            (now - updated).days
            for updated in CoEntrepreneur.objects.published().values_list("content_updated_at", flat=True)
        ]

        assert min(ages) < 15
        assert max(ages) > 365
        assert len(set(ages)) > 100

    def test_the_history_says_who_ticked_and_why(self):
        fiche = CoEntrepreneur.objects.published().first()

        event = fiche.events.select_related("pgh_context").get(pgh_label="update")

        assert event.client_public
        assert event.pgh_context.metadata["user"] == fiche.referent.user_id
        assert event.pgh_context.metadata["reason"] == "Offre relue en rendez-vous"

    def test_requests_are_in_every_state_and_refused_for_every_reason(self):
        requests = ReferencingRequest.objects.all()

        assert set(requests.values_list("state", flat=True)) == set(State.values)
        reasons = requests.filter(state=State.REFUSED).values_list("refusal_reason", flat=True)
        assert set(reasons) == set(ReferencingRequest.RefusalReason.values)
        assert requests.filter(state=State.SUBMITTED, co_entrepreneur__isnull=True).exists()
        oldest = requests.awaiting_decision().first()
        assert (timezone.now() - oldest.submitted_at).days == 25
        assert oldest.reminded_days == 21

    def test_an_accepted_request_is_what_the_fiche_says(self):
        for request in ReferencingRequest.objects.filter(state=State.ACCEPTED):
            fiche = request.co_entrepreneur
            assert fiche.is_published
            assert (fiche.headline, fiche.public_offer) == (request.headline, request.public_offer)
            assert fiche.listed_since == timezone.localdate(request.decided_at)

    def test_proofs_are_documents_and_some_labels_expire(self):
        today = timezone.localdate()
        certifications = Certification.objects.filter(co_entrepreneur__in=CoEntrepreneur.objects.published())

        with certifications.valid().first().proof.open() as proof:
            validate_proof(proof)
        assert certifications.filter(expires_on__lt=today).exists()
        assert certifications.filter(expires_on__range=(today, today + timedelta(days=60))).exists()
        assert certifications.filter(proof="").exists()

    def test_photos_are_images_shown_with_consent_only(self):
        photographed = CoEntrepreneur.objects.exclude(photo="")
        consenting = photographed.filter(pk__in=Consent.objects.active().filter(item="photo").values("co_entrepreneur"))

        assert photographed.count() == consenting.count() + 1
        assert consenting.published().count() >= 4
        photo = consenting.first().photo
        with photo.open():
            validate_photo(photo)
            assert Image.open(photo).size == (640, 640)

    def test_references_are_made_for_every_type_of_client(self):
        shown = Reference.objects.published()

        assert set(shown.values_list("client__type", flat=True)) == set(PublicClient.Type.values)
        assert Reference.objects.filter(ends_on__isnull=True).exists()
        assert Reference.objects.filter(amount__isnull=True).exists()

    def test_accounts_are_one_administrator_and_referents_in_their_group(self):
        users = get_user_model().objects.in_bulk(field_name="username")
        roles = [account.role for account in self.counts.accounts]

        assert roles.count(accounts.ADMINISTRATOR_ROLE) == 1
        assert roles.count(accounts.REFERENT_ROLE) >= 6
        for account in self.counts.accounts:
            if account.role != accounts.CO_ENTREPRENEUR_ROLE:
                user = users[account.username]
                assert user.is_staff
                assert user.check_password(account.password)
                assert user.is_superuser == (account.role == accounts.ADMINISTRATOR_ROLE)
                assert user.groups.filter(name="Référents").exists() == (account.role == accounts.REFERENT_ROLE)

    def test_invited_co_entrepreneurs_are_ready_and_have_asked_nothing(self):
        invited = [account for account in self.counts.accounts if account.role == accounts.CO_ENTREPRENEUR_ROLE]

        assert len(invited) == 3
        for account in invited:
            assert account.password == ""
            fiche = CoEntrepreneur.objects.get(email=account.username)
            assert not fiche.client_public
            assert fiche.missing_for_listing() == []
            assert not fiche.referencing_requests.exists()

    def test_a_search_finds_the_trade_first(self):
        for words, skill in SEARCHES.items():
            with self.subTest(words):
                page = self.client.get("/catalogue/", {"q": words, "tri": "pertinence"}).content.decode()

                first, *_ = re.findall(r'data-fiche="([^"]+)"', page)
                assert CoEntrepreneur.objects.get(slug=first).skills.filter(slug=skill).exists()
