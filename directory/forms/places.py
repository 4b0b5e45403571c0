"""Where one works: departments, by region."""

from django.db.models import Case, Value, When

from directory.models import Department

HOME_REGION = "76"


def departments_by_region():
    """The cooperative's own region first."""
    return Department.objects.select_related("region").order_by(
        Case(When(region=HOME_REGION, then=Value(0)), default=Value(1)), "region__name__unaccent", "code"
    )
