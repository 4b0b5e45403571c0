"""Rows that have an address, compared as the constraints that make it unique compare it."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower


class AddressedQuerySet(models.QuerySet):
    """Mixin of the querysets of what has an `email`."""

    def with_address(self, *emails):
        """Those of one of these addresses, whatever its case."""
        return self.alias(address=Lower("email")).filter(address__in=[Lower(Value(email)) for email in emails])
