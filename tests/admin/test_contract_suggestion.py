"""The State's open data in the back office: brought in after a look, then attributed or set aside."""

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from directory.decisions import NotYours
from directory.models import ContractFile, ContractSuggestion, PublicClient, Reference
from directory.references.decp import actions, tasks
from tests import cast
from tests.cast import admin_url, browser_of, messages_of, text_of
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.jobs import run_jobs
from tests.references.decp.contracts import contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
State = ContractSuggestion.State
BUYER = "21340172201787"


@pytest.fixture
def suggestion():
    return ContractSuggestion.objects.create(
        contract_id="2024-17",
        buyer_siret=BUYER,
        holder_siret="73282932000074",
        subject="Formation des agents d’accueil",
        cpv_code="80500000",
        notified_on=date(2024, 5, 31),
        duration_months=9,
        amount="57500.50",
        first_amount="57500.50",
        source="decp.json",
    )


def upload(browser, *contracts, content=None):
    """The page of the file that was sent, or the form again."""
    content = content if content is not None else json.dumps({"marches": {"marche": contracts}}).encode()
    file = SimpleUploadedFile("decp-2024.json", content)
    return browser.post(admin_url("contractsuggestion_import"), {"file": file}, follow=True)


def confirm(browser, preview):
    return browser.post(preview.request["PATH_INFO"], follow=True)


def decide(person, suggestion, decision, **data):
    address = admin_url("contractsuggestion_decide", suggestion.pk)
    return browser_of(person).post(address, {"decision": decision} | data, follow=True)


# --- Import --------------------------------------------------------------------------------------------------------


def test_a_file_is_shown_first_and_brought_in_once_confirmed(referent):
    browser = browser_of(referent)

    preview = upload(browser, contract(), contract(titulaires=[{"id": "34027049500021"}]))
    before = ContractSuggestion.objects.count()
    done = confirm(browser, preview)

    assert "Formation des agents d’accueil" in text_of(preview)
    assert "57 500,50 €" in text_of(preview)
    assert before == 0
    suggestion = ContractSuggestion.objects.get()
    assert (suggestion.state, suggestion.source, str(suggestion.amount)) == (
        State.AWAITING,
        "decp-2024.json",
        "57500.50",
    )
    assert "Import terminé. Marchés à attribuer : 1." in text_of(done)


def test_importing_again_changes_nothing(referent, suggestion):
    browser = browser_of(referent)
    ContractSuggestion.objects.update(state=State.DISMISSED, decided_by=referent.user, decided_at="2026-01-01T00:00Z")

    preview = upload(browser, contract(objet="Autre objet"))

    assert "n’apporte rien de nouveau" in text_of(preview)
    assert preview.context["known_count"] == 1
    assert ContractSuggestion.objects.get().state == State.DISMISSED


def test_a_file_is_confirmed_once_and_by_who_sent_it(referent):
    browser = browser_of(referent)
    preview = upload(browser, contract(id="un"))

    stranger = confirm(browser_of(cast.administrator()), preview)
    before = ContractSuggestion.objects.count()
    confirm(browser, preview)
    again = confirm(browser, preview)

    assert (stranger.status_code, before) == (404, 0)
    assert "n’attend plus" in messages_of(again)[0]
    assert "a été importé" in text_of(browser.get(preview.request["PATH_INFO"]))
    assert ContractSuggestion.objects.count() == 1


def test_what_was_dropped_or_mended_is_listed_and_the_rest_comes_in(referent):
    browser = browser_of(referent)

    preview = upload(
        browser, contract(), contract(id="x", dateNotification="hier"), contract(id="y", codeCPV="805", montant="?")
    )
    page = text_of(preview)
    confirm(browser, preview)

    assert "<b>1</b> écarté" in page
    assert '<th scope="row">2</th><td>dateNotification</td>' in page
    assert '<th scope="row">3</th><td>codeCPV</td><td>« 805 » est lu 80500000.' in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert set(ContractSuggestion.objects.values_list("contract_id", flat=True)) == {"2024-17", "y"}


def test_lots_under_one_identifier_come_in_once(referent, suggestion):
    browser = browser_of(referent)
    lots = [contract(), contract(objet="Lot 2", montant=5), contract(objet="Lot 3", montant=6)]

    for _ in range(2):
        confirm(browser, upload(browser, *lots))
    confirm(browser, upload(browser, contract(objet="Lot 4", montant=7)))

    assert [(row.lot, row.subject) for row in ContractSuggestion.objects.order_by("lot")] == [
        (1, "Formation des agents d’accueil"),
        (2, "Lot 2"),
        (3, "Lot 3"),
        (4, "Lot 4"),
    ]


def test_the_decision_tells_the_lot_and_the_first_amount(referent, suggestion):
    ContractSuggestion.objects.update(lot=2, amount=70000)

    page = text_of(browser_of(referent).get(admin_url("contractsuggestion_decide", suggestion.pk)))

    assert "lot n° 2 sous cet identifiant" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "après modification (57" in page


# --- A large file ----------------------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(actions, "MOST_BYTES_AT_ONCE", 10)


def test_a_large_file_is_read_by_the_worker(referent, large):
    browser = browser_of(referent)

    sent = upload(browser, contract())
    contract_file = ContractFile.objects.get()
    stored = contract_file.file.name
    ContractFile.objects.update(read_bytes=contract_file.size // 2, state=ContractFile.State.RUNNING)
    half = text_of(browser.get(sent.request["PATH_INFO"]))
    run_jobs()
    read = browser.get(sent.request["PATH_INFO"])
    confirm(browser, read)

    assert "Lecture de « decp-2024.json » : 0 %" in text_of(sent).replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r'<progress [^>]*max="100" value="(49|50)"', half)
    # By itself, with script and without, until there is something to read.
    for moves in ('<noscript><meta http-equiv="refresh"', 'data-hx-trigger="every 2s"', "htmx"):
        assert moves in half
        assert moves not in text_of(read)
    assert "<b>1</b> nouveau" in text_of(read)
    assert ContractSuggestion.objects.count() == 1
    assert not ContractFile.objects.get().file
    assert stored.startswith("contract-files/")


def test_a_large_file_that_is_none_is_told_once_read(referent, large):
    browser = browser_of(referent)

    sent = upload(browser, content=b'{"marches": [' + b" " * 100)
    run_jobs()

    page = text_of(browser.get(sent.request["PATH_INFO"]))
    assert "Rien n’est importé : ce fichier s’arrête avant la fin." in page
    assert 'type="file"' in page


def test_a_file_can_not_be_confirmed_before_it_is_read(referent, large):
    browser = browser_of(referent)

    response = confirm(browser, upload(browser, contract()))

    assert "n’attend plus" in messages_of(response)[0]
    assert not ContractSuggestion.objects.exists()


def test_a_reading_that_breaks_says_so(referent, large, monkeypatch):
    browser = browser_of(referent)
    sent = upload(browser, contract())
    monkeypatch.setattr(tasks, "read", lambda *_args, **_kwargs: 1 / 0)

    run_jobs()

    assert "la lecture s’est arrêtée sur une erreur" in text_of(browser.get(sent.request["PATH_INFO"]))


# --- What isn't one --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide."),
        (b"{", "s’arrête avant la fin"),
        (b"[" * 50_000, "imbrique trop de niveaux"),
        (b"\xff\xfe", "n’est pas un texte en UTF-8"),
        (b'[{"id": "<script>alert(1)</script>"} x', "n’est pas du JSON valide"),
    ],
)
def test_what_is_not_a_list_of_contracts_is_told(referent, content, sentence):
    response = upload(browser_of(referent), content=content)

    assert response.status_code == 200
    assert sentence in text_of(response)


def test_a_page_without_a_file_says_so(referent):
    assert "Choisissez un fichier." in text_of(browser_of(referent).post(admin_url("contractsuggestion_import")))


@pytest.mark.parametrize("name", ["contractsuggestion_import", "contractsuggestion_changelist"])
def test_only_who_has_a_role_gets_in(name):
    assert browser_of(cast.staff_without_role()).get(admin_url(name)).status_code == 403


# --- Attribution ---------------------------------------------------------------------------------------------------


def test_attributing_makes_a_reference_to_complete_and_tells_its_keeper(referent, member, suggestion):
    client = PublicClientFactory(name="Ville de Montpellier", siret=BUYER)

    decide(referent, suggestion, "attribute", co_entrepreneur=member.pk, client_name=client.name)

    reference = Reference.objects.get()
    assert (reference.co_entrepreneur, reference.client, reference.subject) == (member, client, suggestion.subject)
    assert (reference.starts_on, reference.ends_on) == (date(2024, 5, 31), date(2025, 2, 28))
    assert (str(reference.amount), reference.role, reference.publishable) == ("57500.50", "titulaire", False)
    assert [code.pk for code in reference.cpv_codes.all()] == ["80500000"]
    assert (reference.state, reference.decided_by) == (Reference.State.CHANGES_ASKED, referent.user)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.reference, suggestion.decided_by) == (
        State.ATTRIBUTED,
        reference,
        referent.user,
    )
    [mail] = run_jobs()
    assert mail.to == ["lucie@example.org"]
    assert f"/mon-espace/references/{reference.pk}/modifier/" in mail.body


def test_the_client_is_found_by_its_siret_beforehand(referent, suggestion):
    PublicClientFactory(name="Ville de Montpellier", siret=BUYER)
    ReferenceFactory(client=PublicClient.objects.get(), subject="Formation déjà entrée")

    page = text_of(browser_of(referent).get(admin_url("contractsuggestion_decide", suggestion.pk)))

    assert 'value="Ville de Montpellier"' in page
    assert "Formation déjà entrée" in page


def test_a_client_that_is_not_in_the_directory_is_made_with_its_siret(referent, member, suggestion):
    decide(
        referent,
        suggestion,
        "attribute",
        co_entrepreneur=member.pk,
        client_name="Ville de Montpellier",
        client_type="commune",
        client_siret=BUYER,
    )

    made = Reference.objects.get().client
    assert (made.name, made.type, made.siret) == ("Ville de Montpellier", "commune", BUYER)


def test_a_known_client_without_siret_takes_the_buyer_s(referent, member, suggestion):
    client = PublicClientFactory(name="Ville de Montpellier")

    decide(referent, suggestion, "attribute", co_entrepreneur=member.pk, client_name="Ville de Montpellier")

    client.refresh_from_db()
    assert client.siret == BUYER


def test_near_clients_are_asked_about_there_too(referent, member, suggestion):
    PublicClientFactory(name="Ville de Montpelier")

    response = decide(
        referent,
        suggestion,
        "attribute",
        co_entrepreneur=member.pk,
        client_name="Ville de Montpellier",
        client_type="commune",
    )

    assert "Dites si c’est l’un de ces clients" in text_of(response)
    assert not Reference.objects.exists()


def test_what_does_not_fit_a_reference_is_shortened_and_kept_in_full(referent, member, suggestion):
    long = "Accord-cadre " * 30
    ContractSuggestion.objects.update(subject=long.strip(), amount="99999999999", holders_count=3, duration_months=None)

    decide(referent, suggestion, "attribute", co_entrepreneur=member.pk, client_name="Ville", client_type="commune")

    reference = Reference.objects.get()
    assert len(reference.subject) <= 200
    assert reference.context == long.strip()
    assert (reference.amount, reference.role, reference.ends_on) == (None, "cotraitant", None)


def test_a_referent_attributes_to_their_own_and_an_administrator_to_all(referent, suggestion):
    stranger = CoEntrepreneurFactory()
    said = {"co_entrepreneur": stranger.pk, "client_name": "Ville de Sète", "client_type": "commune"}

    refused = decide(referent, suggestion, "attribute", **said)
    done = decide(cast.administrator(), suggestion, "attribute", **said)

    assert "errorlist" in text_of(refused)
    assert "Marché attribué" in messages_of(done)[0]


@pytest.mark.parametrize("data", [{}, {"co_entrepreneur": "\0"}, {"co_entrepreneur": "9" * 40}])
def test_without_a_person_nothing_is_attributed_and_what_was_typed_stays(referent, suggestion, data):
    response = decide(referent, suggestion, "attribute", client_name="Ville tapée", **data)

    assert "Ville tapée" in text_of(response)
    assert not Reference.objects.exists()


def test_one_is_set_aside_then_taken_back(referent, suggestion):
    decide(referent, suggestion, "dismiss")
    suggestion.refresh_from_db()
    dismissed = suggestion.state
    browser_of(referent).post(
        admin_url("contractsuggestion_changelist"), {"action": "take_back", "_selected_action": [suggestion.pk]}
    )

    suggestion.refresh_from_db()
    assert dismissed == State.DISMISSED
    assert (suggestion.state, suggestion.decided_by) == (State.AWAITING, None)


def test_the_second_of_two_who_decide_is_told(referent, member, suggestion):
    decide(cast.administrator(), suggestion, "dismiss")

    response = decide(
        referent, suggestion, "attribute", co_entrepreneur=member.pk, client_name="Ville", client_type="commune"
    )

    assert "Ce marché a été écarté par" in messages_of(response)[0]
    assert not Reference.objects.exists()


def test_the_first_page_says_how_many_wait(referent, suggestion):
    assert "1 marché des données ouvertes à attribuer" in text_of(browser_of(referent).get("/admin/"))


def test_a_line_of_the_list_leads_to_the_decision(referent, suggestion):
    browser = browser_of(referent)

    response = browser.get(admin_url("contractsuggestion_change", suggestion.pk))

    assert response.url == admin_url("contractsuggestion_decide", suggestion.pk)
    assert "Formation des agents" in text_of(browser.get(admin_url("contractsuggestion_changelist"), {"q": "accueil"}))


@pytest.mark.parametrize("decide_on", ["dismiss", "take_back", "attribute"])
def test_who_has_no_role_decides_on_no_contract(suggestion, decide_on):
    stranger = cast.staff_without_role()
    said = {
        "dismiss": {"suggestion_pk": suggestion.pk},
        "take_back": {"suggestions": ContractSuggestion.objects.all()},
        "attribute": {
            "suggestion_pk": suggestion.pk,
            "co_entrepreneur": CoEntrepreneurFactory(),
            "client": PublicClientFactory(),
        },
    }

    with pytest.raises(NotYours):
        getattr(actions, decide_on)(**said[decide_on], by=stranger)
