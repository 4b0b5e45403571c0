"""What all decision pages share: what is to correct is summed up first, and each line leads to its field."""

import re
from datetime import date

import pytest

from directory.models import CoEntrepreneur, ContractSuggestion
from tests.cast import admin_url, awaiting, browser_of
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory, ListingRequestFactory

pytestmark = pytest.mark.django_db


def rows(referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    return {
        "listingrequest": ListingRequestFactory(co_entrepreneur=fiche),
        "ficheproposal": FicheProposalFactory(co_entrepreneur=fiche),
        "reference": awaiting(co_entrepreneur=fiche),
        "contractsuggestion": ContractSuggestion.objects.create(
            contract_id="2024-17",
            buyer_siret="21340172201787",
            holder_siret="73282932000074",
            subject="Formation des agents d’accueil",
            notified_on=date(2024, 5, 31),
        ),
    }


@pytest.mark.parametrize(
    ("kind", "data", "sentence", "leads_to"),
    [
        ("listingrequest", {"decision": "ask"}, "Dites ce qu’il faut compléter.", "id_comment"),
        ("listingrequest", {"decision": "refuse"}, "Choisissez la raison du refus.", "id_reason"),
        ("listingrequest", {"decision": "pass_on"}, "Choisissez qui décidera.", "id_colleague"),
        ("listingrequest", {"decision": "supprimer"}, "Choisissez l’un des boutons de cette page.", None),
        ("ficheproposal", {"decision": "refuse"}, "Dites pourquoi vous refusez.", "id_comment"),
        ("ficheproposal", {"decision": "some"}, "Cochez au moins un champ, ou refusez la proposition.", None),
        ("reference", {"decision": "ask", "version": "1"}, "Dites ce qu’il faut compléter.", "id_comment"),
        ("contractsuggestion", {"decision": "attribute"}, "Dites qui a réalisé ce marché.", "id_co_entrepreneur"),
    ],
)
def test_errors_are_summed_up_first_and_lead_to_their_fields(referent, kind, data, sentence, leads_to):
    row = rows(referent)[kind]

    page = browser_of(referent).post(admin_url(f"{kind}_decide", row.pk), data).text

    summary = re.search(r'<div class="resume-erreurs" role="alert" tabindex="-1" autofocus>.*?</div>', page, re.DOTALL)[
        0
    ]
    assert sentence in summary
    assert page.index("resume-erreurs") < page.index('<div class="decision">')
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in page
    assert leads_to is None or f'href="#{leads_to}"' in summary


def test_what_stops_an_acceptance_is_summed_up_too(referent):
    row = rows(referent)["listingrequest"]
    CoEntrepreneur.objects.update(departed_on="2020-01-01")

    page = browser_of(referent).post(admin_url("listingrequest_decide", row.pk), {"decision": "accept"}).text

    assert "Il manque une date de départ à venir, ou aucune." in page[: page.index('<div class="decision">')]


@pytest.mark.parametrize("kind", ["listingrequest", "ficheproposal", "reference", "contractsuggestion"])
def test_a_page_that_is_read_sums_nothing_up(referent, kind):
    row = rows(referent)[kind]

    assert "resume-erreurs" not in browser_of(referent).get(admin_url(f"{kind}_decide", row.pk)).text
