"""What buyers marked well of former memos, for whoever writes a section of the same kind."""

from django.db.models import Q

from directory.models import SectionKind
from directory.tenders import library

# Share of the marks from which a section is one to read again.
WELL = 0.7
MOST_PROPOSED = 3


def proposals(viewer, part):
    """Sections that this person may read, of the same kind or for a criterion that looks like it, best marked first.

    Returns:
        list[MemoPart]: with `share`, from 0 to 1.
    """
    alike = Q(pk__in=[])
    if part.kind != SectionKind.OTHER:
        alike |= Q(kind=part.kind)
    if part.criterion.strip():
        alike |= Q(criterion__unaccent__trigram_similar=part.criterion)
    found = library.parts(viewer).filter(alike, share__gte=WELL).exclude(consultation=part.consultation_id)
    return list(found[:MOST_PROPOSED])
