"""The form of a request: filled in, wrong, made up, sent again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.doors import links, visit
from directory.listing import actions
from directory.models import CpvCode, Department, ListingRequest, Skill
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferentFactory
from tests.jobs import run_jobs
from tests.listing.entering import FORM, answer, enter, leads_to_status

pytestmark = pytest.mark.django_db
State = ListingRequest.State


ANYTHING = st.text(max_size=60) | st.sampled_from(["\x00", "1", "-1", "99999999999999999999", "34", "80511000-9", "on"])


def test_the_form_without_a_verified_address_asks_for_it(client):
    response = client.get(FORM)

    assert response.status_code == 403
    assert "Recevoir mon lien" in response.text


def test_long_after_the_last_click_nothing_is_sent_and_the_page_says_how_to_lose_nothing(client):
    enter(client, "nora@example.org")
    session = client.session
    session["referencing_until"] -= (visit.LENGTH + timedelta(seconds=1)).total_seconds()
    session.save()

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
    assert leads_to_status(response.url, request)
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

    assert all(leads_to_status(sent.url, ListingRequest.objects.get()) for sent in answers)
    assert ListingRequest.objects.get().headline == "Former les agents d’accueil"
    assert len(run_jobs()) == 2
    assert leads_to_status(client.get(FORM).url, ListingRequest.objects.get())


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
        typed_cpv_codes="n’importe",
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
    assert "n’importe" in response.text
    assert "Mon mot" in response.text
    assert 'value="Mairie de Sète"' in response.text
    assert 'value="deux mille"' in response.text
    assert 'href="#id_headline"' in response.text
    assert 'href="#id_clients-3-year"' in response.text


@pytest.mark.usefixtures("stopped_clock")
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        st.lists(ANYTHING, max_size=5),
    )
)
def test_whatever_the_form_receives_it_answers_a_page(client, data):
    if not client.session.get("referencing_email"):
        enter(client, "nora@example.org")

    response = client.post(FORM, data)

    assert response.status_code in {200, 302, 429}


def test_a_nul_is_a_clear_error_of_its_field(client):
    names = ["headline", "public_offer", "typed_cpv_codes", "word_to_referent", "first_name"]
    enter(client, "nora@example.org")

    response = answer(client, **dict.fromkeys(names, "a\x00b"))

    assert response.status_code == 200
    assert set(names) <= set(response.context["form"].errors)


@pytest.mark.parametrize("value", ["\x00", "inconnu", "-1", "9" * 30])
def test_an_unknown_choice_is_a_clear_error_of_its_field(client, value):
    names = ["skills", "cpv_codes", "departments", "consents", "referent"]
    enter(client, "nora@example.org")

    response = answer(client, **{name: [value] for name in names})

    assert response.status_code == 200
    assert set(names) <= set(response.context["form"].errors)


def test_endless_lists_are_refused(client):
    enter(client, "nora@example.org")

    many = answer(client, departments=[str(number) for number in range(300)])
    too_many = answer(client, departments=[str(number) for number in range(1200)])

    assert many.context["form"].errors["departments"]
    assert too_many.status_code == 400


def test_the_form_stays_open_for_as_long_as_one_comes_back_to_it(client):
    enter(client, "nora@example.org")
    session = client.session
    session["referencing_until"] -= (visit.LENGTH - timedelta(minutes=1)).total_seconds()
    session.save()

    assert client.get(FORM).status_code == 200

    left = client.session["referencing_until"] - session["referencing_until"]
    assert left > timedelta(hours=19).total_seconds()
