from django.contrib import admin

from directory.models import Threshold

from .roles import ForAdministrators


@admin.register(Threshold)
class ThresholdAdmin(ForAdministrators, admin.ModelAdmin):
    """What the law sets, from a day on: the next amount is a new line, the former ones stay."""

    list_display = ["kind", "starts_on", "ends_on", "in_euros", "article"]
    list_filter = ["kind"]
    ordering = ["kind", "-starts_on", "pk"]
    fields = ["kind", ("starts_on", "ends_on"), "amount", "article", "source", "source_url"]

    @admin.display(description="montant", ordering="amount")
    def in_euros(self, threshold):
        return threshold.in_euros
