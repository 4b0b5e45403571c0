from django.contrib import admin

from directory.models import GroupRecipient
from directory.rights import group_messages_read_by

from .roles import ForRoles, OnlyTheirs, ReadOnly


@admin.register(GroupRecipient)
class GroupRecipientAdmin(OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """What public buyers wrote to several, as each got it: a référent reads what came to those they follow."""

    rows = staticmethod(group_messages_read_by)
    list_display = ["sent_at", "organisation", "subject", "co_entrepreneur", "answer"]
    list_display_links = ["sent_at", "organisation"]
    list_select_related = ["co_entrepreneur", "message"]
    date_hierarchy = "sent_at"
    search_fields = ["message__organisation__unaccent", "message__email", "co_entrepreneur__last_name__unaccent"]
    ordering = ["-sent_at", "pk"]
    fields = readonly_fields = [
        *("co_entrepreneur", "sent_at", "organisation", "author", "email", "subject", "text", "place", "answer_by"),
        *("opened_at", "reminded_at", "answer", "reason", "word", "answered_at"),
    ]

    @admin.display(description="organisme")
    def organisation(self, row):
        return row.message.organisation

    @admin.display(description="nom")
    def author(self, row):
        return row.message.name

    @admin.display(description="adresse de réponse")
    def email(self, row):
        return row.message.email

    @admin.display(description="objet")
    def subject(self, row):
        return row.message.subject

    @admin.display(description="message")
    def text(self, row):
        return row.message.message

    @admin.display(description="lieu")
    def place(self, row):
        return row.message.place

    @admin.display(description="réponse attendue le")
    def answer_by(self, row):
        return row.message.answer_by
