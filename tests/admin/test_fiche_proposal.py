from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from directory.models import CoEntrepreneur, FicheProposal, Skill
from directory.my_space import actions
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory
from tests.jobs import run_jobs
from tests.my_space.cast import body_of

from .cast import admin_url, administrator, client_of, count_queries, messages_of, referent, staff_without_role

pytestmark = pytest.mark.django_db
State = FicheProposal.State


@pytest.fixture
def own():
    return referent(name="Claire Fabre")


@pytest.fixture
def proposal(own):
    fiche = CoEntrepreneurFactory(referent=own, last_name="Martin", city="Agde")
    return FicheProposalFactory(
        co_entrepreneur=fiche,
        changes={"headline": "Formation des élus à l’accueil du public", "city": "Sète"},
        before={"headline": fiche.headline, "city": "Agde"},
    )


def url_of(proposal):
    return admin_url("ficheproposal_decide", proposal.pk)


def read(person, proposal):
    return client_of(person).get(url_of(proposal))


def decide(browser, proposal, decision, **data):
    """Press a button of the page as it shows now."""
    seen = browser.get(url_of(proposal)).context["seen"]
    return browser.post(url_of(proposal), {"decision": decision, "seen": seen} | data, follow=True)


# --- The page -----------------------------------------------------------------------------------------------------


def test_what_is_proposed_stands_beside_what_is_there(own, proposal):
    html = read(own, proposal).text

    assert "Formation des <del>agents</del>" in html
    assert "Formation des <ins>élus</ins>" in html
    assert "<del>Agde</del>" in html
    assert html.count('name="fields_taken"') == 2


def test_lists_tell_what_goes_and_what_comes(own):
    kept, removed, added = Skill.objects.order_by("pk")[:3]
    fiche = CoEntrepreneurFactory(referent=own, skills=[kept, removed])
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche, changes={"skills": [kept.pk, added.pk]}, before={"skills": [kept.pk, removed.pk]}
    )

    html = read(own, proposal).text

    assert f'<ul><li>{kept}</li><li><del>{removed}</del> <span class="tag">retiré</span></li></ul>' in html
    assert f'<ul><li>{kept}</li><li><ins>{added}</ins> <span class="tag">ajouté</span></li></ul>' in html


def test_a_field_that_changed_since_is_told_and_compared_with_today(own, proposal):
    CoEntrepreneur.objects.filter(pk=proposal.co_entrepreneur_id).update(city="Béziers")

    html = read(own, proposal).text

    assert "<del>Béziers</del>" in html
    assert html.count("changé depuis") == 1
    assert "la fiche disait : « Agde »" in html


def test_nothing_of_what_is_typed_runs(own, proposal):
    FicheProposal.objects.update(
        changes={"headline": "<script>alert(1)</script>"}, word_to_referent="<img src=x onerror=alert(1)>"
    )

    html = read(own, proposal).text

    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_both_photos_are_shown_to_who_decides_and_to_nobody_else(own):
    content = BytesIO()
    Image.new("RGB", (20, 20)).save(content, "WEBP")
    fiche = CoEntrepreneurFactory(referent=own)
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche,
        changes={"photo": True},
        before={"photo": ""},
        photo=ContentFile(content.getvalue(), name="photo.webp"),
    )
    photo = admin_url("ficheproposal_photo", proposal.pk)

    assert photo in read(own, proposal).text
    assert body_of(client_of(own).get(photo)) == content.getvalue()
    assert client_of(referent()).get(photo).status_code == 403


def test_the_page_costs_the_same_whatever_its_length(own, django_assert_num_queries):
    skills = sorted(Skill.objects.values_list("pk", flat=True))
    fiche = CoEntrepreneurFactory(referent=own, skills=skills[:1])
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche, changes={"skills": skills[1:2]}, before={"skills": skills[:1]}
    )
    browser = client_of(own)
    short = count_queries(browser, url_of(proposal))
    fiche.skills.set(skills)
    FicheProposal.objects.update(changes={"skills": skills[:9]})

    with django_assert_num_queries(short):
        browser.get(url_of(proposal))


# --- The decision -------------------------------------------------------------------------------------------------


def test_everything_is_accepted_in_one_click(own, proposal):
    response = decide(client_of(own), proposal, "all")

    assert "la fiche est à jour" in messages_of(response)[0]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.ACCEPTED, own.user)
    fiche = CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id)
    assert (fiche.headline, fiche.city) == ("Formation des élus à l’accueil du public", "Sète")
    assert [message.to for message in run_jobs()] == [[fiche.email]]
    assert '<th scope="row">Accroche <span class="etiquette" data-etat="a-voir">repris</span>' in response.text


def test_only_what_is_ticked_is_taken_with_a_reason(own, proposal):
    response = decide(client_of(own), proposal, "some", fields_taken=["city"], comment="L’accroche convient.")

    assert "acceptée en partie" in messages_of(response)[0]
    fiche = CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id)
    assert (fiche.headline, fiche.city) == (proposal.before["headline"], "Sète")
    assert "pas repris" in response.text


def test_everything_ticked_is_everything(own, proposal):
    decide(client_of(own), proposal, "some", fields_taken=["city", "headline"])

    proposal.refresh_from_db()
    assert proposal.state == State.ACCEPTED


@pytest.mark.parametrize(
    ("decision", "data", "sentence"),
    [
        ("some", {"fields_taken": ["city"]}, "Dites pourquoi le reste n’est pas repris."),
        ("some", {"comment": "Un mot gardé"}, "Cochez au moins un champ"),
        ("some", {"fields_taken": ["email"]}, "Cochez au moins un champ"),
        ("refuse", {}, "Dites pourquoi vous refusez."),
        ("refuse", {"comment": "x" * 2001}, "2000"),
        ("refuse", {"comment": "a\x00"}, "caractère"),
        ("destroy", {"comment": "Un mot gardé"}, "Votre décision"),
    ],
)
def test_what_lacks_is_told_and_nothing_is_decided(own, proposal, decision, data, sentence):
    response = decide(client_of(own), proposal, decision, **data)

    assert sentence in response.text
    assert ("Un mot gardé" in response.text) == ("gardé" in data.get("comment", ""))
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


def test_boxes_stay_as_they_were_ticked_when_the_page_comes_back(own, proposal):
    response = decide(client_of(own), proposal, "some", fields_taken=["city"])

    assert 'value="city" checked' in response.text
    assert 'value="headline" checked' not in response.text


def test_refusing_changes_nothing_and_says_why(own, proposal):
    response = decide(client_of(own), proposal, "refuse", comment="Parlons-en.")

    assert "Proposition refusée" in messages_of(response)[0]
    assert "Parlons-en." in response.text
    assert CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id).city == "Agde"


def test_the_second_of_two_who_decide_at_once_is_told(own, proposal):
    first, second = client_of(own), client_of(administrator())
    shown = second.get(url_of(proposal)).context["seen"]
    decide(first, proposal, "all")

    response = second.post(url_of(proposal), {"decision": "refuse", "comment": "Non", "seen": shown}, follow=True)

    assert "déjà été acceptée par Claire Fabre" in messages_of(response)[0]
    proposal.refresh_from_db()
    assert proposal.state == State.ACCEPTED


def test_a_fiche_that_changes_while_one_reads_is_compared_again_first(own, proposal):
    browser = client_of(own)
    seen = browser.get(url_of(proposal)).context["seen"]
    CoEntrepreneur.objects.filter(pk=proposal.co_entrepreneur_id).update(city="Béziers")

    told = browser.post(url_of(proposal), {"decision": "all", "seen": seen, "comment": "Un mot gardé"})

    assert "La fiche a changé pendant que vous lisiez" in told.text
    assert "Béziers" in told.text
    assert "Un mot gardé" in told.text
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED

    decide(browser, proposal, "all")

    assert CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id).city == "Sète"


def test_a_proposal_withdrawn_while_one_reads_is_told(own, proposal):
    browser = client_of(own)
    browser.get(url_of(proposal))
    actions.withdraw_proposal(co_entrepreneur_pk=proposal.co_entrepreneur_id)

    response = decide(browser, proposal, "all")

    assert "retirée ou remplacée par son auteur" in messages_of(response)[0]
    assert "Tout accepter" not in response.text


def test_once_decided_the_page_shows_what_the_fiche_said_then(own, proposal):
    decide(client_of(own), proposal, "all")
    CoEntrepreneur.objects.filter(pk=proposal.co_entrepreneur_id).update(city="Narbonne")

    html = read(own, proposal).text

    assert "<del>Agde</del>" in html
    assert "Narbonne" not in html
    assert "changé depuis" not in html


# --- Who ----------------------------------------------------------------------------------------------------------


def test_only_who_follows_the_fiche_and_administrators_read_and_decide(own, proposal):
    for person in (referent(), staff_without_role()):
        assert read(person, proposal).status_code == 403
        assert client_of(person).post(url_of(proposal), {"decision": "all"}).status_code == 403
    assert read(administrator(), proposal).status_code == 200
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


def test_one_that_does_not_exist_is_not_found(own):
    assert client_of(own).get(admin_url("ficheproposal_decide", 10**9)).status_code == 404
    assert client_of(own).get("/admin/directory/ficheproposal/x/change/").status_code == 404


def test_the_list_shows_one_s_own_and_leads_to_the_page(own, proposal):
    FicheProposalFactory()
    browser = client_of(own)

    shown = browser.get(admin_url("ficheproposal_changelist"))

    assert list(shown.context["cl"].result_list) == [proposal]
    assert "Accroche, Ville" in shown.text
    assert browser.get(admin_url("ficheproposal_change", proposal.pk)).url == url_of(proposal)


def test_the_list_costs_the_same_whatever_its_length(own, proposal, django_assert_num_queries):
    browser = client_of(own)
    short = count_queries(browser, admin_url("ficheproposal_changelist"))
    for _ in range(3):
        FicheProposalFactory(co_entrepreneur=CoEntrepreneurFactory(referent=own))

    with django_assert_num_queries(short):
        browser.get(admin_url("ficheproposal_changelist"))


def test_the_first_page_says_what_waits_and_for_how_long(own, proposal):
    FicheProposal.objects.update(submitted_at=timezone.now() - timedelta(days=9))
    FicheProposalFactory()

    response = client_of(own).get("/admin/")

    board = response.context["board"]
    assert board["proposals"] == [(proposal, "depuis 9 jours")]
    assert "En retard" in response.text
    assert board["proposals_count"] == 1
    assert url_of(proposal) in response.text
    assert client_of(own).get(board["links"]["proposals"]).context["cl"].result_count == 1
