"""The public client of a reference: near ones are proposed before a new one is made."""

import pytest
from django.urls import reverse

from directory.models import PublicClient, Reference
from tests.cast import text_of
from tests.factories import PublicClientFactory
from tests.references.form import filled

pytestmark = pytest.mark.django_db
State = Reference.State
ADD = "/mon-espace/references/nouvelle/"


def test_near_clients_are_proposed_before_a_new_one_is_made(as_member):
    PublicClientFactory(name="Communauté de communes du Teste", type="intercommunalite")

    page = text_of(as_member.post(ADD, filled(place="Ici")))

    assert "Dites si c’est l’un de ces clients, ou un autre." in page
    assert "Communauté de communes du Teste (Intercommunalité)" in page
    assert "Ici" in page
    assert PublicClient.objects.count() == 1


def test_the_client_that_is_chosen_is_taken(as_member):
    known = PublicClientFactory(name="Communauté de communes du Teste")
    name = filled()["client_name"]

    as_member.post(ADD, filled(client_asked=name, client=known.pk, client_type="", client_siret="faux"))

    assert Reference.objects.get().client == known
    assert PublicClient.objects.count() == 1


def test_another_one_of_a_near_name_is_made_when_it_is_said_to_be(as_member):
    PublicClientFactory(name="Communauté de communes du Teste")
    name = filled()["client_name"]

    as_member.post(
        ADD, filled(client_asked=name, client="nouveau", client_siret="732 829 320 00074", client_department="34")
    )

    made = Reference.objects.get().client
    assert (made.name, made.siret, made.department_id) == (name, "73282932000074", "34")


def test_a_choice_made_for_another_name_does_not_count(as_member):
    known = PublicClientFactory(name="Communauté de communes du Teste")

    response = as_member.post(ADD, filled(client_asked="Autre chose", client=known.pk))

    assert "Dites si c’est l’un de ces clients" in text_of(response)


def test_a_client_of_the_same_name_but_for_accents_and_case_is_taken_at_once(as_member):
    known = PublicClientFactory(name="Communauté de Communes du Test")

    as_member.post(ADD, filled(client_name="communaute de communes du test"))

    assert Reference.objects.get().client == known


def test_a_siret_that_is_known_leads_to_its_client(as_member):
    PublicClientFactory(name="Syndicat des eaux", siret="73282932000074")

    page = text_of(as_member.post(ADD, filled(client_siret="73282932000074")))

    assert "Syndicat des eaux" in page
    assert "Dites si c’est l’un de ces clients" in page


def test_a_new_client_may_not_take_the_siret_of_another(as_member):
    PublicClientFactory(name="Syndicat des eaux", siret="73282932000074")
    name = filled()["client_name"]

    page = text_of(as_member.post(ADD, filled(client_asked=name, client="nouveau", client_siret="73282932000074")))

    assert "Ce SIRET est celui de « Syndicat des eaux »" in page


def test_near_clients_are_proposed_while_typing(as_member):
    PublicClientFactory(name="Commune de Saint-Guilhem")

    near = text_of(as_member.get(reverse("references:near_clients"), {"client_name": "saint guilhem"}))
    none = as_member.get(reverse("references:near_clients"), {"client_name": "\0x"})

    assert "Commune de Saint-Guilhem (Commune)" in near
    assert 'type="radio"' in near
    assert "<html" not in near
    assert none.content.strip() == b""
