"""The cooperative as it is written."""

import re
import stat
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from directory.demo import accounts
from directory.models import (
    Certification,
    CoEntrepreneur,
    Consent,
    Consultation,
    ContractSuggestion,
    Cv,
    CvEntry,
    FicheProposal,
    Insurance,
    ListingRequest,
    MemoPart,
    Paper,
    Participation,
    PublicClient,
    Reference,
    TeamMember,
)
from directory.models.consent import CONSENT_TEXT_SINCE, CONSENT_TEXT_VERSION
from directory.models.files import validate_paper, validate_photo, validate_proof
from directory.models.public_client import validate_siret

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]
State = ListingRequest.State
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


def test_the_base_is_filled_and_the_accounts_are_for_their_owner_only(on_demonstration):
    path = on_demonstration.var / "demo-accounts.csv"

    assert list(on_demonstration.accounts[0]) == ["role", "username", "password"]
    assert {row["role"] for row in on_demonstration.accounts} == {"administrateur", "referent", "co-entrepreneur"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"{CoEntrepreneur.objects.count()} fiches" in on_demonstration.said
    assert f"{CoEntrepreneur.objects.published().count()} référencées" in on_demonstration.said
    assert f"{Reference.objects.count()} références" in on_demonstration.said
    assert str(path) in on_demonstration.said


def test_there_is_enough_of_everything():
    assert CoEntrepreneur.objects.count() >= 250
    assert CoEntrepreneur.objects.published().count() >= 220
    assert CoEntrepreneur.objects.departed().count() >= 10
    assert Reference.objects.count() >= 500
    assert Certification.objects.count() >= 40
    assert ListingRequest.objects.count() >= 14
    assert Cv.objects.count() >= 200
    assert Consultation.objects.count() == 5


def test_what_a_request_agrees_to_show_is_there():
    for request in ListingRequest.objects.select_related("co_entrepreneur"):
        for item in request.consents:
            assert getattr(request, item) or getattr(request.co_entrepreneur, item), item


def test_every_fiche_passes_its_own_form():
    for fiche in CoEntrepreneur.objects.all():
        fiche.full_clean(exclude=["photo"], validate_unique=False, validate_constraints=False)
    for model in (Reference, PublicClient, Cv, CvEntry, Insurance, Consultation, TeamMember, MemoPart):
        # What they point to was just written: a query for each would be long.
        relations = {field.name for field in model._meta.fields if field.is_relation}
        for record in model.objects.all():
            record.clean_fields(exclude=relations)


def test_slugs_are_those_that_saving_would_make():
    before = dict(CoEntrepreneur.objects.values_list("pk", "slug"))

    for fiche in CoEntrepreneur.objects.filter(Q(last_name="Fabre") | Q(last_name__contains="’")):
        fiche.save()

    assert dict(CoEntrepreneur.objects.values_list("pk", "slug")) == before
    assert CoEntrepreneur.objects.filter(slug__in=["claire-fabre", "claire-fabre-2"]).count() == 2


def test_some_fiches_lack_something():
    lacking = CoEntrepreneur.objects.lacking_something()

    assert lacking.filter(referent__isnull=True).exists()
    assert lacking.filter(public_offer="").exists()
    assert lacking.filter(headline="").exists()
    assert lacking.filter(skills__isnull=True).exists()


def test_some_left_some_are_leaving_some_were_unticked():
    departed, present = CoEntrepreneur.objects.departed(), CoEntrepreneur.objects.present()

    assert departed.filter(listed_since__isnull=False, client_public=False).count() >= 5
    assert departed.filter(listed_since__isnull=True).exists()
    assert present.filter(client_public=True, departed_on__isnull=False).count() >= 2
    assert present.filter(client_public=False, listed_since__isnull=False).exists()


def test_every_contract_stage_is_met():
    stages = set(CoEntrepreneur.objects.values_list("contract_stage", flat=True))

    assert stages == set(CoEntrepreneur.ContractStage.values)


def test_contents_are_dated_over_two_years():
    now = timezone.now()
    ages = [
        (now - updated).days
        for updated in CoEntrepreneur.objects.published().values_list("content_updated_at", flat=True)
    ]

    assert min(ages) < 15
    assert max(ages) > 365
    assert len(set(ages)) > 100


def test_the_history_says_who_ticked_and_why():
    fiche = CoEntrepreneur.objects.published().first()

    event = fiche.events.select_related("pgh_context").get(pgh_label="update")

    assert event.client_public
    assert event.pgh_context.metadata["user"] == fiche.referent.user_id
    assert event.pgh_context.metadata["reason"] == "Offre relue en rendez-vous"


def test_requests_are_in_every_state_and_refused_for_every_reason():
    requests = ListingRequest.objects.all()

    assert set(requests.values_list("state", flat=True)) == set(State.values)
    reasons = requests.filter(state=State.REFUSED).values_list("refusal_reason", flat=True)
    assert set(reasons) == set(ListingRequest.RefusalReason.values)
    assert requests.filter(state=State.SUBMITTED, co_entrepreneur__isnull=True).exists()
    oldest = requests.awaiting().first()
    assert (timezone.now() - oldest.submitted_at).days == 25
    assert oldest.reminded_days == 21


def test_an_accepted_request_is_what_the_fiche_says():
    for request in ListingRequest.objects.filter(state=State.ACCEPTED):
        fiche = request.co_entrepreneur
        assert fiche.is_published
        assert (fiche.headline, fiche.public_offer) == (request.headline, request.public_offer)
        assert fiche.listed_since == timezone.localdate(request.decided_at)


def test_proofs_are_documents_and_some_labels_expire():
    today = timezone.localdate()
    certifications = Certification.objects.filter(co_entrepreneur__in=CoEntrepreneur.objects.published())

    with certifications.valid().first().proof.open() as proof:
        validate_proof(proof)
    assert certifications.filter(expires_on__lt=today).exists()
    assert certifications.filter(expires_on__range=(today, today + timedelta(days=60))).exists()
    assert certifications.filter(proof="").exists()


def test_nobody_agreed_to_words_before_they_were_written_nor_withdrew_before_they_agreed():
    agreed = [*Consent.objects.values_list("text_version", "given_at")]
    agreed += ListingRequest.objects.values_list("consent_text_version", "submitted_at")

    assert agreed
    for version, at in agreed:
        since = CONSENT_TEXT_SINCE.isoformat() if version == CONSENT_TEXT_VERSION else version
        assert since <= timezone.localdate(at).isoformat()
    assert not Consent.objects.filter(given_at__gt=timezone.now()).exists()
    assert not Consent.objects.filter(withdrawn_at__lt=F("given_at")).exists()


def test_photos_are_images_shown_with_consent_only():
    photographed = CoEntrepreneur.objects.exclude(photo="")
    asked = photographed.filter(pk__in=Consent.objects.filter(item="photo").values("co_entrepreneur"))
    consenting = photographed.published().filter(pk__in=Consent.objects.of_photo_on_cards().values("co_entrepreneur"))

    assert photographed.count() == asked.count() + 1
    # Cards with a face and cards with initials, many of each.
    assert 0.25 < consenting.count() / CoEntrepreneur.objects.published().count() < 0.5
    photo = consenting.first().photo
    with photo.open():
        validate_photo(photo)
        assert Image.open(photo).size == (320, 320)


def test_references_are_made_for_every_type_of_client():
    shown = Reference.objects.published()

    assert set(shown.values_list("client__type", flat=True)) == set(PublicClient.Type.values)
    assert Reference.objects.filter(ends_on__isnull=True).exists()
    assert Reference.objects.filter(amount__isnull=True).exists()


def test_references_are_told_by_the_charter():
    shown = Reference.objects.published()

    for field in ("context", "mission", "deliverables", "place", "contact_name", "attestation"):
        assert shown.exclude(**{field: ""}).exists(), field
    assert shown.filter(Q(context="") | Q(deliverables="")).count() == 0
    assert not Reference.objects.filter(cpv_codes__isnull=True).exists()
    assert 10 <= Reference.objects.filter(amount_shown=Reference.AmountShown.HIDDEN).count() <= 90
    with shown.exclude(attestation="").first().attestation.open() as attestation:
        validate_proof(attestation)


def test_references_are_in_every_state_and_decided_after_they_ended():
    now = timezone.now()

    counted = Counter(Reference.objects.values_list("state", "publishable"))

    # Of what may be shown, some waits; what may not is checked too, for the tenders.
    assert set(counted) == set(product(Reference.State.values, [True, False]))
    assert counted[Reference.State.VALIDATED, False] > 40
    for reference in Reference.objects.exclude(state=Reference.State.TO_VALIDATE):
        assert reference.submitted_at <= reference.decided_at <= now
        assert timezone.localdate(reference.submitted_at) >= (reference.ends_on or reference.starts_on)


def test_some_references_are_shared_and_each_says_their_part():
    parts = defaultdict(dict)
    for participation in Participation.objects.select_related("reference"):
        parts[participation.reference][participation.co_entrepreneur_id] = participation.part

    shared = {reference: said for reference, said in parts.items() if len(said) > 1}

    assert len(parts) == Reference.objects.count()
    assert all(reference.co_entrepreneur_id in said for reference, said in parts.items())
    assert {len(said) for said in shared.values()} == {2, 3}
    assert all(part for said in shared.values() for part in said.values())
    states = Counter(reference.state for reference in shared)
    assert states[Reference.State.VALIDATED] >= 20
    assert states[Reference.State.TO_VALIDATE] >= 2


def test_the_same_service_was_not_delivered_twice_to_a_client():
    delivered = list(Reference.objects.values_list("subject", "client"))

    assert len(set(delivered)) == len(delivered)


def test_no_contact_or_link_reaches_anyone():
    for email, phone in Reference.objects.exclude(contact_name="").values_list("contact_email", "contact_phone"):
        assert email.endswith(".example.org")
        assert re.fullmatch(r"04 65 71 0[1-9] \d\d", phone)
    assert all(".example.org/" in link for link in Consultation.objects.values_list("link", flat=True))


def test_most_clients_have_a_siret_that_is_nobody_s():
    sirets = PublicClient.objects.exclude(siret="").values_list("siret", flat=True)

    assert PublicClient.objects.count() * 0.6 < len(sirets) < PublicClient.objects.count()
    for siret in [*sirets, *ContractSuggestion.objects.values_list("buyer_siret", flat=True)]:
        validate_siret(siret)
        assert siret.startswith("00000")


def test_most_of_the_catalogue_has_a_cv_and_some_are_out_of_date():
    cvs = Cv.objects.filter(co_entrepreneur__in=CoEntrepreneur.objects.published())
    fresh = sum(cv.is_fresh for cv in cvs)

    assert 0.8 < len(cvs) / CoEntrepreneur.objects.published().count() < 1
    assert 0.7 < fresh / len(cvs) < 0.95
    assert len(set(cvs.values_list("summary", flat=True))) > 0.9 * len(cvs)


def test_every_cv_tells_a_career_up_to_now():
    cvs = Cv.objects.select_related("co_entrepreneur").prefetch_related("entries")

    for cv in cvs:
        kinds = {kind: [entry for entry in cv.entries.all() if entry.kind == kind] for kind in CvEntry.Kind}
        assert all(kinds.values())
        present, *former = kinds[CvEntry.Kind.EXPERIENCE]
        assert present.ends_year is None
        assert f"depuis {present.starts_year}." in cv.co_entrepreneur.presentation
        assert 2 <= len(former) <= 4
        years = [present.starts_year] + [year for post in former for year in (post.ends_year, post.starts_year)]
        assert years == sorted(years, reverse=True)
        assert all(entry.ends_year <= timezone.localdate().year for entry in cv.entries.all() if entry.ends_year)


def test_insurances_are_valid_but_for_one():
    insurances = Insurance.objects.all()

    assert insurances.get(co_entrepreneur__isnull=True).is_valid
    assert [insurance.is_valid for insurance in insurances].count(False) == 1
    for insurance in insurances:
        with insurance.proof.open() as proof:
            validate_proof(proof)


def test_there_is_every_paper_to_show_each_a_specimen():
    papers = list(Paper.objects.all())

    assert {paper.kind for paper in papers if paper.is_valid} == set(Paper.Kind.values) - {Paper.Kind.OTHER}
    assert [paper.kind for paper in papers if not paper.is_public] == [Paper.Kind.BANK]
    assert [paper.kind for paper in papers if not paper.is_valid] == [Paper.Kind.SOCIAL]
    for paper in papers:
        with paper.file.open() as file:
            validate_paper(file)
            assert "SPÉCIMEN" in PdfReader(file).pages[0].extract_text()


def test_a_cape_ends_and_nothing_else_does():
    ending = CoEntrepreneur.objects.filter(contract_ends_on__isnull=False)

    assert set(ending.values_list("contract_stage", flat=True)) == {CoEntrepreneur.ContractStage.CAPE}
    assert ending.count() > 30
    assert not ending.filter(contract_ends_on__lte=timezone.localdate()).exists()


def test_proposals_wait_and_differ_from_the_fiche():
    proposals = FicheProposal.objects.awaiting()

    assert len(proposals) == 2
    for proposal in proposals:
        assert set(proposal.changes) == set(proposal.before)
        for name in proposal.changes:
            present = getattr(proposal.co_entrepreneur, name)
            if name in FicheProposal.LISTS:
                present = sorted(present.values_list("pk", flat=True))
            assert proposal.before[name] == present != proposal.changes[name]


def test_contracts_of_open_data_wait_are_attributed_or_set_aside():
    state = ContractSuggestion.State
    suggestions = ContractSuggestion.objects.all()

    assert suggestions.awaiting().count() == 4
    [attributed] = suggestions.filter(state=state.ATTRIBUTED)
    assert (attributed.subject, attributed.buyer_name) == (
        attributed.reference.subject,
        attributed.reference.client.name,
    )
    assert suggestions.filter(state=state.DISMISSED).count() == 1


def test_accounts_are_one_administrator_and_referents_in_their_group(on_demonstration):
    users = get_user_model().objects.in_bulk(field_name="username")
    roles = [account["role"] for account in on_demonstration.accounts]

    assert roles.count(accounts.ADMINISTRATOR_ROLE) == 1
    assert roles.count(accounts.REFERENT_ROLE) >= 6
    for account in on_demonstration.accounts:
        if account["role"] != accounts.CO_ENTREPRENEUR_ROLE:
            user = users[account["username"]]
            assert user.is_staff
            assert user.check_password(account["password"])
            assert user.is_superuser == (account["role"] == accounts.ADMINISTRATOR_ROLE)
            assert user.groups.filter(name="Référents").exists() == (account["role"] == accounts.REFERENT_ROLE)


def test_invited_co_entrepreneurs_are_ready_and_have_asked_nothing(on_demonstration):
    invited = [account for account in on_demonstration.accounts if account["role"] == accounts.CO_ENTREPRENEUR_ROLE]

    assert len(invited) == 3
    for account in invited:
        assert account["password"] == ""
        fiche = CoEntrepreneur.objects.get(email=account["username"])
        assert not fiche.client_public
        assert fiche.missing_for_listing() == []
        assert not fiche.listing_requests.exists()


@pytest.mark.parametrize(("words", "skill"), SEARCHES.items(), ids=SEARCHES.keys())
def test_a_search_finds_the_trade_first(client, words, skill):
    page = client.get("/catalogue/", {"q": words, "tri": "pertinence"}).text

    first, *_ = re.findall(r'data-fiche="([^"]+)"', page)
    assert CoEntrepreneur.objects.get(slug=first).skills.filter(slug=skill).exists()
