import pytest
from django.core.files.base import ContentFile

from directory.models import Certification, ContactMessage, Label, PublicClient
from tests import cast
from tests.cast import admin_url, body_of, browser_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory

pytestmark = pytest.mark.django_db

ROLES = ["administrator", "own", "colleague", "roleless", "anonymous"]
LOGIN = 302


@pytest.fixture(scope="module")
def world(kept_for_module):
    """One fiche with all that hangs from it, and one browser for each role."""
    own = cast.referent(name="Claire Fabre")
    fiche = CoEntrepreneurFactory(referent=own, last_name="Suivie")
    certification = Certification.objects.create(
        co_entrepreneur=fiche,
        label=Label.objects.first(),
        proof=ContentFile(b"%PDF-1.7 preuve", name="preuve.pdf"),
    )
    fiche.photo.save("photo.webp", ContentFile(b"une photo"))
    people = {
        "administrator": cast.administrator(),
        "own": own,
        "colleague": cast.referent(name="Nadia Belkacem"),
        "roleless": cast.staff_without_role(),
    }
    return {
        "fiche": fiche,
        "certification": certification,
        "request": ListingRequestFactory(co_entrepreneur=fiche, public_offer="Un secret de la demande."),
        "message": ContactMessage.objects.create(
            co_entrepreneur=fiche, name="Élue", organisation="Mairie", email="elue@example.org", message="Bonjour"
        ),
        "clients": {role: browser_of(person) for role, person in people.items()},
    }


def status_of(client, world, role, url):
    response = world["clients"].get(role, client).get(url)
    if response.streaming:
        list(response.streaming_content)
    return response.status_code


def url_of(page, world):
    fiche, request = world["fiche"].pk, world["request"].pk
    return {
        "index": "/admin/",
        "app": "/admin/directory/",
        "fiches": admin_url("coentrepreneur_changelist"),
        "fiche": admin_url("coentrepreneur_change", fiche),
        "history": admin_url("coentrepreneur_history", fiche),
        "photo": admin_url("coentrepreneur_photo", fiche),
        "proof": admin_url("certification_proof", world["certification"].pk),
        "delete": admin_url("coentrepreneur_delete", fiche),
        "add": admin_url("coentrepreneur_add"),
        "import": admin_url("coentrepreneur_import"),
        "export": admin_url("coentrepreneur_export", "csv"),
        "requests": admin_url("listingrequest_changelist"),
        "decision": admin_url("listingrequest_decide", request),
        "messages": admin_url("contactmessage_changelist"),
        "messages to several": admin_url("grouprecipient_changelist"),
        "clients": admin_url("publicclient_changelist"),
        "new client": admin_url("publicclient_add"),
        "skills": admin_url("skill_changelist"),
        "new skill": admin_url("skill_add"),
        "pages": admin_url("page_changelist"),
        "referents": admin_url("referent_changelist"),
        "users": "/admin/auth/user/",
        "groups": "/admin/auth/group/",
        "attempts": "/admin/axes/accessattempt/",
    }[page]


@pytest.mark.parametrize(
    ("page", "answers"),
    [
        # In the order of ROLES.
        ("index", [200, 200, 200, 200, LOGIN]),
        ("app", [200, 200, 200, 404, LOGIN]),
        ("fiches", [200, 200, 200, 403, LOGIN]),
        ("fiche", [200, 200, 200, 403, LOGIN]),
        ("history", [200, 200, 404, 403, LOGIN]),
        # Nobody agreed to show it.
        ("photo", [200, 200, 404, 403, LOGIN]),
        ("proof", [200, 200, 404, 403, LOGIN]),
        ("delete", [200, 403, 403, 403, LOGIN]),
        ("add", [200, 200, 200, 403, LOGIN]),
        ("import", [200, 200, 200, 403, LOGIN]),
        ("export", [200, 200, 200, 403, LOGIN]),
        ("requests", [200, 200, 200, 403, LOGIN]),
        ("decision", [200, 200, 302, 302, LOGIN]),
        ("messages", [200, 200, 200, 403, LOGIN]),
        ("messages to several", [200, 200, 200, 403, LOGIN]),
        ("clients", [200, 200, 200, 403, LOGIN]),
        ("new client", [200, 200, 200, 403, LOGIN]),
        ("skills", [200, 200, 200, 403, LOGIN]),
        ("new skill", [200, 403, 403, 403, LOGIN]),
        ("pages", [200, 403, 403, 403, LOGIN]),
        ("referents", [200, 403, 403, 403, LOGIN]),
        ("users", [200, 403, 403, 403, LOGIN]),
        ("groups", [200, 403, 403, 403, LOGIN]),
        ("attempts", [200, 403, 403, 403, LOGIN]),
    ],
)
def test_each_page_opens_to_its_roles_only(client, world, page, answers):
    url = url_of(page, world)

    found = [status_of(client, world, role, url) for role in ROLES]

    assert found == answers


@pytest.mark.parametrize("path", ["/admin/procrastinate/procrastinatejob/", "/admin/axes/accesslog/"])
def test_pages_that_the_parts_bring_along_are_left_out(world, path):
    assert world["clients"]["administrator"].get(path).status_code == 404


def test_staff_without_a_role_are_told_so(world):
    response = world["clients"]["roleless"].get("/admin/")

    assert "ni celui d’un référent" in response.content.decode()
    assert "Suivie" not in response.content.decode()


def test_another_referent_reads_nothing_of_a_request(world):
    colleague = world["clients"]["colleague"]

    decision = colleague.get(url_of("decision", world)).content.decode()
    requests = colleague.get(url_of("requests", world)).content.decode()
    index = colleague.get("/admin/").content.decode()

    assert "secret" not in decision
    assert "Suivie" not in decision + requests + index


@pytest.mark.parametrize("name", ["listingrequest_change", "listingrequest_history"])
def test_every_page_of_a_request_leads_to_its_decision(world, name):
    url = admin_url(name, world["request"].pk)

    response = world["clients"]["own"].get(url)

    assert response.url == url_of("decision", world)


@pytest.mark.parametrize("name", ["listingrequest_change", "coentrepreneur_history"])
def test_an_address_that_is_no_number_is_not_found(world, name):
    assert world["clients"]["own"].get(admin_url(name, "abc.css")).status_code == 404


def test_a_colleague_can_not_change_a_fiche_by_hand(world):
    fiche = world["fiche"]

    response = world["clients"]["colleague"].post(
        url_of("fiche", world), {"first_name": "Autre", "client_public": "on"}
    )

    fiche.refresh_from_db()
    assert response.status_code == 403
    assert fiche.first_name == "Camille"


def test_a_colleague_s_page_of_a_fiche_has_no_way_to_its_proofs(world):
    page = world["clients"]["colleague"].get(url_of("fiche", world)).content.decode()

    assert url_of("proof", world) not in page
    assert "proofs/" not in page
    assert 'name="_save"' not in page


def test_a_referent_reads_the_messages_of_their_own_fiches_only(world):
    url = admin_url("contactmessage_change", world["message"].pk)

    own, colleague = (world["clients"][role].get(url) for role in ("own", "colleague"))

    assert own.status_code == 200
    assert "Mairie" not in colleague.content.decode()
    assert "Mairie" not in world["clients"]["colleague"].get(url_of("messages", world)).content.decode()


def test_nobody_writes_a_message_or_a_request_by_hand(world):
    for name in ("contactmessage_add", "listingrequest_add"):
        assert world["clients"]["administrator"].get(admin_url(name)).status_code == 403


def test_a_proof_comes_as_a_private_download(world):
    response = world["clients"]["own"].get(url_of("proof", world))

    assert body_of(response) == b"%PDF-1.7 preuve"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_proof_that_is_no_longer_on_the_disk_is_not_found(world):
    Certification.objects.update(proof="proofs/partie.pdf")

    assert world["clients"]["own"].get(url_of("proof", world)).status_code == 404


@pytest.mark.parametrize("role", ["own", "colleague"])
def test_referents_may_look_skills_up_for_the_forms(world, role):
    query = {"app_label": "directory", "model_name": "coentrepreneur", "field_name": "skills", "term": "formation"}

    response = world["clients"][role].get("/admin/autocomplete/", query)

    assert response.json()["results"]


def test_referents_may_not_look_accounts_up(world):
    query = {"app_label": "directory", "model_name": "referent", "field_name": "user", "term": "a"}

    assert world["clients"]["own"].get("/admin/autocomplete/", query).status_code == 403


def test_a_referent_adds_a_public_client(world):
    data = {"name": "Commune de Sète", "type": PublicClient.Type.MUNICIPALITY, "department": "34"}

    world["clients"]["own"].post(url_of("new client", world), data)

    assert PublicClient.objects.filter(name="Commune de Sète", department_id="34").exists()
