import re
from datetime import timedelta

import pytest
from django.utils import timezone

from directory.listing import actions
from directory.models import CoEntrepreneur, CpvCode, Department, ListingRequest, Skill
from tests import cast
from tests.cast import admin_url, browser_of, count_queries, messages_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

State = ListingRequest.State


@pytest.fixture
def asked(referent):
    return ListingRequestFactory(co_entrepreneur=CoEntrepreneurFactory(referent=referent, last_name="Martin"))


@pytest.fixture
def orphan(referent):
    """A request from someone who has no fiche."""
    return ListingRequestFactory(
        co_entrepreneur=None,
        referent=referent,
        email="nour@example.org",
        first_name="Nour",
        last_name="Haddad",
        trade_name="",
    )


def url_of(asked):
    return admin_url("listingrequest_decide", asked.pk)


def decide(person, asked, decision, **data):
    return browser_of(person).post(url_of(asked), {"decision": decision} | data, follow=True)


def read(person, asked):
    return browser_of(person).get(url_of(asked)).content.decode()


def steps_of(page):
    """What the page tells of the history of a request, without when nor who."""
    told = page.partition('id="steps"')[2].partition("</ol>")[0]
    return re.findall(r"<li>[^:]* : ([^,\n]*)", told)


# --- The page -----------------------------------------------------------------------------------------------------


def test_what_is_proposed_stands_beside_what_is_there(referent):
    kept, removed, added = Skill.objects.all()[:3]
    fiche = CoEntrepreneurFactory(referent=referent, skills=[kept, removed], headline="Formation des agents")
    asked = ListingRequestFactory(co_entrepreneur=fiche, headline="Formation des élus", nationwide=True)
    asked.skills.set([kept, added])
    asked.cpv_codes.set(CpvCode.objects.all()[:1])
    asked.departments.set(Department.objects.filter(code="34"))

    page = browser_of(referent).get(url_of(asked))

    html = page.content.decode()
    assert "Formation des <del>agents</del>" in html
    assert "Formation des <ins>élus</ins>" in html
    assert (
        f'<ul><li>{kept}</li><li><del>{removed}</del> <span class="etiquette" data-etat="a-voir">retiré</span></li></ul>'
        in html
    )
    assert (
        f'<ul><li>{kept}</li><li><ins>{added}</ins> <span class="etiquette" data-etat="a-voir">ajouté</span></li></ul>'
        in html
    )
    assert f"<ins>{Department.objects.get(code='34')}</ins>" in html


def test_the_words_of_the_request_are_shown_and_nothing_of_them_runs(referent, asked):
    ListingRequest.objects.filter(pk=asked.pk).update(
        word_to_referent="<script>alert(1)</script>",
        public_offer="<img src=x onerror=alert(1)>",
        consents=["phone"],
        served_clients=[{"name": "Ville de Sète", "type": "commune", "subject": "Accueil", "year": 2024}],
    )

    page = read(referent, asked)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page
    assert "<b>Ville de Sète</b> (Commune) : Accueil, 2024" in page
    assert "Téléphone : <b>oui</b>" in page
    assert "Photo : non" in page


def test_what_is_missing_for_a_tick_is_told_before_deciding(referent, asked):
    CoEntrepreneur.objects.filter(pk=asked.co_entrepreneur_id).update(departed_on=timezone.localdate())

    assert "il manque encore : une date de départ à venir, ou aucune" in read(referent, asked)


def test_a_late_request_stands_out(referent, asked):
    ListingRequest.objects.filter(pk=asked.pk).update(submitted_at=timezone.now() - timedelta(days=8))

    assert "en retard</strong>" in read(referent, asked)
    assert "depuis 8 jours" in browser_of(referent).get(admin_url("listingrequest_changelist")).content.decode()


def test_the_page_costs_the_same_whatever_its_length(referent, asked, django_assert_num_queries):
    browser = browser_of(referent)
    short = count_queries(browser, url_of(asked))
    asked.skills.set(Skill.objects.all())
    asked.cpv_codes.set(CpvCode.objects.all())
    asked.departments.set(Department.objects.all())

    with django_assert_num_queries(short):
        browser.get(url_of(asked))


# --- The decision -------------------------------------------------------------------------------------------------


def test_accepting_lists_the_fiche_and_says_so(referent, asked):
    response = decide(referent, asked, "accept", comment="Bravo")

    asked.refresh_from_db()
    assert asked.state == State.ACCEPTED
    assert asked.decided_by == referent.user
    assert asked.co_entrepreneur.client_public
    link = f'<a href="{asked.co_entrepreneur.get_absolute_url()}">la fiche de Camille Martin</a>'
    assert messages_of(response) == [
        f"Demande acceptée : {link} est dans le catalogue, un courriel l’annonce à {asked.email}."
    ]
    assert "par Claire Fabre" in response.content.decode()
    assert [mail.to for mail in run_jobs()] == [[asked.email]]


def test_an_administrator_decides_for_all(asked):
    decide(cast.administrator(), asked, "accept")

    asked.refresh_from_db()
    assert asked.state == State.ACCEPTED


@pytest.mark.parametrize("decision", ["accept", "ask", "refuse", "create", "attach", "pass_on"])
def test_another_referent_decides_nothing(asked, decision):
    response = decide(cast.referent(), asked, decision, comment="Non", reason="other")

    asked.refresh_from_db()
    assert response.redirect_chain == [("/admin/", 302)]
    assert asked.state == State.SUBMITTED


@pytest.mark.parametrize(
    ("decision", "data", "error"),
    [
        ("ask", {}, "Dites ce qu’il faut compléter."),
        ("refuse", {"comment": "Mes mots tapés"}, "Choisissez la raison du refus."),
        ("refuse", {"reason": "other"}, "Dites en quelques mots l’autre raison."),
    ],
)
def test_a_decision_that_lacks_its_words_keeps_those_typed(referent, asked, decision, data, error):
    response = decide(referent, asked, decision, **data)

    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    assert error in response.content.decode()
    assert data.get("comment", "") in response.content.decode()


def test_changes_are_asked_with_a_comment(referent, asked):
    decide(referent, asked, "ask", comment="Précisez votre offre.")

    asked.refresh_from_db()
    assert (asked.state, asked.comment) == (State.CHANGES_ASKED, "Précisez votre offre.")


def test_a_refusal_keeps_its_reason(referent, asked):
    response = decide(referent, asked, "refuse", reason="offer_unclear", comment="Revenez quand elle est prête.")

    asked.refresh_from_db()
    assert (asked.state, asked.refusal_reason) == (State.REFUSED, "offer_unclear")
    assert "Raison : L’offre n’est pas assez précise." in response.content.decode()


def test_a_second_click_is_told_who_decided(referent, asked):
    decide(referent, asked, "accept")

    response = decide(referent, asked, "refuse", reason="offer_unclear")

    asked.refresh_from_db()
    assert asked.state == State.ACCEPTED
    [message] = messages_of(response)
    assert message.startswith("Cette demande a été acceptée par Claire Fabre le ")


def test_a_withdrawn_request_can_not_be_decided(referent, asked):
    actions.withdraw(request_pk=asked.pk)

    response = decide(referent, asked, "accept")

    assert messages_of(response) == ["Cette demande a été retirée par son auteur : rien n’a changé."]
    assert "Accepter et référencer" not in response.content.decode()


def test_what_stops_an_acceptance_is_listed_and_the_comment_kept(referent, asked):
    CoEntrepreneur.objects.filter(pk=asked.co_entrepreneur_id).update(departed_on=timezone.localdate())

    response = decide(referent, asked, "accept", comment="Mes mots tapés")

    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    assert "Il manque une date de départ à venir, ou aucune." in response.content.decode()
    assert "Mes mots tapés" in response.content.decode()


def test_a_button_that_does_not_exist_does_nothing(referent, asked):
    response = decide(referent, asked, "supprimer")

    asked.refresh_from_db()
    assert response.status_code == 200
    assert asked.state == State.SUBMITTED


def test_the_steps_of_a_request_are_told(referent, asked):
    decide(referent, asked, "ask", comment="Précisez votre offre.")

    steps = browser_of(referent).get(url_of(asked)).context["steps"]

    assert [(step.what, step.who, step.comment) for step in steps] == [
        ("Soumise", "Hors de l’application", ""),
        ("Compléments demandés", "Claire Fabre", "Précisez votre offre."),
    ]


# --- Without a fiche ----------------------------------------------------------------------------------------------


def test_the_fiche_is_created_then_the_request_accepted(referent, orphan):
    created = decide(referent, orphan, "create")
    decide(referent, orphan, "accept")

    fiche = CoEntrepreneur.objects.get(email="nour@example.org")
    assert "Votre décision" in created.content.decode()
    assert (fiche.referent, fiche.client_public) == (referent, True)
    assert steps_of(read(referent, orphan)) == ["Soumise", "Fiche créée", "Acceptée"]


def test_the_history_says_the_day_that_the_request_says(referent, asked):
    sent_at, decided_at = timezone.now() - timedelta(days=25), timezone.now() - timedelta(days=3)
    decided = {"state": State.REFUSED, "decided_at": decided_at, "decided_by": referent.user}
    former = ListingRequestFactory(referent=referent, submitted_at=sent_at)
    ListingRequest.objects.filter(pk=former.pk).update(**decided, refusal_reason="offer_unclear")

    history = read(referent, former).partition('id="steps"')[2]

    for at, what in ((sent_at, "Soumise"), (decided_at, "Refusée")):
        assert f"{timezone.localtime(at):%d/%m/%Y à %H\u00a0h\u00a0%M}\u00a0: {what}" in history


def test_a_fiche_that_existed_is_attached(referent, orphan):
    fiche = CoEntrepreneurFactory(referent=referent)
    decide(referent, orphan, "attach", fiche=fiche.pk)

    assert steps_of(read(referent, orphan)) == ["Soumise", "Fiche rattachée"]


def test_nothing_is_accepted_before_there_is_a_fiche(referent, orphan):
    page = read(referent, orphan)
    response = decide(referent, orphan, "accept")

    orphan.refresh_from_db()
    assert "Accepter et référencer" not in page
    assert orphan.state == State.SUBMITTED
    assert response.status_code == 200


def test_a_fiche_that_exists_is_attached(referent, orphan):
    fiche = CoEntrepreneurFactory(referent=referent, email="ancienne@example.org")

    decide(referent, orphan, "attach", fiche=fiche.pk)

    orphan.refresh_from_db()
    assert orphan.co_entrepreneur == fiche


def test_only_fiches_that_may_be_attached_are_offered(referent, orphan, asked):
    mine = CoEntrepreneurFactory(referent=referent)
    nobody_s = CoEntrepreneurFactory(referent=None)
    CoEntrepreneurFactory()
    CoEntrepreneurFactory(referent=referent, departed_on=timezone.localdate())

    offered = browser_of(referent).get(url_of(orphan)).context["form"].fields["fiche"].queryset

    assert set(offered) == {mine, nobody_s}


def test_attaching_asks_for_a_fiche_of_one_s_own(referent, orphan):
    response = decide(referent, orphan, "attach", fiche=CoEntrepreneurFactory().pk)

    orphan.refresh_from_db()
    assert orphan.has_no_fiche
    assert "Choisissez la fiche à rattacher." in response.content.decode()


def test_an_address_that_a_fiche_already_has_is_told(referent, orphan):
    CoEntrepreneurFactory(referent=referent, email="Nour@example.org")

    response = decide(referent, orphan, "create")

    assert "une fiche porte déjà celle-ci" in response.content.decode()


@pytest.mark.parametrize("person", ["referent", "administrator"])
def test_an_unknown_person_is_refused_without_a_fiche(person, orphan, request):
    person = request.getfixturevalue(person)
    page = read(person, orphan)

    decide(person, orphan, "refuse", reason="not_member", comment="Adressez-vous à votre coopérative.")

    orphan.refresh_from_db()
    [mail] = [mail for mail in run_jobs() if mail.to == ["nour@example.org"]]
    assert 'value="refuse"' in page
    assert (orphan.state, orphan.refusal_reason) == (State.REFUSED, "not_member")
    assert "Adressez-vous à votre coopérative." in mail.body
    assert not CoEntrepreneur.objects.exists()


def test_an_unknown_person_is_asked_for_changes(referent, orphan):
    decide(referent, orphan, "ask", comment="Sous quelle marque travaillez-vous ?")

    orphan.refresh_from_db()
    assert orphan.state == State.CHANGES_ASKED


# --- What the page offers -------------------------------------------------------------------------------------------

EVERY_GESTURE = {"accept", "ask", "refuse", "pass_on"}


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (State.SUBMITTED, EVERY_GESTURE),
        (State.CHANGES_ASKED, {"refuse", "pass_on"}),
        (State.ACCEPTED, set()),
        (State.REFUSED, set()),
        (State.WITHDRAWN, set()),
    ],
)
def test_the_page_offers_what_may_be_done(referent, asked, state, offered):
    said = {"decided_by": referent.user, "decided_at": timezone.now(), "refusal_reason": "offer_unclear"}
    ListingRequest.objects.update(state=state, **said)

    page = read(referent, asked)

    assert set(re.findall(r'name="decision" value="(\w+)"', page)) == offered
    assert ("Sans attendre sa réponse" in page) == (state == State.CHANGES_ASKED)


def test_who_never_answered_is_refused_and_what_lacks_is_told(referent, asked):
    actions.ask_for_changes(request_pk=asked.pk, by=referent.user, comment="Précisez la durée.")
    seen = asked.version

    without_reason = decide(referent, asked, "refuse", seen=seen)
    accepted = decide(referent, asked, "accept", seen=seen)
    refused = decide(referent, asked, "refuse", seen=seen, reason="offer_unclear")

    asked.refresh_from_db()
    assert "Choisissez la raison du refus." in without_reason.text
    assert messages_of(accepted)[0].startswith(f"Des compléments ont été demandés par {referent.name}")
    assert "Demande refusée" in messages_of(refused)[0]
    assert asked.state == State.REFUSED


# --- Passed to a colleague ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["asked", "orphan"])
def test_a_request_is_passed_to_a_colleague_who_decides_from_then_on(name, referent, other_referent, request):
    listing_request = request.getfixturevalue(name)

    response = decide(
        referent, listing_request, "pass_on", colleague=other_referent.pk, word="Vous connaissez mieux ce métier."
    )

    listing_request.refresh_from_db()
    mails = {mail.to[0]: mail for mail in run_jobs()}
    assert listing_request.referent == other_referent
    assert response.request["PATH_INFO"] == "/admin/"
    assert f"Demande passée à {other_referent}" in messages_of(response)[0]
    assert "Vous connaissez mieux ce métier." in mails[other_referent.email].body
    assert url_of(listing_request) in mails[other_referent.email].body
    assert "Vous connaissez mieux" not in mails[listing_request.email].body
    assert other_referent.name in mails[listing_request.email].body
    assert browser_of(referent).get(url_of(listing_request)).url == "/admin/"
    page = read(other_referent, listing_request)
    assert f"Passée à {other_referent}, {referent.name}" in page


def test_passing_on_asks_to_whom(referent, orphan):
    response = decide(referent, orphan, "pass_on", word="Mes mots tapés")

    orphan.refresh_from_db()
    assert orphan.referent == referent
    assert "Choisissez qui décidera." in response.text
    assert "Mes mots tapés" in response.text


def test_only_those_who_can_decide_are_offered(referent, other_referent, orphan):
    gone = cast.referent(name="Partie")
    gone.user.is_active = False
    gone.user.save()

    offered = browser_of(referent).get(url_of(orphan)).context["form"].fields["colleague"].queryset
    refused = decide(referent, orphan, "pass_on", colleague=gone.pk)

    orphan.refresh_from_db()
    assert set(offered) == {other_referent}
    assert orphan.referent == referent
    assert "Choisissez qui décidera." in refused.text or "Sélectionnez un choix valide" in refused.text
