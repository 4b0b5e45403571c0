"""Import the Common Procurement Vocabulary: codes unknown so far are added, labels that changed are updated."""

import csv
import re
from io import StringIO
from pathlib import Path
from xml.parsers import expat

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from crealead.words import spaced
from directory.models import CpvCode

MAX_BYTES = 64 * 1024 * 1024
MAX_LABEL = CpvCode.label.field.max_length
SHOWN_ERRORS = 20
# Eight digits, and the check digit that published codes carry.
PUBLISHED_CODE = re.compile(r"([0-9]{8})(-[0-9])?")
LANGUAGE = "FR"


class Command(BaseCommand):
    help = (
        "Importe des codes CPV et leurs libellés français, d’un CSV « code,label » ou du XML de l’Office des "
        "publications de l’Union européenne. Les codes absents du fichier restent en place."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FICHIER", type=Path, help="le fichier CSV ou XML")
        parser.add_argument("--dry-run", action="store_true", help="vérifier et compter, sans rien écrire")

    def handle(self, *_args, file, dry_run, verbosity, **_options):
        content = _read(file)
        rows = _xml_rows(content) if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _csv_rows(content)
        labels = _checked(rows, progress=verbosity > 0)
        known = dict(CpvCode.objects.values_list("code", "label"))
        created = [code for code in labels if code not in known]
        updated = [code for code in labels if code in known and known[code] != labels[code]]
        if not dry_run:
            with transaction.atomic():
                CpvCode.objects.bulk_create(
                    (CpvCode(code=code, label=labels[code]) for code in (*created, *updated)),
                    update_conflicts=True,
                    unique_fields=["code"],
                    update_fields=["label"],
                )
        if verbosity > 0:
            unchanged = len(labels) - len(created) - len(updated)
            self.stdout.write(
                f"{'Essai, rien n’a été écrit : ' if dry_run else ''}"
                f"{len(created)} créés, {len(updated)} mis à jour, {unchanged} inchangés."
            )


def _read(file):
    try:
        if file.stat().st_size > MAX_BYTES:
            raise CommandError(f"{file} dépasse {MAX_BYTES // 1024 // 1024} Mo : ce n’est pas la liste des codes CPV.")
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"Impossible de lire {file} : {error.strerror}.") from error


def _checked(rows, *, progress):
    """The labels by code of eight digits, out of triples of line number, published code and label.

    Raises:
        CommandError: tells every line that is wrong.
    """
    labels, lines, errors = {}, {}, []
    for line, published, raw_label in tqdm(rows, desc="Codes CPV", unit="code", disable=not progress):
        code = PUBLISHED_CODE.fullmatch(published.strip())
        # Published with straight apostrophes.
        label = spaced(" ".join(raw_label.split()).replace("'", "’"))
        if code is None:
            errors.append(f"ligne {line} : « {published} » n’est pas un code CPV de 8 chiffres.")
        elif code[1] in lines:
            errors.append(f"ligne {line} : le code {code[1]} est déjà à la ligne {lines[code[1]]}.")
        elif not label:
            errors.append(f"ligne {line} : le code {code[1]} n’a pas de libellé français.")
        elif len(label) > MAX_LABEL or not label.isprintable():
            errors.append(f"ligne {line} : le libellé du code {code[1]} est trop long ou illisible.")
        else:
            labels[code[1]], lines[code[1]] = label, line
    if len(errors) > SHOWN_ERRORS:
        errors[SHOWN_ERRORS:] = [f"… et {len(errors) - SHOWN_ERRORS} autres."]
    if errors:
        raise CommandError("Rien n’a été importé.\n" + "\n".join(errors))
    if not labels:
        raise CommandError("Rien n’a été importé : ce fichier ne contient aucun code.")
    return labels


def _csv_rows(content):
    """Triples of a CSV with a header: UTF-8 or cp1252, comma or semicolon."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";" if ";" in header else ",")
    if not {"code", "label"} <= set(reader.fieldnames or ()):
        raise CommandError("Rien n’a été importé : la première ligne doit nommer les colonnes « code » et « label ».")
    try:
        return [(reader.line_num, row["code"] or "", row["label"] or "") for row in reader]
    except csv.Error as error:
        raise CommandError(f"Rien n’a été importé : ligne {reader.line_num}, CSV illisible ({error}).") from error


def _xml_rows(content):
    """Triples of `<CPV_CODE><CPV CODE="03000000-1"><TEXT LANG="FR">…</TEXT></CPV></CPV_CODE>`.

    A document type is refused before anything is expanded: that is where entity bombs and outside files hide.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _XmlReader(parser)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise CommandError(
            f"Rien n’a été importé : ligne {error.lineno}, XML illisible ({expat.ErrorString(error.code)})."
        ) from error
    return reader.rows


class _XmlReader:
    """Collects the rows while the parser goes."""

    def __init__(self, parser):
        self.rows = []
        self.parser = parser
        self.has_root = False
        self.is_french = False
        parser.StartDoctypeDeclHandler = self.refuse_document_type
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text

    def refuse_document_type(self, *_declaration):
        raise CommandError("Rien n’a été importé : ce XML déclare un DOCTYPE, ce que la liste officielle ne fait pas.")

    def start(self, name, attributes):
        if not self.has_root:
            self.has_root = True
            if name == "CPV_SUPPLEMENT":
                raise CommandError(
                    "Rien n’a été importé : ce fichier est le vocabulaire supplémentaire du CPV (racine "
                    "CPV_SUPPLEMENT). Il faut celui des codes principaux (racine CPV_CODE)."
                )
            if name != "CPV_CODE":
                raise CommandError(f"Rien n’a été importé : la racine de ce XML est {name}, et non CPV_CODE.")
        elif name == "CPV":
            self.rows.append((self.parser.CurrentLineNumber, attributes.get("CODE", ""), ""))
        elif name == "TEXT":
            self.is_french = bool(self.rows) and attributes.get("LANG") == LANGUAGE

    def end(self, name):
        if name == "TEXT":
            self.is_french = False

    def text(self, data):
        if self.is_french:
            line, code, label = self.rows[-1]
            self.rows[-1] = line, code, label + data
