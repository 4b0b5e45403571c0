"""The files of a closed record: the same bytes each time."""

from datetime import datetime

from django.conf import settings

from crealead.words import counted, moment
from directory.documents import render_record
from directory.sourcing.exports.ods_file import ODS, ods_pieces
from directory.sourcing.exports.table import Column, Table, listed

from . import frozen

PDF, JSON = "application/pdf", "application/json"
COLUMNS = [
    Column("Rang", 7),
    Column("Co-entrepreneur", 18),
    Column("Marque", 18),
    Column("Sort", 10),
    Column("Motif", 20),
    Column("Précisions ou note", 28),
    Column("Accroche", 22),
    Column("Compétences", 24),
    Column("Zone d’intervention", 20),
    Column("Références", 34),
    Column("Labels", 20),
    Column("Offre", 34),
]
KEPT, ASIDE, UNSAID = "Gardée", "Écartée", "Sans motif"


def file_of(closed, kind):
    """A file of a closed record.

    Args:
        closed: a `ClosedRecord`.
        kind: `pdf`, `ods` or `json`.

    Returns:
        tuple: its bytes, its content type.
    """
    if kind == "pdf":
        return bytes(closed.pdf) or render_record(closed.data, fingerprint=closed.fingerprint), PDF
    if kind == "ods":
        return b"".join(ods_pieces(table_of(closed))), ODS
    return frozen.canonical(closed.data), JSON


def table_of(closed):
    data, need = closed.data, closed.data["need"]
    facts = [
        ("Dossier de sourçage", need["need"]),
        ("Clos le", moment(datetime.fromisoformat(data["closed_at"]))),
        ("Organisme", need["organisation"]),
        ("Codes CPV", " ; ".join(need["cpv"])),
        ("Montant estimé", need["amount"]),
        *(
            ("Recherche", f"{search['sentence']} ({search['made_at']}, {search['order']}) {_url(search)}".strip())
            for search in data["searches"]
        ),
        ("Fiches trouvées", str(data["answered"])),
        ("Parties entre-temps", str(data["gone"] or "")),
        *(
            ("Groupe écarté", f"{line['label']}, {counted(line['count'], 'fiche', 'fiches')} : {line['reason']}")
            for line in data["set_aside"]
            if line["label"]
        ),
        *(
            ("Seuil", f"{threshold['label']} : {threshold['amount']}, {threshold['article']}")
            for threshold in data["rules"]["thresholds"]
        ),
        ("Estimation", data["rules"]["estimate"]),
        ("Empreinte SHA-256", closed.fingerprint),
        (
            "Cocontractant pour tous",
            ", ".join(data["cooperative"][name] for name in ("name", "legal_form"))
            + f", SIRET {data['cooperative']['siret']}",
        ),
    ]
    return Table([fact for fact in facts if fact[1]], COLUMNS, [_rows(data)], made_at=closed.closed_at)


def _rows(data):
    rows = [
        [
            fiche["place"],
            fiche["name"],
            fiche["trade_name"],
            KEPT,
            fiche["gone"],
            fiche["note"],
            fiche["headline"],
            listed(fiche["skills"]),
            listed(fiche["zone"]),
            "\n".join(fiche["references"]),
            "\n".join(fiche["labels"]),
            fiche["offer"],
        ]
        for fiche in data["kept"]
    ]
    blank = [None] * (len(COLUMNS) - 6)
    for line in data["set_aside"]:
        motive = " : ".join(filter(None, [line["reason"], line["label"]]))
        rows += [
            [None, fiche["name"], fiche["trade_name"], ASIDE, motive, line["words"], *blank] for fiche in line["fiches"]
        ]
    unsaid = data["without_reason"]["fiches"]
    return rows + [[None, fiche["name"], fiche["trade_name"], UNSAID, None, None, *blank] for fiche in unsaid]


def _url(search):
    return settings.SITE_URL + search["address"] if search["address"] else ""
