"""What happens to the sections of a memo. Whoever calls these may change the consultation."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from directory.models import Consultation, MemoPart, SectionKind

from .known import known_of
from .text import fill

# A section as it came from its trame; saved once, it is its team's.
UNTOUCHED = 1


@transaction.atomic
def start_memo(consultation, trame):
    """Copy the sections of a trame into the memo of a consultation.

    When the memo has begun, what was written is kept: it takes the place of the section of the same kind, or goes to
    the end. Sections that nobody touched make way.

    Returns:
        list[MemoPart]: the sections of the memo, in order.
    """
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    consultation.memo_parts.filter(version=UNTOUCHED).delete()
    kept = list(consultation.memo_parts.all())
    parts, known = [], known_of(consultation)
    for section in trame.sections.all():
        part = next((part for part in kept if part.kind == section.kind != SectionKind.OTHER), None)
        if part:
            kept.remove(part)
        else:
            body = fill(section.body, known)
            part = MemoPart(consultation=consultation, kind=section.kind, title=section.title, body=body)
        part.guidance = section.guidance
        parts.append(part)
    parts += kept
    for position, part in enumerate(parts, 1):
        part.position = position
        part.save()
    consultation.trame = trame
    consultation.save(update_fields=["trame"])
    return parts


def written_parts(consultation):
    """The sections that another trame would keep."""
    return consultation.memo_parts.filter(version__gt=UNTOUCHED)


@transaction.atomic
def add_part(*, consultation, title, kind, body):
    """Add a section at the end of the memo; it is its team's from the start."""
    _lock(consultation)
    last = consultation.memo_parts.aggregate(last=Max("position"))["last"] or 0
    return consultation.memo_parts.create(
        title=title, kind=kind, body=body, position=last + 1, version=UNTOUCHED + 1, is_written=bool(body.strip())
    )


@transaction.atomic
def move_part(*, part, step):
    """Move a section by one place, up (-1) or down (1); at either end, it stays where it is."""
    _lock(part.consultation)
    parts = list(part.consultation.memo_parts.all())
    place = parts.index(part)
    parts.insert(min(max(place + step, 0), len(parts) - 1), parts.pop(place))
    for position, moved in enumerate(parts, 1):
        MemoPart.objects.filter(pk=moved.pk).exclude(position=position).update(position=position)


@transaction.atomic
@transaction.atomic
def remove_part(*, part):
    """Take a section out of the memo; who took it out at the same instant has done it already."""
    _lock(part.consultation)
    part.delete()


def save_part(part, *, by):
    """Save what was typed of a section, by its author's name; it was locked when its version was checked."""
    known = known_of(part.consultation)
    before = MemoPart.objects.values_list("body", flat=True).get(pk=part.pk)
    part.is_written = part.is_written or fill(before, known).split() != fill(part.body, known).split()
    part.version += 1
    part.updated_by = by
    part.updated_at = timezone.now()
    part.save(update_fields=["title", "criterion", "body", "version", "updated_at", "updated_by", "is_written"])


def _lock(consultation):
    """Two persons who put the sections in order at once do it one after the other."""
    Consultation.objects.select_for_update().get(pk=consultation.pk)
