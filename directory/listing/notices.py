"""Telling a person that a fiche was made for them: what is held, from where, and how to oppose it. Once."""

from django.db import transaction
from django.utils import timezone

from directory.decisions import check_own
from directory.models import CoEntrepreneur, FicheNotice
from directory.rights import follows

from . import emails


@transaction.atomic
def tell(*, co_entrepreneur_pk, by):
    """Tell the person, unless they were told already; of one without an address, their référent is.

    Nobody, `by=None`, is the daily job, for what still waits of former imports.

    Returns:
        bool: whether a mail leaves.

    Raises:
        NotYours: see `directory.decisions`.
    """
    fiche = CoEntrepreneur.objects.select_related("referent__user").get(pk=co_entrepreneur_pk)
    check_own("Cette fiche", may=by is None or follows(by, fiche))
    FicheNotice.objects.get_or_create(co_entrepreneur=fiche)
    notice = FicheNotice.objects.select_for_update().get(co_entrepreneur=fiche)
    if notice.sent_at or fiche.is_departed:
        return False
    notice.sent_at, notice.sent_by = timezone.now(), by
    if not fiche.email:
        emails.tell_without_address(fiche)
        return False
    notice.save()
    emails.tell_made(fiche, notice)
    return True
