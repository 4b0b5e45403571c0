import pytest
from django.utils import timezone

from directory.models import Participation, TeamMember
from tests.cast import browser_of, everyone, led, seat
from tests.documents.pdf import Pdf
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ReferenceFactory, ReferentFactory

pytestmark = pytest.mark.django_db
OWN = "/consultations/documents/cv.pdf"
PRESENTATION = "/consultations/documents/presentation.pdf"


def cv_url(co_entrepreneur):
    return f"/consultations/documents/cv/{co_entrepreneur.pk}.pdf"


def sheet_url(reference):
    return f"/consultations/documents/references/{reference.pk}.pdf"


def allowed(people, url):
    """The names of those whom an address answers with a PDF; everyone else must get a 404."""
    answers = {name: browser_of(person).get(url) for name, person in people.items()}
    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    return {name for name, answer in answers.items() if answer.status_code == 200}


def test_a_member_downloads_their_own_cv():
    member = CoEntrepreneurFactory(first_name="Inès", last_name="Aubert")

    response = browser_of(member).get(OWN)

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="cv-ines-aubert.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert "Inès Aubert" in Pdf(response.content).text


@pytest.mark.parametrize("url", [OWN, PRESENTATION, "/consultations/documents/cv/1.pdf"])
def test_a_passer_by_is_sent_to_ask_for_a_link(client, url):
    response = client.get(url)

    assert response.status_code == 302
    assert response.url.startswith("/mon-espace/connexion/?suite=")


def test_a_cv_is_read_by_the_team_it_is_in_the_referents_concerned_and_administrators():
    _consultation, people = everyone()

    assert allowed(people, cv_url(people["accepted"])) == {
        *("invited", "accepted", "lead", "opener"),
        *("concerned referent", "referent of the lead", "administrator"),
    }


def test_the_cv_of_who_was_only_asked_stays_theirs():
    consultation = led()
    invited = CoEntrepreneurFactory()
    seat(consultation, co_entrepreneur=invited, state=TeamMember.State.INVITED)
    people = {
        "lead": consultation.author_member,
        "invited": invited,
        "their référent": invited.referent,
        "another référent": ReferentFactory(),
        "another administrator": AdministratorFactory(),
    }

    assert allowed(people, cv_url(invited)) == {"invited", "their référent", "another administrator"}


def test_the_cv_of_who_left_goes_with_them():
    gone = CoEntrepreneurFactory(departed_on=timezone.localdate())

    assert allowed({"their référent": gone.referent}, cv_url(gone)) == set()


def test_a_sheet_is_read_by_who_took_part_their_referents_and_administrators():
    reference = ReferenceFactory()
    partner = CoEntrepreneurFactory()
    Participation.objects.create(reference=reference, co_entrepreneur=partner)
    people = {
        "keeper": reference.co_entrepreneur,
        "partner": partner,
        "keeper's référent": reference.co_entrepreneur.referent,
        "partner's référent": partner.referent,
        "another": CoEntrepreneurFactory(),
        "another référent": ReferentFactory(),
        "administrator": AdministratorFactory(),
    }

    assert allowed(people, sheet_url(reference)) == set(people) - {"another", "another référent"}


def test_the_presentation_is_read_by_any_viewer():
    people = {"member": CoEntrepreneurFactory(), "référent": ReferentFactory()}

    assert allowed(people, PRESENTATION) == set(people)


@pytest.mark.parametrize("pk", [0, 987654, 10**30])
def test_what_does_not_exist_answers_404(pk):
    browser = browser_of(AdministratorFactory())

    assert browser.get(f"/consultations/documents/cv/{pk}.pdf").status_code == 404
    assert browser.get(f"/consultations/documents/references/{pk}.pdf").status_code == 404


def test_documents_are_read_not_written():
    assert browser_of(CoEntrepreneurFactory()).post(OWN).status_code == 405


def test_a_document_that_cannot_be_made_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr("directory.documents.typesetting.STANDARD", "inconnu")

    response = browser_of(CoEntrepreneurFactory()).get(PRESENTATION)

    assert response.status_code == 503
    assert "n’a pas pu être composé" in response.content.decode()
