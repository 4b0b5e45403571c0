from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from directory.models import CpvCode

pytestmark = pytest.mark.django_db

NEW_CODE = "03111200"
KNOWN_CODE = "80500000"

XML = """<?xml version="1.0" encoding="UTF-8"?>
<CPV_CODE>
  <CPV CODE="03111200-4">
    <TEXT LANG="EN">Groundnuts</TEXT>
    <TEXT LANG="FR">Arachides &amp; cacahuètes</TEXT>
  </CPV>
</CPV_CODE>
"""


@pytest.fixture
def run(tmp_path):
    def run(content, *options):
        file = tmp_path / "codes"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command("import_cpv", str(file), *options, stdout=out)
        return out.getvalue()

    return run


def label_of(code):
    return CpvCode.objects.values_list("label", flat=True).filter(code=code).first()


def test_codes_are_added_updated_or_left_and_counted(run):
    same = label_of("79530000")

    out = run(f'code,label\n{NEW_CODE},Arachides\n{KNOWN_CODE},Formation\n79530000,"{same}"\n')

    assert out == "1 créés, 1 mis à jour, 1 inchangés.\n"
    assert label_of(NEW_CODE) == "Arachides"
    assert label_of(KNOWN_CODE) == "Formation"


def test_no_label_has_a_straight_apostrophe():
    assert not CpvCode.objects.filter(label__contains="'").exists()
    assert CpvCode.objects.filter(label__contains="’").exists()


def test_labels_that_were_there_before_get_curved_apostrophes():
    CpvCode.objects.filter(code=KNOWN_CODE).update(label="Services d'enseignement, d'œuvres")

    import_module("directory.migrations.0027_cpv_apostrophes").typeset(apps, None)

    assert label_of(KNOWN_CODE) == "Services d’enseignement, d’œuvres"


def test_importing_twice_changes_nothing(run):
    run(f"code,label\n{NEW_CODE},Arachides\n")

    out = run(f"code,label\n{NEW_CODE},Arachides\n")

    assert out == "0 créés, 0 mis à jour, 1 inchangés.\n"


def test_codes_absent_from_the_file_stay(run):
    before = CpvCode.objects.count()

    run(f"code,label\n{NEW_CODE},Arachides\n")

    assert CpvCode.objects.count() == before + 1


def test_dry_run_counts_and_writes_nothing(run):
    out = run(f"code,label\n{NEW_CODE},Arachides\n", "--dry-run")

    assert out == "Essai, rien n’a été écrit : 1 créés, 0 mis à jour, 0 inchangés.\n"
    assert label_of(NEW_CODE) is None


@pytest.mark.parametrize(
    "content",
    [
        "code,label\n03111200,Fèves à l’ancienne\n".encode(),
        "code;label\r\n03111200;Fèves à l’ancienne\r\n".encode("utf-8-sig"),
        "code;label\r\n03111200-4;Fèves à l’ancienne\r\n".encode("cp1252"),
        'label,code\n"Fèves  à\nl’ancienne",03111200-4\n'.encode(),
        "code,label\n03111200,Fèves à l'ancienne\n".encode(),
    ],
    ids=["utf-8", "utf-8 with BOM", "cp1252 and check digit", "columns in any order, folded label", "as published"],
)
def test_csv_is_read_as_spreadsheets_write_it(run, content):
    run(content)

    assert label_of(NEW_CODE) == "Fèves à l’ancienne"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("3111200,Arachides", "ligne 2 : « 3111200 » n’est pas un code CPV de 8 chiffres."),
        ("03111200-45,Arachides", "ligne 2 : « 03111200-45 » n’est pas un code CPV de 8 chiffres."),
        ("٠٣١١١٢٠٠,Arachides", "ligne 2 : « ٠٣١١١٢٠٠ » n’est pas un code CPV de 8 chiffres."),
        ("03111200,", "ligne 2 : le code 03111200 n’a pas de libellé français."),
        ("03111200", "ligne 2 : le code 03111200 n’a pas de libellé français."),
        ("03111200,Arachides\n03111200-4,Cacahuètes", "ligne 3 : le code 03111200 est déjà à la ligne 2."),
        (f"03111200,{'a' * 301}", "ligne 2 : le libellé du code 03111200 est trop long ou illisible."),
        ("03111200,Ara\0chides", "ligne 2 : le libellé du code 03111200 est trop long ou illisible."),
    ],
)
def test_a_wrong_line_is_told_and_nothing_is_imported(run, lines, message):
    with pytest.raises(CommandError) as refusal:
        run(f"code,label\n{lines}\n79990000,Divers\n")

    assert str(refusal.value) == f"Rien n’a été importé.\n{message}"
    assert label_of("79990000") == "Services divers aux entreprises"


def test_the_list_of_errors_is_cut(run):
    lines = "\n".join(f"{number},Code" for number in range(50))

    with pytest.raises(CommandError, match=r"… et 30 autres\.$"):
        run(f"code,label\n{lines}\n")


@pytest.mark.parametrize("content", ["", "code,label\n"])
def test_a_file_without_code_is_refused(run, content):
    with pytest.raises(CommandError, match="Rien n’a été importé"):
        run(content)


def test_missing_columns_are_named(run):
    with pytest.raises(CommandError, match="« code » et « label »"):
        run("cpv,intitulé\n03111200,Arachides\n")


def test_french_label_is_read_from_the_official_xml(run):
    out = run(XML)

    assert out == "1 créés, 0 mis à jour, 0 inchangés.\n"
    assert label_of(NEW_CODE) == "Arachides & cacahuètes"


def test_xml_without_french_label_is_told_by_its_line(run):
    with pytest.raises(CommandError, match="ligne 3 : le code 03111200 n’a pas de libellé français"):
        run(XML.replace('LANG="FR"', 'LANG="ES"'))


def test_supplementary_vocabulary_is_refused(run):
    with pytest.raises(CommandError, match="vocabulaire supplémentaire"):
        run('<CPV_SUPPLEMENT><CPV CODE="AA01-1"><TEXT LANG="FR">Métal</TEXT></CPV></CPV_SUPPLEMENT>')


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<html></html>", "la racine de ce XML est html"),
        ("<CPV_CODE><CPV>", "ligne 1, XML illisible"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CPV_CODE>&b;</CPV_CODE>', "déclare un DOCTYPE"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CPV_CODE>&a;</CPV_CODE>', "déclare un DOCTYPE"),
    ],
    ids=["another root", "cut short", "entity bomb", "outside file"],
)
def test_other_xml_is_refused(run, content, message):
    with pytest.raises(CommandError, match=message):
        run(content)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("import_cpv", str(tmp_path / "absent.csv"))
