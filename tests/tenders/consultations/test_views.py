from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import Consultation, CpvCode, PublicClient, Skill, TeamMember
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferentFactory
from tests.jobs import run_jobs
from tests.tenders.consultations.form import filled

pytestmark = pytest.mark.django_db
ADD = "/consultations/ouvrir/"


def edit_url(consultation):
    return f"/consultations/{consultation.pk}/modifier/"


def sent(consultation, **changed):
    """What a browser sends back of the form of a consultation, untouched but for what is changed."""
    return {
        "client_name": consultation.buyer.name,
        "client_asked": consultation.buyer.name,
        "client": consultation.buyer.pk,
        "subject": consultation.subject,
        "reference": consultation.reference,
        "lot": consultation.lot,
        "deadline": timezone.localtime(consultation.deadline).strftime("%Y-%m-%dT%H:%M"),
        "contract_ends_on": consultation.contract_ends_on or "",
        "link": consultation.link,
        "version": consultation.version,
    } | changed


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_a_member_leads_what_they_open():
    me = CoEntrepreneurFactory()

    response = browser_of(me).post(ADD, filled())

    consultation = Consultation.objects.get()
    assert response.url == f"/consultations/{consultation.pk}/"
    assert consultation.author_member == me
    seat = consultation.team.get()
    assert (seat.co_entrepreneur, seat.role, seat.state) == (me, TeamMember.Role.LEAD, TeamMember.State.ACCEPTED)
    assert run_jobs() == []


def test_a_referent_names_who_leads_and_that_person_is_asked():
    referent, lead = ReferentFactory(), CoEntrepreneurFactory()

    browser_of(referent).post(ADD, filled(lead=lead.pk))

    consultation = Consultation.objects.get()
    assert consultation.author_user == referent.user
    seat = consultation.team.get()
    assert (seat.co_entrepreneur, seat.role, seat.state) == (lead, TeamMember.Role.LEAD, TeamMember.State.INVITED)
    [message] = run_jobs()
    assert message.to == [lead.email]
    assert "vous propose de piloter" in message.body


def test_a_referent_must_name_who_leads():
    response = browser_of(ReferentFactory()).post(ADD, filled())

    assert "Qui piloterait la réponse" in response.text
    assert not Consultation.objects.exists()


def test_everything_typed_is_kept():
    skill, code = Skill.objects.first(), CpvCode.objects.get(pk="80500000")
    year = timezone.localdate().year + 1

    browser_of(CoEntrepreneurFactory()).post(
        ADD,
        filled(
            reference="26-07",
            lot="2",
            deadline=f"{year}-07-14T12:30",
            contract_ends_on=f"{year + 2}-12-31",
            link="https://marches.example.org/26-07",
            cpv_codes="80500000-9",
            skills=[skill.pk],
            departments=["34", "30"],
        ),
    )

    consultation = Consultation.objects.get()
    assert timezone.localtime(consultation.deadline).isoformat() == f"{year}-07-14T12:30:00+02:00"
    assert consultation.contract_ends_on.isoformat() == f"{year + 2}-12-31"
    assert (consultation.reference, consultation.lot) == ("26-07", "2")
    assert consultation.link == "https://marches.example.org/26-07"
    assert list(consultation.cpv_codes.all()) == [code]
    assert list(consultation.skills.all()) == [skill]
    assert {department.pk for department in consultation.departments.all()} == {"34", "30"}


def test_a_known_buyer_is_found_whatever_the_capitals_and_accents():
    known = PublicClientFactory(name="Ville de Lodève")

    browser_of(CoEntrepreneurFactory()).post(
        ADD, filled(client_name="ville de lodeve", client_asked="", client_type="")
    )

    assert Consultation.objects.get().buyer == known
    assert PublicClient.objects.count() == 1


def test_near_names_are_proposed_before_a_buyer_is_added():
    known = PublicClientFactory(name="Communauté de communes du Clermontais")
    browser = browser_of(CoEntrepreneurFactory())
    name = "CC communauté communes Clermontais"

    asked = browser.post(ADD, filled(client_name=name, client_asked=name))
    browser.post(ADD, filled(client_name=name, client_asked=name, client=known.pk))

    assert "Communauté de communes du Clermontais" in asked.text
    assert name in asked.text
    assert Consultation.objects.get().buyer == known


def test_a_new_buyer_joins_the_shared_directory():
    browser_of(CoEntrepreneurFactory()).post(ADD, filled(client_department="34"))

    buyer = Consultation.objects.get().buyer
    assert (buyer.name, buyer.type, buyer.department_id) == ("Ville de Lodève", "commune", "34")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"client_name": ""}, "Acheteur"),
        ({"client_type": ""}, "type"),
        ({"subject": " "}, "Quel est l’objet"),
        ({"subject": "x" * 301}, "Objet de la consultation"),
        ({"subject": "a\x00b"}, "Objet de la consultation"),
        ({"deadline": ""}, "Quelle est la date limite"),
        ({"deadline": "demain"}, "Écrivez une date et une heure"),
        ({"deadline": "0001-01-01T00:00"}, "date"),
        ({"deadline": "9999-12-31T23:59"}, "trop lointaine"),
        ({"deadline": "2020-01-01T12:00"}, "déjà passée"),
        ({"deadline": "2027-03-28T02:30"}, "Date limite"),
        ({"contract_ends_on": "1999-01-01"}, "ne peut pas finir avant"),
        ({"contract_ends_on": "2199-01-01"}, "trop lointaine"),
        ({"link": "javascript:alert(1)"}, "lien"),
        ({"link": "ftp://example.org/dce"}, "https://"),
        ({"cpv_codes": "99999999"}, "99999999"),
        ({"cpv_codes": "quatre"}, "quatre"),
        ({"skills": ["0"]}, "Compétences demandées"),
        ({"skills": ["\x00"]}, "Compétences demandées"),
        ({"departments": ["99"]}, "Lieux"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(wrong, said):
    response = browser_of(CoEntrepreneurFactory()).post(ADD, filled(reference="À garder") | wrong)

    assert response.status_code == 200
    summary = response.text.partition('class="resume-erreurs"')[2].partition("</div>")[0]
    assert said in summary
    assert "À garder" in response.text
    assert not Consultation.objects.exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(
        st.sampled_from([*filled(), "link", "cpv_codes", "skills", "departments", "version", "client", "lead"]),
        st.text(max_size=60) | st.just("x" * 5000),
    )
)
def test_whatever_is_sent_is_answered(db, values):
    browser = browser_of(CoEntrepreneurFactory())

    assert browser.post(ADD, filled() | values).status_code in {200, 302}


# --- Editing ----------------------------------------------------------------------------------------------------------


def test_the_form_shows_what_is_saved_and_saves_it_untouched():
    consultation = led(reference="26-07", contract_ends_on=timezone.localdate() + timedelta(days=400))
    consultation.skills.add(Skill.objects.first())
    browser = browser_of(lead_of(consultation))

    form = browser.get(edit_url(consultation)).context["form"]
    browser.post(edit_url(consultation), sent(consultation, skills=form["skills"].value()))

    before, after = consultation, Consultation.objects.get()
    assert form["subject"].value() == consultation.subject
    assert (after.version, after.reference, after.buyer) == (before.version + 1, "26-07", before.buyer)
    assert after.skills.count() == 1


def test_the_second_to_save_is_told_loses_nothing_and_saves_with_the_next_click():
    consultation = led(subject="Avant")
    browser = browser_of(lead_of(consultation))
    other = PublicClientFactory(name="Agglomération de Sète")
    mine = sent(consultation, subject="La mienne", reference="À moi")
    browser.post(
        edit_url(consultation),
        sent(consultation, subject="La sienne", lot="4")
        | {"client_name": other.name, "client_asked": other.name, "client": other.pk},
    )

    told = browser.post(edit_url(consultation), mine)
    unchanged = Consultation.objects.get()
    again = browser.post(edit_url(consultation), mine | {"version": told.context["form"]["version"].value()})

    assert told.status_code == 409
    assert (unchanged.subject, unchanged.lot, unchanged.buyer) == ("La sienne", "4", other)
    for words in ("Quelqu’un a enregistré", "La sienne", "Agglomération de Sète", 'value="La mienne"', 'value="À moi"'):
        assert words in told.text
    assert again.status_code == 302
    assert Consultation.objects.get().subject == "La mienne"


@pytest.mark.parametrize("version", ["", "0", "999", "-1"])
def test_a_form_without_its_version_saves_nothing(version):
    consultation = led(subject="Avant")

    response = browser_of(lead_of(consultation)).post(edit_url(consultation), sent(consultation, version=version))

    assert response.status_code == 409
    assert Consultation.objects.get().version == 1


def test_a_deadline_that_has_passed_may_stay():
    consultation = led(deadline=timezone.now() - timedelta(days=3))

    response = browser_of(lead_of(consultation)).post(edit_url(consultation), sent(consultation, lot="2"))

    assert response.status_code == 302


# --- The page ---------------------------------------------------------------------------------------------------------


def test_someone_invited_finds_where_to_answer():
    consultation = led()
    invited = CoEntrepreneurFactory()
    seat = consultation.team.create(co_entrepreneur=invited)

    page = browser_of(invited).get(f"/consultations/{consultation.pk}/")

    assert f"/consultations/invitation/{seat.pk}-" in page.text
    assert "invitation/" not in browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/").text


def test_the_link_of_a_consultation_gives_nothing_of_ours_away():
    consultation = led(link="https://marches.example.org/26-07")

    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/").text

    assert 'href="https://marches.example.org/26-07" rel="noopener noreferrer nofollow"' in page


def test_the_page_costs_the_same_queries_whatever_the_team():
    consultation = led()
    browser = browser_of(lead_of(consultation))
    counts = []
    for number in (1, 5):
        for _ in range(number):
            seat(consultation)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/consultations/{consultation.pk}/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15
