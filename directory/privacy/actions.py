"""What other rooms ask of this one."""

from . import objections, records
from .erasure import Report, erase
from .export import KEEPERS_OWN, Files, read, told, told_of
from .map import ENTRIES
from .page import filled
from .person import lines_of
from .typed import tells_of_someone
from .vocabulary import Person, Sought

__all__ = [
    "ENTRIES",
    "KEEPERS_OWN",
    "Files",
    "Person",
    "Report",
    "Sought",
    "erase",
    "filled",
    "lines_of",
    "objections",
    "read",
    "records",
    "tells_of_someone",
    "told",
    "told_of",
]
