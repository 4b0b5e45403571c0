"""A kit goes once something in it changed, was withdrawn, or somebody left; what was sent is told to whom it is about."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import CoEntrepreneur, Consent, Insurance, Kit, Reference
from directory.my_space.actions import confirm_cv, save_cv, withdraw_consent
from directory.tenders.answers import kit as maker
from directory.tenders.answers import sources, tasks
from directory.tenders.answers.actions import ask_for_kit, choose_references
from tests.cast import browser_of, lead_of, led, photo, seat, text_of, viewer_of
from tests.factories import CoEntrepreneurFactory, CvFactory, ReferenceFactory
from tests.jobs import run_jobs

from .sending import send

pytestmark = pytest.mark.django_db
State = Kit.State


@pytest.fixture
def quick(monkeypatch):
    """Kits of one file, made in no time."""

    def make(_consultation, *, progress=None):
        progress(1, 1)
        return maker.Made(files=[maker.MadeFile("01-essai.pdf", b"%PDF-")])

    monkeypatch.setattr(maker, "make", make)


@pytest.fixture
def member():
    fiche = CoEntrepreneurFactory(listed=True, first_name="Zoé", last_name="Astruc", email="zoe@example.org")
    fiche.photo.save("moi.webp", photo(), save=True)
    Consent.objects.create(co_entrepreneur=fiche, item=Consent.Item.PHOTO)
    CvFactory(co_entrepreneur=fiche, summary="Quinze ans.")
    return fiche


@pytest.fixture
def kit(quick, member):
    """A kit that is ready, of a lead and of a member with a reference; the mails that it cost are gone."""
    consultation = led()
    seat(consultation, co_entrepreneur=member)
    ReferenceFactory(co_entrepreneur=member, subject="Accueil des agents")
    ask_for_kit(consultation=consultation, by=viewer_of(lead_of(consultation)))
    run_jobs()
    return Kit.objects.get()


def leaves(member):
    CoEntrepreneur.objects.filter(pk=member.pk).update(departed_on=timezone.localdate())


def rewrites_cv(member):
    save_cv(co_entrepreneur=member, seen=member.cv.version, title="Autre métier", summary="", entries=[])


CHANGES = {
    "a photo is withdrawn": lambda member: withdraw_consent(co_entrepreneur_pk=member.pk, item=Consent.Item.PHOTO),
    "someone leaves": leaves,
    "someone leaves the team": lambda member: member.team_seats.all().delete(),
    "a CV is written anew": rewrites_cv,
    "a name changes": lambda member: CoEntrepreneur.objects.filter(pk=member.pk).update(trade_name="Autre marque"),
    "a phone changes": lambda member: CoEntrepreneur.objects.filter(pk=member.pk).update(phone="04 67 00 00 00"),
    "a reference is deleted": lambda member: member.kept_references.all().delete(),
    "a reference is sent back": lambda member: member.kept_references.update(state="to_validate"),
    "a reference may be shown no more": lambda member: member.kept_references.update(publishable=False),
    "a reference is written anew": lambda member: member.kept_references.update(mission="Autre chose."),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_goes_with_its_file_and_the_lead_is_told_once(change, kit, member, django_capture_on_commit_callbacks):
    change(member)
    run_jobs()

    with django_capture_on_commit_callbacks(execute=True):
        first = tasks.drop_changed_kits()
    again = tasks.drop_changed_kits()
    mails = run_jobs()

    was = kit.archive
    kit.refresh_from_db()
    assert (first, again) == (1, 0)
    assert (kit.state, kit.archive.name) == (State.DROPPED, "")
    assert not was.storage.exists(was.name)
    assert [mail.to for mail in mails] == [[lead_of(kit.consultation).email]]
    assert "Un clic le prépare de nouveau" in mails[0].body
    assert "{" not in mails[0].body


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_next_request_gets_nothing_of_it(change, kit, member):
    browser = browser_of(lead_of(kit.consultation))
    address = reverse("tenders:kit_file", args=[kit.consultation_id, kit.pk])
    change(member)

    response = browser.get(address, follow=True)

    assert "Le dossier a été retiré." in response.text
    assert "Préparer de nouveau" in response.text
    assert browser.get(address).status_code == 404


def test_what_says_nothing_else_of_anybody_drops_nothing(kit, member, monkeypatch):
    confirm_cv(co_entrepreneur=member)
    ReferenceFactory(co_entrepreneur=member, subject="Une autre", publishable=False)
    seat(kit.consultation)
    choose_references(consultation=kit.consultation, references=Reference.objects.filter(subject="Une autre"))
    Insurance.objects.create(insurer="Mutuelle", expires_on=timezone.localdate() + timedelta(days=300))
    now = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert tasks.drop_changed_kits() == 0


def test_it_is_prepared_again_in_a_click(kit, member):
    leaves(member)
    browser = browser_of(lead_of(kit.consultation))
    browser.get(reverse("tenders:kit", args=[kit.consultation_id]))

    browser.post(reverse("tenders:kit", args=[kit.consultation_id]))
    run_jobs()

    assert [row.state for row in Kit.objects.all()] == [State.DONE]
    assert tasks.drop_changed_kits() == 0


def test_once_the_answer_is_over_it_goes_without_a_mail(kit, member):
    type(kit.consultation).objects.update(deadline=timezone.now() - timedelta(days=1))
    leaves(member)

    assert tasks.drop_changed_kits() == 1
    assert run_jobs() == []


@pytest.mark.parametrize(("change", "dropped"), [(leaves, 1), (CHANGES["a photo is withdrawn"], 1), (rewrites_cv, 0)])
def test_one_that_kept_no_fingerprints_goes_by_who_left_or_withdrew(change, dropped, kit, member):
    Kit.objects.update(sources={})
    change(member)

    assert tasks.drop_changed_kits() == dropped


def test_a_kit_costs_a_fixed_number_of_queries(kit, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        sources.drop_changed(consultation_pk=kit.consultation_id)


# --- What was sent -------------------------------------------------------------------------------------------------


def test_each_is_told_what_of_them_was_sent_to_whom_and_when(made, media, member):
    consultation = led()
    seat(consultation, co_entrepreneur=member)
    colleague = CoEntrepreneurFactory(email="collegue@example.org")
    other = CoEntrepreneurFactory(email="equipiere@example.org")
    seat(consultation, co_entrepreneur=other)
    made.people = {"03-cv-nora.pdf": [member.pk], "04-reference-01.pdf": [member.pk, colleague.pk]}
    run_jobs()

    send(consultation)
    mails = {to: mail for mail in run_jobs() for to in mail.to}

    assert set(mails) == {member.email, colleague.email, other.email}
    body = mails[member.email].body
    assert consultation.buyer.name in body
    assert "- 03-cv-nora.pdf\n- 04-reference-01.pdf" in body
    assert f"/consultations/{consultation.pk}/" in body
    # Who isn't in the team can't open it.
    assert "/consultations/" not in mails[colleague.email].body
    assert "03-cv" not in mails[colleague.email].body
    assert "n’y parle de vous" in mails[other.email].body
    assert "/confidentialite/" in body


def test_the_documents_say_whom_they_tell_of(member):
    consultation = led()
    seat(consultation, co_entrepreneur=member)
    reference = ReferenceFactory(co_entrepreneur=member)
    reference.participants.add(CoEntrepreneurFactory())

    people = maker.make(consultation).people

    [sheet] = [pks for name, pks in people.items() if name.startswith("04-")]
    assert people["03-cv-zoe-astruc.pdf"] == [member.pk]
    assert set(sheet) == set(reference.participants.values_list("pk", flat=True))
    assert people["02-presentation-de-la-cooperative.pdf"] == []


def test_the_page_of_a_kit_says_what_changed(kit, member):
    rewrites_cv(member)

    page = browser_of(lead_of(kit.consultation)).get(reverse("tenders:kit", args=[kit.consultation_id]))

    assert "CV de Zoé Astruc" in text_of(page)
    assert "Référence : Accueil des agents" not in text_of(page)
