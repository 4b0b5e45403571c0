"""Who leaves the cooperative: told, reading their data until its term, warned, then erased."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from directory.listing import tasks
from directory.models import CoEntrepreneur, Consent, Departure, departure
from directory.privacy.purge import lines, purge
from tests import cast
from tests.cast import link_in
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
SPACE = "/mon-espace/"


def gone(days=0, **kwargs):
    return cast.member(departed_on=timezone.localdate() - timedelta(days=days), **kwargs)


def count():
    return next(line for line in lines() if line.words == "fiches de qui est parti").count()


def test_who_leaves_is_told_once_until_when_and_their_consents_end():
    fiche = gone(listed=False)
    fiche.consents.create(item="phone")

    for _ in range(2):
        tasks.untick_departed()

    [message] = run_jobs()
    assert message.to == [fiche.email]
    until = timezone.localdate() + departure.KEPT
    for words in [f"{until:%Y}", "lire et les télécharger", SPACE, "le temps qu’un litige se règle"]:
        assert words in message.body
    consent = Consent.objects.get()
    assert consent.withdrawn_at
    assert consent.events.last().pgh_context.metadata["reason"] == "Départ de la coopérative"


def test_who_came_back_and_leaves_again_is_told_again():
    fiche = gone(days=3)
    tasks.untick_departed()
    run_jobs()
    CoEntrepreneur.objects.update(departed_on=timezone.localdate())

    tasks.untick_departed()

    assert [message.to for message in run_jobs()] == [[fiche.email]]


def test_the_link_by_mail_opens_their_data_to_read_and_nothing_else(client):
    fiche = gone()
    client.post(f"{SPACE}connexion/", {"email": fiche.email})
    [message] = run_jobs()
    assert "Rien ne s’y modifie plus" in " ".join(message.body.split())

    page = client.post(link_in(message, "connexion"), follow=True)

    assert "Vous avez quitté la coopérative" in page.text
    assert client.get(f"{SPACE}apercu/").status_code == 200
    archive = client.post(f"{SPACE}mes-donnees/")
    assert "donnees.json" in zipfile.ZipFile(io.BytesIO(b"".join(archive))).namelist()
    for path in ["fiche/", "cv/", "accords/", "realisations/", "visibilite/", "quitter-le-catalogue/"]:
        assert client.get(SPACE + path).url == SPACE
        assert client.post(SPACE + path, {"item": "phone", "given": "oui"}).status_code in {403, 405}
    for path in ["/references/", "/consultations/"]:
        response = client.get(path)
        assert response.status_code in {302, 404}
    assert not Consent.objects.exists()
    assert client.post(f"{SPACE}deconnexion/").status_code == 302
    assert client.get(SPACE).status_code == 302


def test_who_left_asks_for_nothing_by_the_other_door(client):
    fiche = gone()
    client.post("/referencement/demande/", {"email": fiche.email})

    [message] = run_jobs()

    assert fiche.first_name not in message.body


def test_their_data_goes_at_its_term_after_a_mail_and_not_before():
    kept, fiche = CoEntrepreneurFactory(), gone(days=departure.KEPT.days - departure.NOTICE.days)
    tasks.untick_departed()
    [warning] = run_jobs()
    assert "seront effacées le" in warning.subject
    assert count() == 0

    # Its term comes, a month after the mail.
    Departure.objects.update(left_on=timezone.localdate() - departure.KEPT)
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate() - departure.KEPT)
    assert count() == 0
    Departure.objects.update(warned_at=timezone.now() - departure.NOTICE)
    assert count() == 1
    purge()

    assert [*CoEntrepreneur.objects.all()] == [kept]


def test_who_left_long_before_this_was_told_is_warned_first():
    gone(days=4 * 365)
    assert count() == 0

    tasks.untick_departed()
    [warning] = run_jobs()

    until = timezone.localdate() + departure.NOTICE
    assert f"{until.day}" in warning.subject
    assert count() == 0


def test_nobody_is_warned_nor_erased_who_came_back():
    fiche = gone(days=departure.KEPT.days)
    tasks.untick_departed()
    Departure.objects.update(warned_at=timezone.now() - departure.NOTICE)
    assert count() == 1

    CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=None)

    assert count() == 0


def test_nobody_writes_to_an_erased_person():
    gone(email=f"retire-1{departure.ERASED}")

    tasks.untick_departed()

    assert run_jobs() == []
