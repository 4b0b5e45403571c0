import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.doors import links
from directory.listing import actions
from directory.listing.forms import SERVED_CLIENTS
from directory.models import AccessLink, CoEntrepreneur, CpvCode, Department, ListingRequest, Page, Skill
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = ListingRequest.State
START = "/referencement/demande/"
FORM = "/referencement/demande/formulaire/"


def link_in(message):
    """The path of the link that stands in a mail."""
    return urlsplit(re.search(r"http://\S+/demande/\S+", message.body)[0]).path


@pytest.fixture
def let_time_pass(client):
    """Age the visit of this browser."""

    def age(delay):
        session = client.session
        session["referencing_until"] -= delay.total_seconds()
        session.save()

    return age


def enter(client, email):
    """Prove an address as people do: type it, read the mail, click, click."""
    client.post(START, {"email": email})
    [message] = run_jobs()
    return client.post(link_in(message))


def filled(**changed):
    """What a browser sends of a form filled in properly."""
    return {
        "headline": "Former les agents d’accueil",
        "public_offer": "Deux jours dans vos locaux.",
        "skills": [Skill.objects.order_by("pk").first().pk],
        "nationwide": "on",
        "clients-TOTAL_FORMS": str(SERVED_CLIENTS),
        "clients-INITIAL_FORMS": "0",
    } | changed


def answer(client, **changed):
    return client.post(FORM, filled(**changed))


# --- The article and the address ---------------------------------------------------------------------------------


def test_the_article_explains_and_leads_in_without_a_cookie(client):
    response = client.get("/referencement/")

    assert response.status_code == 200
    assert Page.objects.get(slug="referencement").title in response.text
    assert f'href="{START}"' in response.text
    assert not response.cookies
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client):
    known = CoEntrepreneurFactory()

    answers = [client.post(START, {"email": email}, follow=True) for email in (known.email, "personne@example.org")]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert answers[0].text == answers[1].text
    assert [message.to for message in run_jobs()] == [[known.email], ["personne@example.org"]]


def test_a_known_and_an_unknown_address_cost_the_same_queries(client, django_assert_num_queries):
    known = CoEntrepreneurFactory()
    client.get(START)

    for email in (known.email, "personne@example.org"):
        with django_assert_num_queries(7):
            client.post(START, {"email": email})


def test_the_mail_goes_to_the_address_that_the_fiche_has(client):
    fiche = CoEntrepreneurFactory(email="camille@example.org")

    client.post(START, {"email": "CAMILLE@example.org"})

    [message] = run_jobs()
    assert message.to == [fiche.email]


def test_who_left_is_not_known_any_more(client):
    gone = CoEntrepreneurFactory(departed_on=timezone.localdate())

    client.post(START, {"email": gone.email})

    [message] = run_jobs()
    assert "Nous ne connaissons pas encore cette adresse" in message.body


@pytest.mark.parametrize("email", ["", "rien", "a@b", "a\x00@example.org", "a@example.org\nBcc: b@example.org"])
def test_what_is_not_an_address_is_kept_and_said(client, email):
    response = client.post(START, {"email": email})

    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.text
    assert run_jobs() == []


def test_a_program_that_fills_every_field_gets_the_same_page_and_no_mail(client):
    response = client.post(START, {"email": "robot@example.org", "trap": "oui"})

    assert response.url == reverse("listing:sent")
    assert run_jobs() == []


def test_too_many_links_for_one_address_are_refused_and_what_was_typed_stays(client):
    for _ in range(5):
        client.post(START, {"email": "nora@example.org"})

    response = client.post(START, {"email": "Nora@example.org"})

    assert response.status_code == 429
    assert "Nora@example.org" in response.text
    assert "réessayez dans une heure" in response.text
    assert AccessLink.objects.count() == 5


def test_too_many_links_from_one_sender_are_refused(client):
    for number in range(20):
        client.post(START, {"email": f"n{number}@example.org"})

    assert client.post(START, {"email": "autre@example.org"}).status_code == 429
    assert client.post(START, {"email": "autre@example.org"}, REMOTE_ADDR="192.0.2.7").status_code == 302


# --- The link ----------------------------------------------------------------------------------------------------


def test_reading_the_link_does_not_use_it_up(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()

    pages = [client.get(link_in(message)), client.head(link_in(message)), client.get(link_in(message))]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert AccessLink.objects.get().used_at is None


def test_the_click_opens_the_form_under_a_new_session_key(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    session = client.session
    session["planted"] = True
    session.save()
    before = client.cookies["sessionid"].value

    response = client.post(link_in(message))

    assert response.url == FORM
    assert client.cookies["sessionid"].value != before
    assert client.get(FORM).status_code == 200


def test_a_link_serves_once(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    client.post(link_in(message))

    again = [Client().get(link_in(message)), Client().post(link_in(message))]

    assert [response.status_code for response in again] == [410, 410]
    assert "Recevoir un nouveau lien" in again[0].text


def test_a_link_serves_for_thirty_minutes(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    AccessLink.objects.update(created_at=timezone.now() - timedelta(minutes=30))

    assert client.get(link_in(message)).status_code == 410
    assert client.post(link_in(message)).status_code == 410


@pytest.mark.parametrize("token", ["1", "1.forged", "é", "%00", "1.%00", "x" * 2000])
def test_a_forged_link_is_not_found_and_offers_a_new_one(client, token):
    response = client.get(f"/referencement/demande/lien/{token}/")

    assert response.status_code == 404
    assert "Recevoir un nouveau lien" in response.text


def test_a_token_opens_its_own_door_only(client):
    request = ListingRequestFactory()
    link = AccessLink.objects.create(pk=request.pk, email="nora@example.org")
    access = urlsplit(links.LISTING.url(link)).path.split("/")[-2]

    assert client.get(f"/referencement/demande/suivi/{access}/").status_code == 404
    assert client.get(f"/referencement/demande/lien/{links.LISTING_STATUS.token(request)}/").status_code == 404


# --- The form ----------------------------------------------------------------------------------------------------


def test_the_form_without_a_verified_address_asks_for_it(client):
    response = client.get(FORM)

    assert response.status_code == 403
    assert "Recevoir mon lien" in response.text


def test_two_hours_later_nothing_is_sent_and_the_page_says_how_to_lose_nothing(client, let_time_pass):
    enter(client, "nora@example.org")
    let_time_pass(timedelta(hours=2, seconds=1))

    response = answer(client)

    assert response.status_code == 403
    assert "rien n’est perdu" in response.text
    assert not ListingRequest.objects.exists()


def test_the_form_is_prefilled_from_the_fiche(client):
    skill, code, department = Skill.objects.first(), CpvCode.objects.first(), Department.objects.get(pk="34")
    fiche = CoEntrepreneurFactory(skills=[skill], cpv_codes=[code], departments=[department])
    fiche.consents.create(item="phone")
    enter(client, fiche.email)

    form = client.get(FORM).context["form"]

    assert form["headline"].value() == fiche.headline
    assert form["public_offer"].value() == fiche.public_offer
    assert form["skills"].value() == [skill.pk]
    assert form["cpv_codes"].value() == [code.pk]
    assert form["departments"].value() == ["34"]
    assert form["consents"].value() == ["phone"]
    assert "first_name" not in form.fields
    assert "referent" not in form.fields


def test_the_form_costs_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    fiche = CoEntrepreneurFactory(skills=Skill.objects.all()[:10], departments=Department.objects.all()[:30])
    enter(client, fiche.email)

    with django_assert_max_num_queries(20):
        client.get(FORM)


def test_sending_the_form_files_the_request_and_leads_to_its_page(client):
    fiche = CoEntrepreneurFactory()
    skills = list(Skill.objects.all()[:2])
    enter(client, fiche.email)

    response = answer(
        client,
        skills=[skill.pk for skill in skills],
        nationwide="",
        departments=["34", "2A"],
        typed_cpv_codes="80511000-9",
        consents=["phone", "website"],
        word_to_referent="Parlons-en mardi.",
        **{
            "clients-0-name": "Mairie de Sète",
            "clients-0-type": "commune",
            "clients-0-subject": "Accueil",
            "clients-0-year": "2024",
        },
    )

    request = ListingRequest.objects.get()
    assert response.url == reverse("listing:status", args=[links.LISTING_STATUS.token(request)])
    assert (request.co_entrepreneur, request.referent, request.email) == (fiche, fiche.referent, fiche.email)
    assert (request.first_name, request.last_name, request.trade_name) == (
        fiche.first_name,
        fiche.last_name,
        fiche.trade_name,
    )
    assert set(request.skills.all()) == set(skills)
    assert {department.pk for department in request.departments.all()} == {"34", "2A"}
    assert [code.pk for code in request.cpv_codes.all()] == ["80511000"]
    assert request.served_clients == [{"name": "Mairie de Sète", "type": "commune", "subject": "Accueil", "year": 2024}]
    assert request.consents == ["phone", "website"]
    assert request.word_to_referent == "Parlons-en mardi."
    assert len(run_jobs()) == 2


def test_sending_twice_is_one_request_and_one_mail_each(client):
    fiche = CoEntrepreneurFactory()
    enter(client, fiche.email)

    answers = [answer(client), answer(client, headline="Autre chose")]

    assert answers[0].url == answers[1].url
    assert ListingRequest.objects.get().headline == "Former les agents d’accueil"
    assert len(run_jobs()) == 2
    assert client.get(FORM).url == answers[0].url


def test_an_unknown_address_says_who_it_is_and_who_follows_it(client):
    referent = ReferentFactory(name="Léa Vidal")
    ReferentFactory(name="Partie", user__is_active=False)
    enter(client, "nora@example.org")
    page = client.get(FORM)

    answer(client, first_name="Nora", last_name="Neuve", trade_name="Atelier neuf", referent=referent.pk)

    request = ListingRequest.objects.get()
    assert (request.name, request.trade_name, request.email) == ("Nora Neuve", "Atelier neuf", "nora@example.org")
    assert request.referent == referent
    assert request.has_no_fiche
    assert "Partie" not in page.text
    assert referent.email not in page.text
    to_referent = next(message for message in run_jobs() if message.to == [referent.email])
    assert "Aucune fiche ne porte son adresse" in to_referent.body


def test_a_fiche_that_nobody_follows_chooses_a_referent(client):
    fiche = CoEntrepreneurFactory(referent=None)
    referent = ReferentFactory()
    enter(client, fiche.email)

    refused = answer(client)
    answer(client, referent=referent.pk)

    assert refused.context["form"].errors["referent"]
    assert ListingRequest.objects.get().referent == referent


def test_a_listed_member_reads_that_this_is_an_update(client):
    fiche = CoEntrepreneurFactory(listed=True)
    enter(client, fiche.email)

    response = client.get(FORM)

    assert "Votre fiche est déjà dans le catalogue" in response.text


def test_errors_keep_all_that_was_typed(client):
    fiche = CoEntrepreneurFactory()
    skill = Skill.objects.last()
    enter(client, fiche.email)

    response = answer(
        client,
        headline="",
        public_offer="Une offre <b>longue</b>",
        skills=[skill.pk],
        nationwide="",
        departments=["48"],
        typed_cpv_codes="80511000-9, n’importe",
        consents=["photo"],
        word_to_referent="Mon mot",
        **{"clients-3-name": "Mairie de Sète", "clients-3-year": "deux mille"},
    )

    assert response.status_code == 200
    assert not ListingRequest.objects.exists()
    form, row = response.context["form"], response.context["clients"].forms[3]
    assert set(form.errors) == {"headline", "typed_cpv_codes"}
    assert set(row.errors) == {"type", "subject", "year"}
    assert "Une offre &lt;b&gt;longue&lt;/b&gt;" in response.text
    assert form["skills"].value() == [str(skill.pk)]
    assert form["departments"].value() == ["48"]
    assert form["consents"].value() == ["photo"]
    assert "80511000-9, n’importe" in response.text
    assert "Mon mot" in response.text
    assert 'value="Mairie de Sète"' in response.text
    assert 'value="deux mille"' in response.text
    assert 'href="#id_headline"' in response.text
    assert 'href="#id_clients-3-year"' in response.text


def test_too_many_sendings_are_refused_and_what_was_typed_stays(client):
    fiche = CoEntrepreneurFactory()
    enter(client, fiche.email)
    for _ in range(20):
        answer(client)
        ListingRequest.objects.all().delete()

    response = answer(client, headline="Mon accroche à moi")

    assert response.status_code == 429
    assert "Mon accroche à moi" in response.text
    assert "rien n’est perdu" in response.text


def test_asking_for_changes_opens_the_form_again_with_the_proposal(client):
    request = ListingRequestFactory(
        served_clients=[{"name": "CCAS d’Essai", "type": "action-sociale", "subject": "Écoute", "year": 2023}],
        consents=["phone"],
        nationwide=True,
    )
    actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="Précisez\nla durée.")
    run_jobs()

    opened = client.post(reverse("listing:status", args=[links.LISTING_STATUS.token(request)]))
    page = client.get(opened.url)
    sent = answer(client, headline="Deux jours pour bien accueillir")

    assert opened.url == FORM
    assert "Précisez<br>la durée." in page.text
    assert page.context["form"]["headline"].value() == request.headline
    assert page.context["form"]["consents"].value() == ["phone"]
    assert page.context["clients"].forms[0]["name"].value() == "CCAS d’Essai"
    request.refresh_from_db()
    assert sent.status_code == 302
    assert (request.state, request.headline) == (State.SUBMITTED, "Deux jours pour bien accueillir")
    assert request.served_clients == []


def test_after_a_refusal_one_may_ask_anew(client):
    request = ListingRequestFactory()
    actions.refuse(request_pk=request.pk, by=request.referent.user, reason="contract_ending")
    run_jobs()
    enter(client, request.email)

    answer(client)

    assert ListingRequest.objects.awaiting().exclude(pk=request.pk).count() == 1


# --- The page that says where it stands --------------------------------------------------------------------------


def status_of(request):
    return reverse("listing:status", args=[links.LISTING_STATUS.token(request)])


def test_the_page_says_what_is_waited_for(client, django_assert_num_queries):
    request = ListingRequestFactory()

    with django_assert_num_queries(1):
        response = client.get(status_of(request))

    assert request.referent.name in response.text
    assert "Lecture par votre référent" in response.text
    assert "Retirer ma demande" in response.text


def test_the_page_tells_acceptance_and_leads_to_the_fiche(client):
    request = ListingRequestFactory()
    actions.accept(request_pk=request.pk, by=request.referent.user, comment="Bravo.")

    response = client.get(status_of(request))

    assert "Votre demande est acceptée" in response.text
    assert "Bravo." in response.text
    assert f'href="{CoEntrepreneur.objects.get().get_absolute_url()}"' in response.text
    assert "Retirer ma demande" not in response.text


def test_the_page_of_an_accepted_fiche_that_left_shows_no_dead_link(client):
    request = ListingRequestFactory()
    actions.accept(request_pk=request.pk, by=request.referent.user)
    CoEntrepreneur.objects.update(client_public=False)

    assert "Voir ma fiche publique" not in client.get(status_of(request)).text


def test_the_page_tells_the_reason_of_a_refusal(client):
    request = ListingRequestFactory()
    actions.refuse(request_pk=request.pk, by=request.referent.user, reason="offer_unclear", comment="Voyons-nous.")

    response = client.get(status_of(request))

    assert "L’offre n’est pas assez précise" in response.text
    assert "Voyons-nous." in response.text
    assert "Faire une nouvelle demande" in response.text


def test_a_former_comment_is_not_shown_while_the_request_waits_again(client):
    request = ListingRequestFactory(comment="Précisez la durée.")

    assert "Précisez la durée." not in client.get(status_of(request)).text


@pytest.mark.parametrize("token", ["1", "1.forged", "%00", "é"])
def test_a_forged_page_is_not_found(client, token):
    ListingRequestFactory(pk=1)

    assert client.get(f"/referencement/demande/suivi/{token}/").status_code == 404
    assert client.post(f"/referencement/demande/suivi/{token}/retrait/").status_code == 404


def test_posting_to_the_page_opens_nothing_unless_changes_are_asked(client):
    request = ListingRequestFactory()

    response = client.post(status_of(request))

    assert response.status_code == 200
    assert client.get(FORM).status_code == 403


def test_withdrawing_asks_for_a_confirmation(client):
    request = ListingRequestFactory()
    url = reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)])

    asked = client.get(url)
    request.refresh_from_db()
    state_before = request.state
    done = client.post(url, follow=True)

    request.refresh_from_db()
    assert "Oui, retirer ma demande" in asked.text
    assert state_before == State.SUBMITTED
    assert request.state == State.WITHDRAWN
    assert "Votre demande est retirée" in done.text


def test_withdrawing_what_was_decided_meanwhile_changes_nothing_and_says_so(client):
    request = ListingRequestFactory()
    url = reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)])
    client.get(url)
    actions.accept(request_pk=request.pk, by=request.referent.user)

    response = client.post(url)

    request.refresh_from_db()
    assert response.status_code == 409
    assert "acceptée par" in response.text
    assert request.state == State.ACCEPTED
    assert client.get(url).url == status_of(request)


# --- All of them -------------------------------------------------------------------------------------------------


def test_private_pages_are_kept_by_nobody(client):
    request = ListingRequestFactory()
    enter(client, "nora@example.org")
    link = AccessLink.objects.create(email="nora@example.org")
    paths = [
        START,
        reverse("listing:sent"),
        urlsplit(links.LISTING.url(link)).path,
        "/referencement/demande/lien/faux/",
        FORM,
        status_of(request),
        reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)]),
    ]

    for path in paths:
        response = client.get(path)
        assert "no-store" in response["Cache-Control"], path
        assert "noindex" in response["X-Robots-Tag"], path
        assert '<meta name="robots" content="noindex' in response.text, path
        assert response["Referrer-Policy"] == "same-origin", path
        assert response.text.count("<h1") == 1, path


def test_other_methods_are_refused(client):
    for path in (START, FORM, "/referencement/"):
        assert client.delete(path).status_code == 405


def test_forms_need_their_token():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(START, {"email": "nora@example.org"}).status_code == 403


typed = st.text(max_size=60) | st.sampled_from(["\x00", "1", "-1", "99999999999999999999", "34", "80511000-9", "on"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.dictionaries(
        st.sampled_from(
            [
                *["headline", "public_offer", "skills", "cpv_codes", "typed_cpv_codes", "nationwide", "departments"],
                *["consents", "word_to_referent", "first_name", "last_name", "trade_name", "referent"],
                *["clients-TOTAL_FORMS", "clients-INITIAL_FORMS", "clients-0-name", "clients-0-type"],
                *["clients-0-subject", "clients-0-year", "inconnu"],
            ]
        ),
        st.lists(typed, max_size=5),
    )
)
def test_whatever_the_form_receives_it_answers_a_page(client, data):
    if not client.session.get("referencing_email"):
        enter(client, "nora@example.org")

    response = client.post(FORM, data)

    assert response.status_code in {200, 302, 429}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(email=st.text(max_size=300) | st.emails(), trap=st.text(max_size=10))
def test_whatever_the_address_it_answers_a_page(client, email, trap):
    response = client.post(START, {"email": email, "trap": trap})

    assert response.status_code in {200, 302, 429}


@pytest.mark.parametrize("name", ["headline", "public_offer", "typed_cpv_codes", "word_to_referent", "first_name"])
def test_a_nul_is_a_clear_error_of_its_field(client, name):
    enter(client, "nora@example.org")

    response = answer(client, **{name: "a\x00b"})

    assert response.status_code == 200
    assert response.context["form"].errors[name]


@pytest.mark.parametrize("name", ["skills", "cpv_codes", "departments", "consents", "referent"])
@pytest.mark.parametrize("value", ["\x00", "inconnu", "-1", "9" * 30])
def test_an_unknown_choice_is_a_clear_error_of_its_field(client, name, value):
    enter(client, "nora@example.org")

    response = answer(client, **{name: [value]})

    assert response.status_code == 200
    assert response.context["form"].errors[name]


def test_endless_lists_are_refused(client):
    enter(client, "nora@example.org")

    many = answer(client, departments=[str(number) for number in range(300)])
    too_many = answer(client, departments=[str(number) for number in range(1200)])

    assert many.context["form"].errors["departments"]
    assert too_many.status_code == 400
