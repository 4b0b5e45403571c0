"""Telling those for whom fiches were made: at once; from the list, those of before who weren't."""

from django.contrib import admin, messages

from directory.decisions import NotYours
from directory.listing import notices

# A page of mails that a person may still answer for.
AT_MOST = 500


class Notices:
    """Mixin of the admin of fiches."""

    actions = ["tell_people"]

    def tell_made(self, request, fiche):
        """Once a fiche is made, the person is told."""
        if notices.tell(co_entrepreneur_pk=fiche.pk, by=request.user):
            self.message_user(request, f"Un courriel prévient {fiche.name} de sa fiche ({fiche.email}).")

    @admin.action(description="Prévenir de leur fiche", permissions=["change"])
    def tell_people(self, request, queryset):
        """Each is told once; those who were, who left, or whom one doesn't follow, are left alone."""
        told, left = 0, 0
        for pk in queryset.values_list("pk", flat=True)[:AT_MOST]:
            try:
                done = notices.tell(co_entrepreneur_pk=pk, by=request.user)
            except NotYours:
                done = False
            told, left = told + done, left + (not done)
        if told:
            self.message_user(request, f"Prévenues par courriel : {told}.", messages.SUCCESS)
        if left:
            sentence = f"Laissées : {left} (déjà prévenues, parties, ou suivies par une autre personne)."
            self.message_user(request, sentence, messages.INFO)
