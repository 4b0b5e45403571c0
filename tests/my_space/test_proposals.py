import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from directory.decisions import Stale
from directory.models import CoEntrepreneur, CpvCode, Department, FicheProposal, Skill
from directory.my_space import actions, fiche_views
from directory.my_space.proposals import open_proposal
from tests import cast
from tests.cast import body_of, browser_of, messages_of, photo, typed
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs
from tests.my_space.proposing import propose

pytestmark = pytest.mark.django_db
State = FicheProposal.State
PAGE = "/mon-espace/fiche/"


@pytest.fixture
def member(referent):
    return cast.member(
        referent=referent,
        skills=Skill.objects.all()[:2],
        cpv_codes=CpvCode.objects.all()[:1],
        departments=Department.objects.filter(code="34"),
    )


def filled(browser, **changed):
    """What a browser sends of the form, prefilled, with these fields typed over."""
    return typed(browser.get(PAGE).context["form"], **changed)


def send(browser, **changed):
    return browser.post(PAGE, filled(browser, **changed), follow=True)


# --- Proposing ----------------------------------------------------------------------------------------------------


def test_the_form_says_what_the_fiche_says(as_member, member):
    form = as_member.get(PAGE).context["form"]

    assert form["headline"].value() == member.headline
    assert form["skills"].value() == sorted(skill.pk for skill in member.skills.all())
    assert form["departments"].value() == ["34"]


def test_several_fields_are_proposed_at_once_and_the_fiche_does_not_move(as_member, member):
    skills = sorted(skill.pk for skill in Skill.objects.all()[1:4])

    response = send(as_member, headline="Former, sur place", city="Sète", skills=skills, word_to_referent="Enfin !")

    proposal = FicheProposal.objects.get()
    assert proposal.changes == {"headline": "Former, sur place", "city": "Sète", "skills": skills}
    assert proposal.before["headline"] == member.headline
    assert proposal.before["skills"] == sorted(skill.pk for skill in member.skills.all())
    member.refresh_from_db()
    assert member.headline == "Formation des agents à l’accueil du public"
    assert "Claire Fabre la lira" in messages_of(response)[0]
    [message] = run_jobs()
    assert message.to == [member.referent.email]
    assert "- Accroche\n- Ville\n- Compétences et savoir-faire\n" in message.body
    assert "Enfin !" in message.body
    assert f"/admin/directory/ficheproposal/{proposal.pk}/decision/" in message.body


def test_nothing_changed_says_so_and_bothers_nobody(as_member, member):
    response = send(as_member)

    assert "Rien n’a changé" in response.text
    assert not FicheProposal.objects.exists()
    assert run_jobs() == []


def test_other_ends_of_lines_are_no_change(as_member, member):
    CoEntrepreneur.objects.filter(pk=member.pk).update(public_offer="Un.\nDeux. ")

    send(as_member, public_offer="Un.\r\nDeux.")

    assert not FicheProposal.objects.exists()


def test_a_photo_is_proposed_re_encoded_and_private(as_member, member):
    send(as_member, photo=photo())

    proposal = FicheProposal.objects.get()
    assert proposal.changes == {"photo": True}
    with proposal.photo.open() as file, Image.open(file) as image:
        assert image.format == "WEBP"
        assert max(image.size) == 640
    assert body_of(as_member.get("/mon-espace/fiche/photo-proposee.webp"))[8:12] == b"WEBP"
    assert browser_of(CoEntrepreneurFactory()).get("/mon-espace/fiche/photo-proposee.webp").status_code == 404


def test_what_is_not_a_photo_is_refused_and_what_was_typed_stays(as_member):
    fake = SimpleUploadedFile("moi.jpg", b"<script>", "image/jpeg")

    response = send(as_member, headline="Autre accroche", photo=fake)

    assert "n’est pas une image" in response.text
    assert "Autre accroche" in response.text
    assert not FicheProposal.objects.exists()


def test_a_photo_chosen_in_a_form_to_correct_needs_no_second_choice(as_member):
    refused = send(as_member, website="pas une adresse", photo=photo())
    assert "inutile de la choisir de nouveau" in refused.text

    again = typed(refused.context["form"]) | {"website": ""}
    as_member.post(PAGE, again)

    assert FicheProposal.objects.get().photo


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("first_name", "", "Votre prénom"),
        ("headline", "x" * 141, "140"),
        ("headline", "a\x00b", "caractère"),
        ("phone", "appelez-moi", "chiffres"),
        ("website", "javascript:alert(1)", "adresse d’un site"),
        ("skills", ["0", "x\x00"], "compétences"),
        ("departments", ["zz"], "départements"),
        ("typed_cpv_codes", "zz", "code CPV"),
        ("presentation", "x" * 3001, "3000"),
    ],
)
def test_hostile_and_wrong_values_are_told_in_french_and_kept(as_member, field, value, sentence):
    response = send(as_member, **{field: value})

    assert response.status_code == 200
    assert sentence in response.text
    assert not FicheProposal.objects.exists()


def test_what_buyers_look_for_cannot_be_emptied(as_member):
    response = send(as_member, headline="", public_offer="", skills=[], departments=[])

    assert {"headline", "public_offer", "skills", "departments"} <= set(response.context["form"].errors)


def test_a_bare_fiche_may_change_one_thing_alone():
    bare = CoEntrepreneurFactory(headline="", public_offer="")

    send(browser_of(bare), city="Sète")

    assert FicheProposal.objects.get().changes == {"city": "Sète"}


def test_without_a_referent_the_proposal_waits_for_the_administration():
    alone = CoEntrepreneurFactory(referent=None)

    response = send(browser_of(alone), city="Sète")

    assert "La coopérative la lira" in messages_of(response)[0]
    assert FicheProposal.objects.awaiting().count() == 1
    assert run_jobs() == []


@pytest.mark.usefixtures("stopped_clock")
def test_proposals_are_not_sent_without_end(as_member, member, monkeypatch):
    monkeypatch.setattr(fiche_views, "SENDINGS_PER_MEMBER", 1)
    as_member.post(PAGE, filled(as_member, city="Sète"))

    response = as_member.post(PAGE, filled(as_member, city="Une de trop"))

    assert response.status_code == 429
    assert "Une de trop" in response.text
    assert open_proposal(member).changes == {"city": "Sète"}


def test_the_form_costs_a_fixed_number_of_queries(as_member, member, django_assert_max_num_queries):
    member.skills.set(Skill.objects.all())
    member.departments.set(Department.objects.all())
    propose(member, city="Sète")

    with django_assert_max_num_queries(16):
        as_member.get(PAGE)


# --- The one that is open -----------------------------------------------------------------------------------------


def test_the_form_goes_on_from_what_is_proposed_already(as_member):
    send(as_member, headline="Former, sur place", word_to_referent="Un mot")

    form = as_member.get(PAGE).context["form"]

    assert form["headline"].value() == "Former, sur place"
    assert form["word_to_referent"].value() == "Un mot"


def test_sending_again_replaces_it_and_keeps_its_photo(as_member, member):
    send(as_member, headline="Première", photo=photo())
    first = FicheProposal.objects.get()
    run_jobs()

    send(as_member, headline="Seconde")

    second = open_proposal(member)
    assert second.changes == {"headline": "Seconde", "photo": True}
    assert second.photo.name == first.photo.name
    assert second.photo.storage.exists(second.photo.name)
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN
    [message] = run_jobs()
    assert message.subject == f"Proposition remplacée\N{NO-BREAK SPACE}: {member.name}"


def test_a_photo_that_is_no_longer_proposed_is_erased(as_member, member, django_capture_on_commit_callbacks):
    send(as_member, headline="Première", photo=photo())
    file = FicheProposal.objects.get().photo
    data = filled(as_member)
    del data["keep_photo"]

    with django_capture_on_commit_callbacks(execute=True):
        as_member.post(PAGE, data)

    assert open_proposal(member).changes == {"headline": "Première"}
    assert not file.storage.exists(file.name)


def test_sending_the_same_again_changes_nothing(as_member, member):
    send(as_member, headline="Première")
    run_jobs()

    response = send(as_member)

    assert "Rien n’a changé" in response.text
    assert FicheProposal.objects.count() == 1
    assert run_jobs() == []


def test_withdrawing_closes_it_and_tells_the_referent(as_member, member):
    send(as_member, headline="Première", photo=photo())
    run_jobs()

    response = as_member.post("/mon-espace/fiche/retrait-de-la-proposition/", follow=True)

    assert "est retirée" in messages_of(response)[0]
    assert FicheProposal.objects.get().state == State.WITHDRAWN
    [message] = run_jobs()
    assert message.subject == f"Proposition retirée\N{NO-BREAK SPACE}: {member.name}"


def test_withdrawing_when_there_is_none_does_nothing(as_member):
    response = as_member.post("/mon-espace/fiche/retrait-de-la-proposition/", follow=True)

    assert response.status_code == 200
    assert run_jobs() == []


# --- Two at once --------------------------------------------------------------------------------------------------


def test_who_writes_over_a_fiche_that_changed_is_told_and_loses_nothing(as_member, member):
    data = filled(as_member, city="Sète")
    CoEntrepreneur.objects.filter(pk=member.pk).update(headline="Corrigée par Claire")

    told = as_member.post(PAGE, data)

    assert told.status_code == 409
    assert "a changé pendant que vous écriviez" in told.text
    assert [(said.label, said.words) for said in told.context["changed"]] == [
        ("Accroche", "Corrigée par Claire"),
        ("Ville", ""),
    ]
    assert 'value="Sète"' in told.text
    assert not FicheProposal.objects.exists()

    as_member.post(PAGE, typed(told.context["form"]))

    assert FicheProposal.objects.get().changes == {"headline": member.headline, "city": "Sète"}


def test_who_sends_from_two_windows_is_told(as_member, member):
    data = filled(as_member, city="Sète")
    propose(member, headline="Depuis l’autre fenêtre")

    response = as_member.post(PAGE, data)

    assert response.status_code == 409
    assert open_proposal(member).changes == {"headline": "Depuis l’autre fenêtre"}


def test_a_new_reference_meanwhile_is_nothing_to_tell(as_member, member):
    data = filled(as_member, city="Sète")
    CoEntrepreneur.objects.filter(pk=member.pk).update(content_updated_at=timezone.now())

    assert as_member.post(PAGE, data).status_code == 302


def test_an_action_refuses_what_was_not_shown(member):
    with pytest.raises(Stale):
        actions.propose(co_entrepreneur_pk=member.pk, seen="", content={"city": "Sète"})


def test_a_page_says_what_is_lost_before_a_proposal_is_withdrawn(as_member, member):
    send(as_member, headline="Une autre accroche")
    address = "/mon-espace/fiche/retrait-de-la-proposition/"

    page = as_member.get(address)

    assert "ce qu’elle change est perdu" in page.text
    assert member.proposals.get().state == "submitted"
    as_member.post(address)
    assert member.proposals.get().state == "withdrawn"
    assert as_member.get(address).status_code == 302
