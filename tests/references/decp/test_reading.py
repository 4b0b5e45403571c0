"""Files of public contracts as they are met: whatever they hold, our contracts come out or a sentence says why not."""

import json
import tracemalloc
from io import BytesIO

import pytest

from directory.references.decp import reading as decp
from directory.references.decp.json_stream import CHUNK
from tests.references.decp.contracts import OTHER, OURS, SIREN, contract


def read(content, **kwargs):
    content = content if isinstance(content, bytes | str) else json.dumps(content)
    content = content.encode() if isinstance(content, str) else content
    return decp.read(BytesIO(content), siren=SIREN, source="essai.json", **kwargs)


def told(problems):
    return [(problem.field, problem.why.replace("\N{NO-BREAK SPACE}", " ")) for problem in problems]


def lots(*contracts):
    """What is kept: (identifier, number of the lot, subject, amount)."""
    suggestions = read(list(contracts)).suggestions.values()
    return [(one.contract_id, one.lot, one.subject, one.amount and int(one.amount)) for one in suggestions]


def test_a_contract_is_read_as_the_schema_writes_it():
    [suggestion] = read({"marches": {"marche": [contract()]}}).suggestions.values()

    assert (suggestion.contract_id, suggestion.buyer_siret) == ("2024-17", "21340172201787")
    assert (suggestion.subject, suggestion.cpv_code) == ("Formation des agents d’accueil", "80500000")
    assert (str(suggestion.notified_on), suggestion.duration_months) == ("2024-05-15", 12)
    assert (str(suggestion.amount), suggestion.procedure) == ("57500.50", "Procédure adaptée")
    assert (suggestion.place_code, suggestion.holder_siret) == ("34000", "73282932000074")
    assert (suggestion.holders_count, suggestion.source) == (1, "essai.json")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: {"marches": {"marche": [one]}},
        lambda one: {"marches": {"marche": one}},
        lambda one: {"marches": {"contrat-concession": [{"id": "c"}], "marche": [one]}},
        lambda one: {"marches": [one]},
        lambda one: {"marche": [one]},
        lambda one: [one],
        lambda one: {"$schema": "x", "autres": [{"a": [1, 2]}], "marches": [one], "fin": None},
    ],
)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_the_list_is_found_however_it_is_wrapped(wrap, bom):
    assert len(read(bom + json.dumps(wrap(contract()), indent=2).encode()).suggestions) == 1


@pytest.mark.parametrize(
    "holders",
    [
        [{"titulaire": OURS}],
        [OURS],
        OURS,
        {"titulaire": [OTHER, OURS]},
        [[OTHER], [OURS]],
        [OTHER, {"id": 73282932000074, "typeIdentifiant": "SIRET"}],
        [{"id": "732 829 320 00017"}],
        [{"id": "732829320", "typeIdentifiant": None}],
        [{"id": "FR44732829320", "typeIdentifiant": "TVA"}],
    ],
)
def test_a_holder_of_ours_is_recognised_however_it_is_written(holders):
    assert len(read([contract(titulaires=holders)]).suggestions) == 1


@pytest.mark.parametrize(
    "holders",
    [
        [OTHER],
        [],
        None,
        "73282932000074",
        [{"titulaire": "id"}],
        [{"id": "99732829320000"}],
        [{"id": "7328293200007"}],
        [{"id": None}],
        [{"id": "73282932000074", "typeIdentifiant": "TVA"}],
        7,
    ],
)
def test_what_others_hold_is_left_aside_however_wrong_it_is(holders):
    reading = read([contract(titulaires=holders, montant="faux", objet=None)])

    assert (reading.rows, reading.suggestions, reading.dropped, reading.warnings) == (1, {}, [], [])


def test_several_holders_are_counted_once_each():
    [suggestion] = read([contract(titulaires=[OTHER, OURS, OURS])]).suggestions.values()

    assert suggestion.holders_count == 2


def test_a_contract_repeated_in_the_file_is_one():
    reading = read([contract(), contract(objet="FORMATION des agents  d’accueil"), contract(id="autre")])

    assert len(reading.suggestions) == 2
    assert reading.repeated == 1


def test_two_lots_under_one_identifier_are_both_kept_and_said():
    first, second, third = contract(objet="Lot 1"), contract(objet="Lot 2"), contract(objet="Lot 2", montant=3)

    assert lots(first, second, third, second) == [
        ("2024-17", 1, "Lot 1", 57500),
        ("2024-17", 2, "Lot 2", 57500),
        ("2024-17", 3, "Lot 2", 3),
    ]
    [warning, _] = told(read([first, second, third]).warnings)
    assert warning == ("id", "un autre marché porte le même identifiant : celui-ci est gardé comme un autre lot.")


def modified(amount, day, **said):
    return {"montant": amount, "dateNotificationModification": day} | said


@pytest.mark.parametrize(
    "modifications",
    [
        [{"modification": modified(60000, "2024-09-01")}, {"modification": modified(70000, "2025-01-01")}],
        [modified(70000, "2025-01-01"), modified(60000, "2024-09-01")],
        {"modification": [modified(60000, "2024-09-01"), modified(70000, "2025-01-01")]},
        [modified(70000, "2025-01-01"), modified(None, "2025-06-01", dureeMois=24)],
        [{"montant": 60000}, {"montant": 70000}],
        [{"montant": "70 000,00 €", "dateSignatureModification": "2025-01-01"}, 7, None, "x"],
    ],
)
def test_the_amount_of_the_last_modification_counts(modifications):
    [suggestion] = read([contract(modifications=modifications)]).suggestions.values()

    assert (int(suggestion.amount), str(suggestion.first_amount)) == (70000, "57500.50")
    assert suggestion.duration_months in {12, 24}


@pytest.mark.parametrize("modifications", [None, [], "x", 7, [[]], [modified("beaucoup", "hier")]])
def test_modifications_that_say_nothing_change_nothing(modifications):
    [suggestion] = read([contract(modifications=modifications)]).suggestions.values()

    assert str(suggestion.amount) == "57500.50"


def test_a_contract_published_again_with_its_modification_takes_its_place():
    changed = contract(modifications=[modified(70000, "2025-01-01")])

    for contracts in ([contract(), changed], [changed, contract()], [contract(), changed, contract()]):
        assert lots(*contracts) == [("2024-17", 1, "Formation des agents d’accueil", 70000)]


@pytest.mark.parametrize("unknown", [None, "", "NC", "nan", "Non renseigné"])
@pytest.mark.parametrize("name", ["dureeMois", "montant", "codeCPV", "procedure", "lieuExecution"])
def test_what_the_file_does_not_know_is_left_empty(name, unknown):
    reading = read([contract(**{name: unknown})])

    assert reading.dropped == []
    assert reading.warnings == [] or name == "lieuExecution"
    assert len(reading.suggestions) == 1


@pytest.mark.parametrize("written", ["2024-05-15", "2024-05-15T00:00:00Z", "2024-05-15+02:00", " 2024-05-15 "])
def test_a_day_is_read_with_whatever_follows_it(written):
    [suggestion] = read([contract(dateNotification=written)]).suggestions.values()

    assert str(suggestion.notified_on) == "2024-05-15"


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"id": None}, "id", "il manque."),
        ({"id": "x" * 61}, "id", "cet identifiant compte 61 caractères : 60 au plus."),
        ({"id": {"a": 1}}, "id", "il manque."),
        ({"id": "\u200b"}, "id", "il manque."),
        ({"acheteur": None}, "acheteur.id", "il manque."),
        ({"acheteur": "x"}, "acheteur.id", "il manque."),
        ({"acheteur": {"id": "123"}}, "acheteur.id", "« 123 » n’est pas un SIRET de 14 chiffres."),
        ({"acheteur": {"id": [1]}}, "acheteur.id", "« [1] » n’est pas un SIRET de 14 chiffres."),
        ({"dateNotification": None}, "dateNotification", "elle manque."),
        ({"dateNotification": "15/05/2024"}, "dateNotification", "« 15/05/2024 » n’est pas une date AAAA-MM-JJ."),
        ({"dateNotification": "2024-02-31"}, "dateNotification", "« 2024-02-31 » n’est pas une date AAAA-MM-JJ."),
        ({"dateNotification": "0024-02-01"}, "dateNotification", "l’année 24 n’est pas vraisemblable."),
        ({"dateNotification": 20240515}, "dateNotification", "« 20240515 » n’est pas une date AAAA-MM-JJ."),
    ],
)
def test_a_contract_that_nothing_tells_from_others_is_dropped_and_listed_alone(changed, field, why):
    reading = read([contract(**changed), contract(id="autre")])

    assert told(reading.dropped) == [(field, why)]
    assert [one.contract_id for one in reading.suggestions.values()] == ["autre"]


@pytest.mark.parametrize(
    ("changed", "column", "value", "field", "why"),
    [
        ({"objet": ""}, "subject", "Objet non renseigné", "objet", "il manque."),
        ({"objet": True}, "subject", "Objet non renseigné", "objet", "ce n’est pas un texte : laissé vide."),
        ({"objet": "x" * 1001}, "subject", "x" * 999 + "…", "objet", "ce texte compte 1001 caractères : coupé à 1000."),
        ({"objet": "a\0b"}, "subject", "ab", "objet", "des signes illisibles ont été remplacés ou retirés."),
        ({"objet": "a\ud800b"}, "subject", "ab", "objet", "des signes illisibles ont été remplacés ou retirés."),
        ({"objet": "l\x92eau"}, "subject", "l’eau", "objet", "des signes illisibles ont été remplacés ou retirés."),
        ({"objet": "l\u200beau"}, "subject", "leau", "objet", "des signes illisibles ont été remplacés ou retirés."),
        ({"codeCPV": "9310000"}, "cpv_code", "09310000", "codeCPV", "« 9310000 » est lu 09310000."),
        ({"codeCPV": 3111000}, "cpv_code", "03111000", "codeCPV", "« 3111000 » est lu 03111000."),
        ({"codeCPV": "805"}, "cpv_code", "80500000", "codeCPV", "« 805 » est lu 80500000."),
        ({"codeCPV": "٨٠٥٠٠٠٠٠"}, "cpv_code", "", "codeCPV", "« ٨٠٥٠٠٠٠٠ » n’est pas un code CPV : laissé vide."),
        ({"codeCPV": [1]}, "cpv_code", "", "codeCPV", "« [1] » n’est pas un code CPV : laissé vide."),
        ({"montant": float("nan")}, "amount", None, "montant", "« constante NaN » n’est pas un nombre : laissé vide."),
        ({"montant": 1e17}, "amount", None, "montant", "« 1E+17 » n’est pas un montant vraisemblable : laissé vide."),
        ({"montant": -1}, "amount", None, "montant", "« -1 » n’est pas un montant vraisemblable : laissé vide."),
        ({"montant": "beaucoup"}, "amount", None, "montant", "« beaucoup » n’est pas un nombre : laissé vide."),
        ({"montant": True}, "amount", None, "montant", "« True » n’est pas un nombre : laissé vide."),
        ({"montant": [1]}, "amount", None, "montant", "« [1] » n’est pas un nombre : laissé vide."),
        ({"dureeMois": 12.5}, "duration_months", 13, "dureeMois", "« 12.5 » mois sont arrondis à 13."),
        (
            {"dureeMois": 1e300},
            "duration_months",
            None,
            "dureeMois",
            "« 1E+300 » n’est pas un nombre de mois, de 0 à 600 : laissé vide.",
        ),
        ({"procedure": ["x"]}, "procedure", "", "procedure", "ce n’est pas un texte : laissé vide."),
        (
            {"procedure": "y" * 101},
            "procedure",
            "y" * 99 + "…",
            "procedure",
            "ce texte compte 101 caractères : coupé à 100.",
        ),
        (
            {"lieuExecution": []},
            "place_code",
            "",
            "lieuExecution.code",
            "ce n’est pas à sa place dans un objet JSON : laissé vide.",
        ),
    ],
)
def test_an_odd_field_is_emptied_cut_or_cleaned_with_a_warning(changed, column, value, field, why):
    reading = read([contract(**changed)])

    [suggestion] = reading.suggestions.values()
    assert getattr(suggestion, column) == value
    assert told(reading.warnings) == [(field, why)]
    assert reading.dropped == []


@pytest.mark.parametrize("written", ["57 500,50", "57500.5", "57\u202f500,50 €", 57500.5])
def test_an_amount_is_read_as_people_write_it(written):
    [suggestion] = read([contract(montant=written)]).suggestions.values()

    assert str(suggestion.amount) == "57500.50"


def test_a_number_of_a_million_digits_is_not_a_number():
    content = json.dumps([contract(montant="ICI")]).replace('"ICI"', "9" * 1_000_000)

    [problem] = read(content).warnings

    assert problem.field == "montant"
    assert len(str(problem)) < 120


def test_rows_are_counted_from_one_and_what_is_not_a_contract_is_told():
    reading = read([contract(), 7, contract(id=None)])

    assert [(p.row, p.field) for p in reading.dropped] == [(2, "marché"), (3, "id")]
    assert len(reading.suggestions) == 1


def test_what_is_told_is_no_more_than_a_page_can_hold():
    reading = read([1] * 5000 + [contract()])

    assert (len(reading.dropped), reading.dropped_count, len(reading.suggestions)) == (decp.MOST_PROBLEMS, 5000, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "n’est pas une liste de marchés"),
        ("{}", "n’est pas une liste de marchés"),
        ('{"autre": [1]}', "n’est pas une liste de marchés"),
        ("null", "n’est pas du JSON valide"),
        ("<html>", "n’est pas du JSON valide"),
        ("[{]", "n’est pas du JSON valide"),
        ('[{"a": 1} {"a": 2}]', 'après le marché n° 1, ce fichier n’est pas du JSON valide, vers « {"a": 2}] »'),
        ('[{"a": 1}', "après le marché n° 1, ce fichier s’arrête avant la fin."),
        ('[{"a": 1}] suite', "n’est pas du JSON valide"),
        ('{"marches": {"marche"', "s’arrête avant la fin"),
        ("{7: 1}", "n’est pas du JSON valide"),
        (b"\xff\xfe[\0]\0", "n’est pas un texte en UTF-8"),
        (b'["caf\xe9"]', "n’est pas un texte en UTF-8"),
        ("[" * 100_000, "imbrique trop de niveaux"),
        ('{"a":' * 100_000, "imbrique trop de niveaux"),
        ('["' + "x" * 5_000_000 + '"]', "contient une valeur trop longue"),
    ],
)
def test_a_file_that_is_not_one_is_told_in_a_sentence(content, sentence):
    with pytest.raises(decp.UnreadableFileError) as refusal:
        read(content)

    assert sentence in str(refusal.value).replace("\N{NO-BREAK SPACE}", " ")


def test_a_value_cut_anywhere_by_the_reading_is_whole(monkeypatch):
    monkeypatch.setattr("directory.references.decp.json_stream.CHUNK", 7)

    [suggestion] = read(
        {"n": 123456789, "marches": [contract(objet="Été à Sète, « dix » ateliers")]}
    ).suggestions.values()

    assert suggestion.subject == "Été à Sète, « dix » ateliers"


def test_a_large_file_is_read_without_being_held():
    row = json.dumps(contract(titulaires=[OTHER])).encode() + b","
    file = BytesIO(b"[" + row * 20_000 + json.dumps(contract()).encode() + b"]")
    passed = []
    tracemalloc.start()

    reading = decp.read(file, siren=SIREN, source="x", progress=passed.append)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (reading.rows, len(reading.suggestions)) == (20_001, 1)
    assert sum(passed) == len(file.getvalue())
    assert peak < 8 * CHUNK < len(file.getvalue())
