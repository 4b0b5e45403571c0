from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from directory.models import Certification, CoEntrepreneur, Consent, CpvCode, Department, Label, Reference, Skill
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, FicheProposalFactory, PublicClientFactory
from tests.jobs import run_jobs

from .cast import admin_url, client_of, form_data, messages_of, referent

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return referent(name="Claire Fabre")


@pytest.fixture
def browser(own):
    return client_of(own)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url_of(fiche):
    return admin_url("coentrepreneur_change", fiche.pk)


def filled(browser, fiche, **changes):
    return form_data(browser.get(url_of(fiche))) | changes


def errors_of(response):
    return response.context["adminform"].form.errors


def png(color="red"):
    out = BytesIO()
    Image.new("RGB", (900, 700), color).save(out, "PNG")
    return SimpleUploadedFile("photo.png", out.getvalue(), "image/png")


# --- The list -----------------------------------------------------------------------------------------------------


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
def test_the_list_is_filtered_and_searched(own, browser, query, found):
    skill = Skill.objects.filter(domain__slug=Skill.objects.first().domain.slug).first()
    CoEntrepreneurFactory(
        last_name="Référencée",
        referent=own,
        listed=True,
        nationwide=True,
        skills=[skill],
        cpv_codes=[CpvCode.objects.first()],
    )
    CoEntrepreneurFactory(last_name="Seule", referent=own, contract_stage="cape")
    CoEntrepreneurFactory(last_name="Partie", referent=own, departed_on=timezone.localdate())
    CoEntrepreneurFactory(last_name="Orpheline", referent=None)
    CoEntrepreneurFactory(last_name="Ailleurs")
    query = query.replace("formation-pedagogie", skill.domain.slug)

    response = browser.get(f"{admin_url('coentrepreneur_changelist')}?{query}")

    assert {fiche.last_name for fiche in response.context["cl"].queryset} == found


# --- The box ------------------------------------------------------------------------------------------------------


def test_ticking_asks_why_and_loses_nothing_typed(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    response = browser.post(url_of(fiche), filled(browser, fiche, client_public="on", headline="Une accroche neuve"))

    fiche.refresh_from_db()
    assert errors_of(response) == {"reason": ["Dites pourquoi la case change."]}
    assert not fiche.client_public
    assert "Une accroche neuve" in response.content.decode()


def test_ticking_lists_and_dates_the_fiche_and_tells_its_author(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    browser.post(url_of(fiche), filled(browser, fiche, client_public="on", reason="Offre relue ensemble"))

    fiche.refresh_from_db()
    assert fiche.client_public
    assert fiche.listed_since == timezone.localdate()
    assert [mail.to for mail in run_jobs()] == [[fiche.email]]


def test_the_offer_typed_with_the_tick_counts(own, browser):
    fiche = CoEntrepreneurFactory(referent=own, public_offer="")

    browser.post(
        url_of(fiche), filled(browser, fiche, client_public="on", reason="Complète", public_offer="Une offre précise.")
    )

    fiche.refresh_from_db()
    assert fiche.client_public
    assert fiche.public_offer == "Une offre précise."


def test_what_a_tick_lacks_is_told_field_by_field(own, browser):
    fiche = CoEntrepreneurFactory(referent=own, public_offer="")
    departed = timezone.localdate() - timedelta(days=1)

    response = browser.post(
        url_of(fiche), filled(browser, fiche, client_public="on", reason="Essai", departed_on=departed.isoformat())
    )

    assert set(errors_of(response)) == {"public_offer", "departed_on"}
    assert "il faut l’offre aux clients publics" in errors_of(response)["public_offer"][0]


def test_an_administrator_is_told_that_a_tick_lacks_a_referent():
    fiche = CoEntrepreneurFactory(referent=None)
    browser = client_of(AdministratorFactory())

    response = browser.post(url_of(fiche), filled(browser, fiche, client_public="on", reason="Essai"))

    assert set(errors_of(response)) == {"referent"}


def test_unticking_keeps_the_date_and_may_empty_the_offer(own, browser):
    fiche = CoEntrepreneurFactory(referent=own, listed=True)
    data = filled(browser, fiche, reason="À sa demande", public_offer="")
    del data["client_public"]

    browser.post(url_of(fiche), data)

    fiche.refresh_from_db()
    assert not fiche.client_public
    assert fiche.listed_since
    assert fiche.public_offer == ""


def test_a_listed_fiche_can_not_lose_its_offer(own, browser):
    fiche = CoEntrepreneurFactory(referent=own, listed=True)

    response = browser.post(url_of(fiche), filled(browser, fiche, public_offer=" "))

    assert "l’offre aux clients publics doit être écrite" in str(errors_of(response))


def test_the_date_of_listing_can_not_be_typed(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    browser.post(url_of(fiche), filled(browser, fiche, listed_since="2001-01-01"))

    fiche.refresh_from_db()
    assert fiche.listed_since is None


# --- Who follows --------------------------------------------------------------------------------------------------


def test_a_referent_can_not_hand_a_fiche_over(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    browser.post(url_of(fiche), filled(browser, fiche, referent=referent().pk))

    fiche.refresh_from_db()
    assert fiche.referent == own


def test_an_administrator_hands_a_fiche_over(own):
    fiche, other = CoEntrepreneurFactory(referent=own), referent()
    browser = client_of(AdministratorFactory())

    browser.post(url_of(fiche), filled(browser, fiche, referent=other.pk))

    fiche.refresh_from_db()
    assert fiche.referent == other


def test_a_fiche_that_a_referent_adds_is_theirs(own, browser):
    data = form_data(browser.get(admin_url("coentrepreneur_add")))
    data |= {"first_name": "Zoé", "last_name": "Neuve", "email": "zoe@example.org", "referent": referent().pk}

    browser.post(admin_url("coentrepreneur_add"), data)

    assert CoEntrepreneur.objects.get(email="zoe@example.org").referent == own


# --- Two at once --------------------------------------------------------------------------------------------------


def test_the_second_of_two_writers_is_told_and_may_go_on(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    stale = filled(browser, fiche, headline="La seconde")
    browser.post(url_of(fiche), filled(browser, fiche, headline="La première"))

    told = browser.post(url_of(fiche), stale)
    again = browser.post(url_of(fiche), form_data(told))

    fiche.refresh_from_db()
    assert "a changé pendant que vous l’écriviez" in str(errors_of(told))
    assert again.status_code == 302
    assert fiche.headline == "La seconde"


def test_a_form_without_its_version_is_refused(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    data = filled(browser, fiche, headline="À la main")
    del data["version"]

    browser.post(url_of(fiche), data)

    fiche.refresh_from_db()
    assert fiche.headline != "À la main"


# --- Files --------------------------------------------------------------------------------------------------------


def test_a_photo_is_encoded_again_and_the_former_one_deleted(own, browser, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(referent=own)
    browser.post(url_of(fiche), filled(browser, fiche, photo=png()))
    fiche.refresh_from_db()
    storage, former = fiche.photo.storage, fiche.photo.name

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url_of(fiche), filled(browser, fiche, photo=png("blue")))

    fiche.refresh_from_db()
    with fiche.photo.open() as file, Image.open(file) as image:
        assert (image.format, max(image.size)) == ("WEBP", 640)
    assert fiche.photo.name != former
    assert not storage.exists(former)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", png().read()[:3000]])
def test_a_photo_that_does_not_decode_is_refused(own, browser, content):
    fiche = CoEntrepreneurFactory(referent=own)

    response = browser.post(
        url_of(fiche), filled(browser, fiche, photo=SimpleUploadedFile("photo.png", content, "image/png"))
    )

    assert "photo" in errors_of(response)


def test_a_photo_whose_exif_is_damaged_is_refused(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    # Turning the photo upright rewrites its EXIF, where a text in a table of numbers can't be written back.
    exif = (
        b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x03"
        b"\x01\x06\x00\x02\x00\x00\x00\x06\x00\x00\x002"
        b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
        b"\x87i\x00\x04\x00\x00\x00\x01\x00\x00\x008"
        b"\x00\x00\x00\x00maker\x00\x00\x01\x90\x03\x00\x02\x00\x00\x00\x05\x00\x00\x00J\x00\x00\x00\x002020\x00\x00"
    )
    out = BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    photo = SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")

    response = browser.post(url_of(fiche), filled(browser, fiche, photo=photo))

    assert "abîmée" in str(errors_of(response)["photo"])


def test_a_fiche_whose_photo_is_lost_can_still_be_saved(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    browser.post(url_of(fiche), filled(browser, fiche, photo=png()))
    fiche.refresh_from_db()
    fiche.photo.storage.delete(fiche.photo.name)

    browser.post(url_of(fiche), filled(browser, fiche, headline="Sans la photo"))

    fiche.refresh_from_db()
    assert fiche.headline == "Sans la photo"


def inline(prefix, total, **row):
    return {f"{prefix}-TOTAL_FORMS": total} | {f"{prefix}-0-{name}": value for name, value in row.items()}


def proof(content=b"%PDF-1.7 une preuve"):
    return SimpleUploadedFile("preuve.exe", content, "application/x-msdownload")


def test_a_proof_is_kept_under_a_name_of_ours_and_deleted_with_its_row(
    own, browser, django_capture_on_commit_callbacks
):
    fiche = CoEntrepreneurFactory(referent=own)
    label = Label.objects.first()
    added = inline("certifications", 1, label=label.pk, proof=proof())
    browser.post(url_of(fiche), filled(browser, fiche) | added)
    kept = Certification.objects.get()
    storage, name = kept.proof.storage, kept.proof.name

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url_of(fiche), filled(browser, fiche) | {"certifications-0-DELETE": "on"})

    assert name.startswith("proofs/")
    assert name.endswith(".pdf")
    assert not Certification.objects.exists()
    assert not storage.exists(name)


def test_a_proof_that_is_none_is_refused(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    added = inline("certifications", 1, label=Label.objects.first().pk, proof=proof(b"MZ un programme"))

    response = browser.post(url_of(fiche), filled(browser, fiche) | added)

    assert "ni un PDF" in response.content.decode()
    assert not Certification.objects.exists()


def test_the_files_of_a_deleted_fiche_go_with_it(own, browser, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(referent=own)
    added = inline("certifications", 1, label=Label.objects.first().pk, proof=proof())
    browser.post(url_of(fiche), filled(browser, fiche, photo=png()) | added)
    fiche.refresh_from_db()
    proposal = FicheProposalFactory(co_entrepreneur=fiche, photo=png())
    files = [fiche.photo, fiche.certifications.get().proof, proposal.photo]

    with django_capture_on_commit_callbacks(execute=True):
        client_of(AdministratorFactory()).post(admin_url("coentrepreneur_delete", fiche.pk), {"post": "yes"})

    assert not CoEntrepreneur.objects.exists()
    assert not any(file.storage.exists(file.name) for file in files)


# --- What hangs from a fiche ----------------------------------------------------------------------------------------


def test_a_reference_is_added_from_the_fiche(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    row = {"subject": "Atelier", "client": PublicClientFactory().pk, "starts_on": "2025-01-01", "role": "titulaire"}

    browser.post(url_of(fiche), filled(browser, fiche) | inline("kept_references", 1, **row))

    assert Reference.objects.get().co_entrepreneur == fiche


def test_a_consent_is_given_then_withdrawn_and_never_erased(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    given = {"item": "photo", "text_version": "2026-11", "given_at": "2026-11-01T10:00:00"}
    browser.post(url_of(fiche), filled(browser, fiche) | inline("consents", 1, **given))

    browser.post(url_of(fiche), filled(browser, fiche) | {"consents-0-withdrawn_at": "2026-11-02T10:00:00"})
    browser.post(url_of(fiche), filled(browser, fiche) | {"consents-0-DELETE": "on"})

    assert Consent.objects.get().withdrawn_at


def test_lists_are_saved(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)
    skills = list(Skill.objects.all()[:2])

    browser.post(url_of(fiche), filled(browser, fiche, skills=[skill.pk for skill in skills], departments=["34", "2A"]))

    assert set(fiche.skills.all()) == set(skills)
    assert set(fiche.departments.all()) == set(Department.objects.filter(code__in=["34", "2A"]))


# --- In bulk ------------------------------------------------------------------------------------------------------


def bulk(browser, action, fiches, **data):
    return browser.post(
        admin_url("coentrepreneur_changelist"),
        {"action": action, "_selected_action": [fiche.pk for fiche in fiches]} | data,
        follow=True,
    )


def test_a_bulk_action_first_shows_what_it_would_do(own, browser):
    fiches = [
        CoEntrepreneurFactory(referent=own),
        CoEntrepreneurFactory(referent=own, public_offer=""),
        CoEntrepreneurFactory(referent=own, listed=True),
        CoEntrepreneurFactory(),
    ]

    page = bulk(browser, "tick_box", fiches).content.decode()

    for sentence in [
        "Entrera dans le catalogue.",
        "il manque : l’offre aux clients publics",
        "Rien à changer.",
        "suivie par une autre personne",
    ]:
        assert sentence in page
    assert CoEntrepreneur.objects.filter(client_public=True).count() == 1


def test_a_bulk_action_asks_why(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    response = bulk(browser, "tick_box", [fiche], confirmed="1", reason=" ")

    fiche.refresh_from_db()
    assert "Dites pourquoi la case change." in response.content.decode()
    assert not fiche.client_public


def test_a_bulk_tick_does_what_it_may_and_tells_the_rest(own, browser):
    done, incomplete, theirs = (
        CoEntrepreneurFactory(referent=own, last_name="Faite"),
        CoEntrepreneurFactory(referent=own, last_name="Incomplète", public_offer=""),
        CoEntrepreneurFactory(last_name="Ailleurs"),
    )

    response = bulk(browser, "tick_box", [done, incomplete, theirs], confirmed="1", reason="Campagne")

    assert list(CoEntrepreneur.objects.filter(client_public=True)) == [done]
    assert messages_of(response) == [
        "Case cochée (1 fiche) : Camille Faite.",
        "Refusé, fiche suivie par une autre personne (1 fiche) : Camille Ailleurs.",
        "Refusé, il manque quelque chose (1 fiche) : Camille Incomplète (l’offre aux clients publics).",
    ]


def test_a_bulk_untick_leaves_the_fiches_of_colleagues(own, browser):
    mine, theirs = CoEntrepreneurFactory(referent=own, listed=True), CoEntrepreneurFactory(listed=True)

    bulk(browser, "untick_box", [mine, theirs], confirmed="1", reason="Fin de campagne")

    assert list(CoEntrepreneur.objects.filter(client_public=True)) == [theirs]


def test_too_many_fiches_at_once_are_refused(own, browser, monkeypatch):
    monkeypatch.setattr("directory.admin.box_actions.AT_MOST", 1)
    fiches = CoEntrepreneurFactory.create_batch(2, referent=own)

    response = bulk(browser, "tick_box", fiches, confirmed="1", reason="Toutes")

    assert messages_of(response) == ["Choisissez 1 fiches au plus à la fois."]
    assert not CoEntrepreneur.objects.filter(client_public=True).exists()


def test_a_phone_and_a_site_are_kept_in_one_way_or_asked_again(own, browser):
    fiche = CoEntrepreneurFactory(referent=own)

    refused = browser.post(url_of(fiche), filled(browser, fiche, phone="abc", website="ftp://exemple.fr"))
    assert {"phone", "website"} <= refused.context["adminform"].form.errors.keys()

    browser.post(url_of(fiche), filled(browser, fiche, phone="04/67/12/34/56", website="www.exemple.fr"))
    fiche.refresh_from_db()
    assert (fiche.phone, fiche.website) == ("04 67 12 34 56", "https://www.exemple.fr")
