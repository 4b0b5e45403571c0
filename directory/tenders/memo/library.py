"""What was written before and how buyers marked it, so that what scored well is found by its criterion."""

from django.db.models import Exists, F, FloatField, OuterRef, Q
from django.db.models.functions import Cast, NullIf

from directory.models import Answer, Consultation, MemoPart, SectionKind
from directory.rights import consultations_read_by

Outcome = Consultation.Outcome
# Share of the marks from which a section is one to read again.
WELL = 0.7
MOST_PROPOSED = 3


def parts(viewer, *, q="", kind=""):
    """What teams wrote in answers that won, or that was well marked in others: best marked first, then the latest.

    A text that only came from a trame isn't theirs.

    Only of consultations that this person may read: what a team writes stays with those who may read it.

    Args:
        viewer: a `directory.rights.Viewer`.
        q: words of the criterion, the title or the text; each must be found.
        kind: a `SectionKind`, or nothing for all.
    """
    marked = (
        MemoPart.objects.filter(consultation__in=consultations_read_by(viewer))
        .filter(consultation__outcome__in=[Outcome.WON, Outcome.LOST], is_written=True, body__regex=r"\S")
        .select_related("consultation__buyer")
        .annotate(
            share=Cast("score", FloatField()) / NullIf(Cast("score_out_of", FloatField()), 0.0),
            # What was written once the answer had left isn't what the buyer marked.
            is_changed_since=Exists(
                Answer.objects.filter(consultation=OuterRef("consultation"), sent_at__lt=OuterRef("updated_at"))
            ),
        )
    )
    marked = marked.filter(Q(consultation__outcome=Outcome.WON) | Q(share__gte=WELL))
    for word in q.split():
        marked = marked.filter(
            Q(criterion__unaccent__icontains=word)
            | Q(title__unaccent__icontains=word)
            | Q(body__unaccent__icontains=word)
        )
    if kind:
        marked = marked.filter(kind=kind)
    return marked.order_by(
        F("share").desc(nulls_last=True), "-consultation__outcome", "-consultation__outcome_on", "-pk"
    )


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
    alike_parts = parts(viewer).filter(alike, share__gte=WELL).exclude(consultation=part.consultation_id)
    return list(alike_parts[:MOST_PROPOSED])
