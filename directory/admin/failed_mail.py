from django.contrib import admin, messages

from crealead import mail
from crealead.words import counted
from directory.models import FailedMail

from .roles import ForAdministrators, ReadOnly


class StateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return [("abandonnes", "plus essayés"), ("essayes", "essayés de nouveau d’eux-mêmes")]

    def queryset(self, request, queryset):
        if self.value() == "abandonnes":
            return queryset.given_up()
        return queryset.exclude(job__status="failed") if self.value() == "essayes" else queryset


@admin.register(FailedMail)
class FailedMailAdmin(ReadOnly, ForAdministrators, admin.ModelAdmin):
    """The mails that could not leave. Their words aren't shown: they were written to someone else."""

    list_display = ["to", "subject", "template", "failed_at", "tried_at", "reason", "next_try"]
    list_display_links = None
    list_filter = [StateFilter]
    list_select_related = ["job"]
    search_fields = ["job__args__to"]
    ordering = ["-failed_at", "pk"]
    actions = ["send_again", "abandon"]

    @admin.display(description="destinataire")
    def to(self, failed_mail):
        return failed_mail.job.args["to"]

    @admin.display(description="objet")
    def subject(self, failed_mail):
        return failed_mail.job.args["subject"]

    @admin.display(description="modèle", empty_value="–")
    def template(self, failed_mail):
        return failed_mail.job.args.get("template")

    @admin.display(description="prochain essai", ordering="job__scheduled_at")
    def next_try(self, failed_mail):
        return "plus aucun" if failed_mail.job.status == "failed" else failed_mail.job.scheduled_at or "bientôt"

    @admin.action(description="Envoyer de nouveau")
    def send_again(self, request, queryset):
        count = mail.send_again(queryset.values_list("pk", flat=True))
        self.message_user(
            request,
            f"{counted(count, 'courriel repart', 'courriels repartent')} à l’instant. S’il échoue encore, "
            "il revient dans cette liste.",
            messages.SUCCESS,
        )

    @admin.action(description="Abandonner : ne jamais l’envoyer")
    def abandon(self, request, queryset):
        count = mail.abandon(queryset.values_list("pk", flat=True))
        self.message_user(
            request,
            f"{counted(count, 'courriel abandonné', 'courriels abandonnés')} : prévenez autrement qui l’attendait.",
            messages.SUCCESS,
        )
