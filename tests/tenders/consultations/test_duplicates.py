from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from directory.decisions import Refused
from directory.models import Consultation, DuplicateNotice, PublicClient
from directory.tenders.consultations import actions, duplicates
from directory.tenders.consultations.duplicates import Settlement, Unsettled
from directory.tenders.team import actions as team_actions
from tests.cast import browser_of, lead_of, viewer_of
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferentFactory
from tests.jobs import run_jobs

from .form import filled

pytestmark = pytest.mark.django_db
Outcome = Consultation.Outcome
LATER = {"deadline": timezone.now() + timedelta(days=60)}


def opened(by=None, **changed):
    """A consultation that goes through the same door as on the site."""
    content = {
        "buyer": changed.pop("buyer", None) or PublicClientFactory(),
        "subject": "Formation des agents",
        "reference": "",
        "lot": "",
        "deadline": timezone.now() + timedelta(days=20),
        "contract_ends_on": None,
        "link": "",
        "cpv_codes": [],
        "skills": [],
        "departments": [],
    }
    return actions.open_consultation(by=viewer_of(by or CoEntrepreneurFactory(listed=True)), content=content | changed)


def rewrite(consultation, **changed):
    """Change a consultation as its form does."""
    content = {name: getattr(consultation, name) for name in ("buyer", *actions.PLAIN_CONTENT)}
    lists = {name: list(getattr(consultation, name).all()) for name in actions.LIST_CONTENT}
    return actions.edit(
        consultation_pk=consultation.pk,
        by=viewer_of(lead_of(consultation)),
        version=consultation.version,
        content=content | lists | changed,
    )


def pair(**changed):
    """Two that look alike."""
    buyer = PublicClientFactory()
    return opened(buyer=buyer, reference="2026-14", **changed), opened(buyer=buyer, reference="2026-14", **changed)


def is_stopped(consultation):
    return duplicates.unsettled(consultation).exists()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"reference": "2026-14"}, {"reference": " 2026-14 ".strip().lower()}),
        ({"reference": "A-1", "lot": "2"}, {"reference": "a-1", "lot": ""}),
        ({"reference": "A-1", "lot": "Lot B"}, {"reference": "A-1", "lot": "lot b"}),
        ({"lot": "2"}, {"lot": "2", "reference": "écrite autrement"}),
        ({}, {"deadline": timezone.now() + timedelta(days=29)}),
        ({"lot": "1"}, {"lot": "2"}),
        ({"reference": "A-1"}, {"reference": "B-7"}),
        ({"reference": "ps 2026 18", "lot": "2"}, {"reference": "PS-2026-18", "lot": "2 – Concertation"}),
        ({"reference": "ps 2026 18 / 2"}, {"reference": "PS-2026-18", "lot": "2 – Concertation"} | LATER),
        ({"reference": "PS-2026-18 lot n°2"} | LATER, {"reference": "N° ps.2026.18", "lot": "02"}),
    ],
)
def test_the_same_lot_is_noticed_on_both_sides(one, two):
    buyer = PublicClientFactory()

    first, second = opened(buyer=buyer, **one), opened(buyer=buyer, **two)

    assert is_stopped(first)
    assert is_stopped(second)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"reference": "A-1", "lot": "1"}, {"reference": "A-1", "lot": "2"}),
        ({"reference": "A-1"}, {"reference": "A-2"} | LATER),
        ({"lot": "1"}, {"lot": "2"} | LATER),
        ({"reference": "2026/14"}, {"reference": "2026/15"} | LATER),
        ({}, LATER),
    ],
)
def test_another_lot_or_another_time_is_not_noticed(one, two):
    buyer = PublicClientFactory()

    first, second = opened(buyer=buyer, **one), opened(buyer=buyer, **two)

    assert not is_stopped(first)
    assert not is_stopped(second)


def test_another_buyer_is_not_noticed():
    opened(reference="2026-14")
    opened(reference="2026-14")

    assert not DuplicateNotice.objects.exists()


@pytest.mark.parametrize(
    ("name", "siret", "twin", "its_siret"),
    [
        ("Ville de Lodève", "", "Commune de Lodeve", ""),
        ("Ville de Lodève", "", "MAIRIE DE LODÈVE", "21340142300012"),
        ("Montpellier Méditerranée Métropole", "", "Métropole de Montpellier", ""),
        ("Département de l’Hérault", "", "Departement de l'Heraut", ""),
        ("Région Occitanie", "20005379100014", "Conseil régional", "20005379100022"),
    ],
)
def test_a_buyer_written_otherwise_is_noticed(name, siret, twin, its_siret):
    one = PublicClientFactory(name=name, siret=siret)
    two = PublicClientFactory(name=twin, siret=its_siret)

    first, second = opened(buyer=one, reference="2026-14"), opened(buyer=two, reference="2026 14", **LATER)

    assert is_stopped(first)
    assert is_stopped(second)


@pytest.mark.parametrize(
    ("name", "siret", "twin", "its_siret"),
    [
        ("Ville de Lodève", "", "Ville de Lunel", ""),
        ("Saint-Jean", "21340142300012", "Saint-Jean", "20005379100014"),
    ],
)
def test_another_buyer_with_the_same_number_is_not_noticed(name, siret, twin, its_siret):
    one = PublicClientFactory(name=name, siret=siret)
    two = PublicClientFactory(name=twin, siret=its_siret, type="syndicat-mixte")

    opened(buyer=one, reference="2026-14")

    assert not is_stopped(opened(buyer=two, reference="2026-14"))


def test_one_that_was_dropped_stops_nobody():
    buyer = PublicClientFactory()
    Consultation.objects.filter(pk=opened(buyer=buyer).pk).update(
        outcome=Outcome.DROPPED, outcome_on=timezone.localdate()
    )

    assert not is_stopped(opened(buyer=buyer))


def test_both_leads_and_their_referents_are_told_once():
    referent = ReferentFactory()
    one, two = CoEntrepreneurFactory(listed=True, referent=referent), CoEntrepreneurFactory(listed=True)
    buyer = PublicClientFactory()
    first = opened(by=one, buyer=buyer)
    run_jobs()

    second = opened(by=two, buyer=buyer)
    told = run_jobs()
    rewrite(first, subject="Le même, mieux dit")

    assert sorted(message.to[0] for message in told) == sorted(
        [one.email, two.email, referent.email, two.referent.email]
    )
    mine = next(message for message in told if message.to == [one.email])
    assert f"/consultations/{first.pk}/" in mine.body
    assert f"/consultations/{second.pk}/" not in mine.body
    assert run_jobs() == []


def test_a_correction_is_compared_again():
    buyer = PublicClientFactory()
    first, second = opened(buyer=buyer, lot="1"), opened(buyer=buyer, lot="2")

    rewrite(second, lot="1")

    assert is_stopped(first)
    assert is_stopped(second)


def test_what_a_correction_sets_apart_settles_itself_and_opens_again_when_it_looks_alike_again():
    first, second = pair()

    second = rewrite(second, reference="2026-15", **LATER)
    apart = [is_stopped(first), is_stopped(second)]
    rewrite(second, reference="2026-14")

    assert apart == [False, False]
    assert is_stopped(first)
    assert is_stopped(second)


def test_each_team_settles_its_own_side():
    first, second = pair()
    run_jobs()
    notice = first.duplicate_notices.get()

    actions.settle(
        notice_pk=notice.pk, by=viewer_of(lead_of(first)), settlement=Settlement.DIFFERENT, word="La nôtre est en 2027."
    )

    notice.refresh_from_db()
    assert notice.settled_by == lead_of(first).name
    assert notice.told == "Ce n’est pas la même consultation. La nôtre est en 2027."
    assert not is_stopped(first)
    assert is_stopped(second)
    told = run_jobs()
    assert {message.to[0] for message in told} == {lead_of(second).email, lead_of(second).referent.email}
    assert "La nôtre est en 2027." in told[0].body


def test_what_a_team_said_stays_said_whatever_is_edited_since():
    first, _ = pair()
    actions.settle(
        notice_pk=first.duplicate_notices.get().pk,
        by=viewer_of(lead_of(first)),
        settlement=Settlement.DIFFERENT,
        word="",
    )

    rewrite(Consultation.objects.get(pk=first.pk), subject="Autrement dit")

    assert not is_stopped(first)


def test_dropping_frees_the_other_and_says_so_in_the_register():
    first, second = pair()

    actions.settle(
        notice_pk=first.duplicate_notices.get().pk,
        by=viewer_of(lead_of(first)),
        settlement=Settlement.DROPPED,
        word="Bonne chance.",
    )

    first.refresh_from_db()
    assert first.outcome == Outcome.DROPPED
    assert not is_stopped(first)
    assert not is_stopped(second)


def test_taking_up_again_what_was_dropped_stops_both():
    first, second = pair()
    actions.settle(
        notice_pk=first.duplicate_notices.get().pk,
        by=viewer_of(lead_of(first)),
        settlement=Settlement.DROPPED,
        word="",
    )
    first.refresh_from_db()

    actions.record_outcome(
        consultation_pk=first.pk,
        by=viewer_of(lead_of(first)),
        version=first.version,
        content={"outcome": "", "outcome_on": None},
        scores={},
    )

    assert is_stopped(first)
    assert is_stopped(second)


def test_settling_twice_changes_nothing():
    first, _ = pair()
    notice = first.duplicate_notices.get()
    once = {"notice_pk": notice.pk, "by": viewer_of(lead_of(first)), "word": ""}
    actions.settle(settlement=Settlement.DIFFERENT, **once)

    with pytest.raises(Refused, match="déjà tranché"):
        actions.settle(settlement=Settlement.DROPPED, **once)

    first.refresh_from_db()
    assert first.outcome == ""


def test_nobody_is_invited_before_it_is_settled():
    first, _ = pair()

    with pytest.raises(Unsettled, match="deux réponses de la coopérative"):
        team_actions.invite(consultation_pk=first.pk, co_entrepreneur=CoEntrepreneurFactory(listed=True))

    assert first.team.count() == 1


def test_a_new_buyer_of_the_same_name_and_type_is_the_same_buyer():
    for _ in range(2):
        consultation = opened(buyer=PublicClient(name="Ville de Lodève", type="commune"), reference="7")

    assert PublicClient.objects.filter(name="Ville de Lodève").count() == 1
    assert is_stopped(consultation)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_other_line_and_contact_and_takes_the_answer():
    first, second = pair()
    browser = browser_of(lead_of(first))
    url = f"/consultations/{first.pk}/doublon/{first.duplicate_notices.get().pk}/"

    page = browser.get(url)
    response = browser.post(url, {"settlement": "together", "word": "On se voit mardi."}, follow=True)

    assert lead_of(second).email in page.text
    assert second.subject in page.text
    assert "C’est tranché" in response.text
    assert first.duplicate_notices.get().told == "Nous répondons ensemble. On se voit mardi."


@pytest.mark.parametrize("answer", [{}, {"settlement": "autre"}, {"settlement": "different", "word": "x" * 901}])
def test_an_answer_that_is_none_is_asked_again_and_the_word_stays(answer):
    first, _ = pair()
    url = f"/consultations/{first.pk}/doublon/{first.duplicate_notices.get().pk}/"

    response = browser_of(lead_of(first)).post(url, {"word": "Un mot à garder"} | answer)

    assert response.status_code == 200
    assert answer.get("word", "Un mot à garder") in response.text
    assert is_stopped(first)


def test_the_banner_stands_on_the_pages_of_both():
    first, second = pair()

    pages = [browser_of(lead_of(one)).get(f"/consultations/{one.pk}/").text for one in (first, second)]

    assert all("Une autre consultation ressemble à celle-ci" in page for page in pages)


# --- The form that opens one ------------------------------------------------------------------------------------------


def test_a_second_click_opens_the_same_consultation():
    browser = browser_of(CoEntrepreneurFactory(listed=True))
    key = browser.get("/consultations/ouvrir/").context["form"]["opened_with"].value()
    run_jobs()

    answers = [browser.post("/consultations/ouvrir/", filled(opened_with=key)) for _ in range(2)]

    consultation = Consultation.objects.get()
    assert [answer.url for answer in answers] == [consultation.get_absolute_url()] * 2
    assert not DuplicateNotice.objects.exists()


def test_the_form_of_someone_else_opens_nothing_of_theirs():
    key = uuid4()
    for member in (CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory(listed=True)):
        browser_of(member).post("/consultations/ouvrir/", filled(opened_with=key))

    assert Consultation.objects.count() == 2
