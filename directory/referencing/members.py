"""Who an address belongs to."""

from django.db.models import Value
from django.db.models.functions import Lower

from directory.models import CoEntrepreneur, ReferencingRequest


def present_member(email):
    """The fiche of the member who has this address, whatever its case, or None; who left has none any more."""
    return (
        CoEntrepreneur.objects.present()
        .alias(address=Lower("email"))
        .filter(address=Lower(Value(email)))
        .select_related("referent")
        .first()
    )


def open_request(email):
    """The request that this address has open, or None."""
    return (
        ReferencingRequest.objects.open()
        .alias(address=Lower("email"))
        .filter(address=Lower(Value(email)))
        .select_related("referent__user", "co_entrepreneur")
        .first()
    )
