from django.contrib import admin, messages
from stdnum.fr import siret

from directory.models import ContractSuggestion
from directory.references.decp import actions
from directory.rights import decides_on_contracts

from .contract_suggestion_decision import ContractDecision
from .contract_suggestion_import import ContractImport
from .roles import ForRoles, ReadOnly


@admin.register(ContractSuggestion)
class ContractSuggestionAdmin(ContractImport, ContractDecision, ReadOnly, ForRoles, admin.ModelAdmin):
    """The contracts that the State's open data say are ours: a person says whose each is, or sets it aside."""

    change_list_template = "admin/directory/contractsuggestion/change_list.html"
    list_display = ["subject", "buyer", "notified_on", "amount", "holders_count", "state"]
    list_filter = ["state", "notified_on"]
    list_per_page = 50
    search_fields = ["subject__unaccent", "buyer_name__unaccent", "buyer_siret", "contract_id"]
    ordering = ["-notified_on", "pk"]
    actions = ["take_back"]

    def has_decide_permission(self, request):
        return decides_on_contracts(request.user)

    @admin.display(description="acheteur", ordering="buyer_name")
    def buyer(self, suggestion):
        return suggestion.buyer_name or siret.format(suggestion.buyer_siret, " ")

    @admin.action(description="Remettre à attribuer ceux qui ont été écartés", permissions=["decide"])
    def take_back(self, request, queryset):
        done = actions.take_back(suggestions=queryset, by=request.user)
        self.message_user(request, f"Marchés remis à attribuer : {done}.", messages.SUCCESS)
