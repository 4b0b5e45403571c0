"""The kinds of files that a table leaves in: what writes it, and its content type."""

from .csv_file import csv_pieces
from .ods_file import ODS, ods_pieces
from .xlsx_file import xlsx_pieces

KINDS = {
    "csv": (csv_pieces, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_pieces, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (ods_pieces, ODS),
}
