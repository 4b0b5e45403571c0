import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from directory.models import ContractSuggestion
from tests.references.decp.contracts import OTHER, contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    def run(*contracts, options=(), content=None):
        file = tmp_path / "decp.json"
        file.write_bytes(content if content is not None else json.dumps({"marches": {"marche": contracts}}).encode())
        out = StringIO()
        call_command("import_decp", str(file), *options, stdout=out)
        return out.getvalue()

    return run


def test_our_contracts_are_brought_in_and_counted(run):
    out = run(contract(), contract(id="autre"), contract(titulaires=[OTHER]))

    assert out == "3 marchés lus, 2 nouveaux à attribuer, 0 déjà connus.\n"
    assert set(ContractSuggestion.objects.values_list("contract_id", "source")) == {
        ("2024-17", "decp.json"),
        ("autre", "decp.json"),
    }


def test_importing_twice_changes_nothing(run):
    run(contract())

    out = run(contract(objet="Autre objet"))

    assert out == "1 marchés lus, 0 nouveaux à attribuer, 1 déjà connus.\n"
    assert ContractSuggestion.objects.get().subject == "Formation des agents d’accueil"


def test_the_same_identifier_of_another_buyer_is_another_contract(run):
    run(contract(), contract(acheteur={"id": "21300189400012"}))

    assert ContractSuggestion.objects.count() == 2


def test_a_dry_run_counts_and_writes_nothing(run):
    out = run(contract(), options=["--dry-run"]).replace("\N{NO-BREAK SPACE}", " ")

    assert out == "Essai, rien n’a été écrit : 1 marchés lus, 1 nouveaux à attribuer, 0 déjà connus.\n"
    assert not ContractSuggestion.objects.exists()


def test_what_is_dropped_or_mended_is_told_and_the_rest_is_imported(run, capsys):
    run(contract(), contract(id="x", dateNotification="hier"), contract(id="y", montant="beaucoup"))

    assert capsys.readouterr().err.replace("\N{NO-BREAK SPACE}", " ").splitlines()[-2:] == [
        "écarté – marché n° 2, dateNotification : « hier » n’est pas une date AAAA-MM-JJ.",
        "corrigé – marché n° 3, montant : « beaucoup » n’est pas un nombre : laissé vide.",
    ]
    assert set(ContractSuggestion.objects.values_list("contract_id", "amount")) == {
        ("2024-17", Decimal("57500.50")),
        ("y", None),
    }


def test_the_list_of_what_is_dropped_is_cut(run, capsys):
    run(*[1] * 50)

    assert capsys.readouterr().err.splitlines()[-1] == "… et d’autres : 50 en tout."


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b"[" * 50_000])
def test_a_file_that_is_not_one_is_told(run, content):
    with pytest.raises(CommandError, match="Rien n’a été importé"):
        run(content=content)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("import_decp", str(tmp_path / "absent.json"))
