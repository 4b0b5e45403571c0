from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils.html import format_html

from crealead import mail
from crealead.words import counted
from directory.models import FailedMail

from .decisions import moment
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

    list_display = ["to", "written", "since", "why"]
    list_display_links = None
    list_filter = [StateFilter]
    list_select_related = ["job"]
    search_fields = ["job__args__to"]
    ordering = ["-failed_at", "pk"]
    actions = ["send_again", "abandon"]

    @admin.display(description="destinataire")
    def to(self, failed_mail):
        return failed_mail.job.args["to"]

    @admin.display(description="courriel")
    def written(self, failed_mail):
        return failed_mail.job.args["subject"]

    @admin.display(description="en échec depuis", ordering="failed_at")
    def since(self, failed_mail):
        return moment(failed_mail.failed_at)

    @admin.display(description="pourquoi")
    def why(self, failed_mail):
        """What was said at the last try, and when the next one is."""
        job, last = failed_mail.job, moment(failed_mail.tried_at)
        if job.status == "failed":
            then = f"Dernier essai le {last} : plus aucun ne suivra."
        elif job.scheduled_at:
            then = f"Dernier essai le {last}, le prochain le {moment(job.scheduled_at)}."
        else:
            then = f"Dernier essai le {last}, le prochain bientôt."
        return format_html("{}<br><small>{}</small>", failed_mail.reason, then)

    @admin.action(description="Envoyer de nouveau")
    def send_again(self, request, queryset):
        count = mail.send_again(queryset.values_list("pk", flat=True))
        self.message_user(
            request,
            f"{counted(count, 'courriel repart', 'courriels repartent')} à l’instant. S’il échoue encore, "
            "il revient dans cette liste.",
            messages.SUCCESS,
        )

    @admin.action(description="Abandonner… : ne jamais l’envoyer")
    def abandon(self, request, queryset):
        """Say who won't be told what, then give up: nothing brings a mail back."""
        if "confirmed" not in request.POST:
            return TemplateResponse(
                request,
                "admin/directory/failedmail/abandon.html",
                self.admin_site.each_context(request)
                | {
                    "title": "Abandonner des courriels",
                    "opts": self.opts,
                    "failed_mails": [(row.pk, row.job.args["to"], row.job.args["subject"]) for row in queryset],
                    "checkbox_name": ACTION_CHECKBOX_NAME,
                },
            )
        count = mail.abandon(queryset.values_list("pk", flat=True))
        self.message_user(
            request,
            f"{counted(count, 'courriel abandonné', 'courriels abandonnés')} : prévenez autrement qui l’attendait.",
            messages.SUCCESS,
        )
        return None
