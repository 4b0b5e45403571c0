from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from directory.models import CoEntrepreneur, FicheProposal, Skill
from directory.my_space import actions
from tests import cast
from tests.cast import admin_url, body_of, browser_of, count_queries, messages_of
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = FicheProposal.State


@pytest.fixture
def proposal(referent):
    fiche = CoEntrepreneurFactory(referent=referent, last_name="Martin", city="Agde")
    return FicheProposalFactory(
        co_entrepreneur=fiche,
        changes={"headline": "Formation des élus à l’accueil du public", "city": "Sète"},
        before={"headline": fiche.headline, "city": "Agde"},
    )


def url_of(proposal):
    return admin_url("ficheproposal_decide", proposal.pk)


def read(person, proposal):
    return browser_of(person).get(url_of(proposal))


def decide(browser, proposal, decision, **data):
    """Press a button of the page as it shows now."""
    seen = browser.get(url_of(proposal)).context["seen"]
    return browser.post(url_of(proposal), {"decision": decision, "seen": seen} | data, follow=True)


# --- The page -----------------------------------------------------------------------------------------------------


def test_what_is_proposed_stands_beside_what_is_there(referent, proposal):
    html = read(referent, proposal).text

    assert "Formation des <del>agents</del>" in html
    assert "Formation des <ins>élus</ins>" in html
    assert "<del>Agde</del>" in html
    assert html.count('name="fields_taken"') == 2


def test_lists_tell_what_goes_and_what_comes(referent):
    kept, removed, added = Skill.objects.order_by("pk")[:3]
    fiche = CoEntrepreneurFactory(referent=referent, skills=[kept, removed])
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche, changes={"skills": [kept.pk, added.pk]}, before={"skills": [kept.pk, removed.pk]}
    )

    html = read(referent, proposal).text

    pill = '<span class="etiquette" data-etat="a-voir">{}</span>'
    assert f"<ul><li>{kept}</li><li><del>{removed}</del> {pill.format('retiré')}</li></ul>" in html
    assert f"<ul><li>{kept}</li><li><ins>{added}</ins> {pill.format('ajouté')}</li></ul>" in html


def test_a_field_that_changed_since_is_told_and_compared_with_today(referent, proposal):
    CoEntrepreneur.objects.filter(pk=proposal.co_entrepreneur_id).update(city="Béziers")

    html = read(referent, proposal).text

    assert "<del>Béziers</del>" in html
    assert html.count("changé depuis") == 1
    assert "la fiche disait : « Agde »" in html


def test_nothing_of_what_is_typed_runs(referent, proposal):
    FicheProposal.objects.update(
        changes={"headline": "<script>alert(1)</script>"}, word_to_referent="<img src=x onerror=alert(1)>"
    )

    html = read(referent, proposal).text

    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_both_photos_are_shown_to_who_decides_and_to_nobody_else(referent):
    content = BytesIO()
    Image.new("RGB", (20, 20)).save(content, "WEBP")
    fiche = CoEntrepreneurFactory(referent=referent)
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche,
        changes={"photo": True},
        before={"photo": ""},
        photo=ContentFile(content.getvalue(), name="photo.webp"),
    )
    photo = admin_url("ficheproposal_photo", proposal.pk)

    assert photo in read(referent, proposal).text
    assert body_of(browser_of(referent).get(photo)) == content.getvalue()
    assert browser_of(cast.referent()).get(photo).status_code == 404


def test_the_page_costs_the_same_whatever_its_length(referent, django_assert_num_queries):
    skills = sorted(Skill.objects.values_list("pk", flat=True))
    fiche = CoEntrepreneurFactory(referent=referent, skills=skills[:1])
    proposal = FicheProposalFactory(
        co_entrepreneur=fiche, changes={"skills": skills[1:2]}, before={"skills": skills[:1]}
    )
    browser = browser_of(referent)
    short = count_queries(browser, url_of(proposal))
    fiche.skills.set(skills)
    FicheProposal.objects.update(changes={"skills": skills[:9]})

    with django_assert_num_queries(short):
        browser.get(url_of(proposal))


# --- The decision -------------------------------------------------------------------------------------------------


def test_everything_is_accepted_in_one_click(referent, proposal):
    response = decide(browser_of(referent), proposal, "all")

    assert "la fiche est à jour" in messages_of(response)[0]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.ACCEPTED, referent.user)
    fiche = CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id)
    assert (fiche.headline, fiche.city) == ("Formation des élus à l’accueil du public", "Sète")
    assert [message.to for message in run_jobs()] == [[fiche.email]]
    assert '<th scope="row">Accroche <span class="etiquette" data-etat="a-voir">repris</span>' in response.text


def test_only_what_is_ticked_is_taken_with_a_reason(referent, proposal):
    response = decide(browser_of(referent), proposal, "some", fields_taken=["city"], comment="L’accroche convient.")

    assert "acceptée en partie" in messages_of(response)[0]
    fiche = CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id)
    assert (fiche.headline, fiche.city) == (proposal.before["headline"], "Sète")
    assert "pas repris" in response.text


def test_everything_ticked_is_everything(referent, proposal):
    decide(browser_of(referent), proposal, "some", fields_taken=["city", "headline"])

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
def test_what_lacks_is_told_and_nothing_is_decided(referent, proposal, decision, data, sentence):
    response = decide(browser_of(referent), proposal, decision, **data)

    assert sentence in response.text
    assert ("Un mot gardé" in response.text) == ("gardé" in data.get("comment", ""))
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


def test_boxes_stay_as_they_were_ticked_when_the_page_comes_back(referent, proposal):
    response = decide(browser_of(referent), proposal, "some", fields_taken=["city"])

    assert 'value="city" checked' in response.text
    assert 'value="headline" checked' not in response.text


def test_refusing_changes_nothing_and_says_why(referent, proposal):
    response = decide(browser_of(referent), proposal, "refuse", comment="Parlons-en.")

    assert "Proposition refusée" in messages_of(response)[0]
    assert "Parlons-en." in response.text
    assert CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id).city == "Agde"


def test_the_second_of_two_who_decide_at_once_is_told(referent, proposal):
    first, second = browser_of(referent), browser_of(cast.administrator())
    shown = second.get(url_of(proposal)).context["seen"]
    decide(first, proposal, "all")

    response = second.post(url_of(proposal), {"decision": "refuse", "comment": "Non", "seen": shown}, follow=True)

    assert "déjà été acceptée par Claire Fabre" in messages_of(response)[0]
    proposal.refresh_from_db()
    assert proposal.state == State.ACCEPTED


def test_a_fiche_that_changes_while_one_reads_is_compared_again_first(referent, proposal):
    browser = browser_of(referent)
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


def test_a_proposal_withdrawn_while_one_reads_is_told(referent, proposal):
    browser = browser_of(referent)
    browser.get(url_of(proposal))
    actions.withdraw_proposal(co_entrepreneur_pk=proposal.co_entrepreneur_id)

    response = decide(browser, proposal, "all")

    assert "retirée ou remplacée par son auteur" in messages_of(response)[0]
    assert "Tout accepter" not in response.text


def test_once_decided_the_page_shows_what_the_fiche_said_then(referent, proposal):
    decide(browser_of(referent), proposal, "all")
    CoEntrepreneur.objects.filter(pk=proposal.co_entrepreneur_id).update(city="Narbonne")

    html = read(referent, proposal).text

    assert "<del>Agde</del>" in html
    assert "Narbonne" not in html
    assert "changé depuis" not in html


# --- Who ----------------------------------------------------------------------------------------------------------


def test_only_who_follows_the_fiche_and_administrators_read_and_decide(referent, proposal):
    for person in (cast.referent(), cast.staff_without_role()):
        assert read(person, proposal).url == "/admin/"
        assert browser_of(person).post(url_of(proposal), {"decision": "all"}).url == "/admin/"
    assert read(cast.administrator(), proposal).status_code == 200
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


def test_one_that_does_not_exist_is_not_found(referent):
    assert browser_of(referent).get("/admin/directory/ficheproposal/x/change/").status_code == 404


def test_the_list_shows_one_s_own_and_leads_to_the_page(referent, proposal):
    FicheProposalFactory()
    browser = browser_of(referent)

    shown = browser.get(admin_url("ficheproposal_changelist"))

    assert list(shown.context["cl"].result_list) == [proposal]
    assert "Accroche, Ville" in shown.text
    assert browser.get(admin_url("ficheproposal_change", proposal.pk)).url == url_of(proposal)


def test_the_list_costs_the_same_whatever_its_length(referent, proposal, django_assert_num_queries):
    browser = browser_of(referent)
    short = count_queries(browser, admin_url("ficheproposal_changelist"))
    for _ in range(3):
        FicheProposalFactory(co_entrepreneur=CoEntrepreneurFactory(referent=referent))

    with django_assert_num_queries(short):
        browser.get(admin_url("ficheproposal_changelist"))


def test_the_first_page_says_what_waits_and_for_how_long(referent, proposal):
    FicheProposal.objects.update(submitted_at=timezone.now() - timedelta(days=9))
    FicheProposalFactory()

    response = browser_of(referent).get("/admin/")

    board = response.context["board"]
    assert board["proposals"] == [(proposal, "depuis 9 jours")]
    assert "en retard</strong>" in response.text
    assert board["proposals_count"] == 1
    assert url_of(proposal) in response.text
    assert browser_of(referent).get(board["links"]["proposals"]).context["cl"].result_count == 1
