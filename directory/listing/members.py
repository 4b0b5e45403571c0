"""The request that an address has open."""

from django.db.models import Value
from django.db.models.functions import Lower

from directory.models import ListingRequest


def open_request(email):
    """The request that this address has open, or None."""
    return (
        ListingRequest.objects.open()
        .alias(address=Lower("email"))
        .filter(address=Lower(Value(email)))
        .select_related("referent__user", "co_entrepreneur")
        .first()
    )
