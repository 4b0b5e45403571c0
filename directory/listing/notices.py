"""Telling a person that a fiche was made for them: what is held, and how to come in. Once, now or later."""

from django.db import transaction
from django.utils import timezone

from directory.decisions import check_own
from directory.models import CoEntrepreneur, FicheNotice
from directory.rights import follows

from . import emails


def tell_later(fiche):
    """Remember that the person is still to be told."""
    FicheNotice.objects.get_or_create(co_entrepreneur=fiche)


@transaction.atomic
def tell(*, co_entrepreneur_pk, by):
    """Tell the person, unless they were told already.

    Returns:
        bool: whether a mail leaves.

    Raises:
        NotYours: see `directory.decisions`.
    """
    fiche = CoEntrepreneur.objects.select_related("referent__user").get(pk=co_entrepreneur_pk)
    check_own("Cette fiche", may=follows(by, fiche))
    FicheNotice.objects.get_or_create(co_entrepreneur=fiche)
    notice = FicheNotice.objects.select_for_update().get(co_entrepreneur=fiche)
    if notice.sent_at or fiche.is_departed:
        return False
    notice.sent_at, notice.sent_by = timezone.now(), by
    notice.save()
    emails.tell_made(fiche)
    return True
