"""The pages on which a person of the team decides: one for each row that waits, the same way for all."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from crealead.words import moment
from directory.decisions import AlreadyDecided, Incomplete, Stale

from .corrections import error_lines


class DecisionForm(forms.Form):
    """What becomes of a row: the button that was pressed, and what goes with it.

    Attributes:
        row: what waits, a `models.decision.Decided`.
        by: who decides.
    """

    def __init__(self, data=None, *, row, by, initial=None):
        super().__init__(data, initial=initial)
        self.row, self.by = row, by

    def apply(self):
        """Do what the button says.

        Returns:
            str: the sentence to show.

        Raises:
            NotYours, AlreadyDecided, Incomplete, Stale: see `directory.decisions`.
        """
        raise NotImplementedError

    def tell(self, refusal):
        """Say why nothing was decided; what was typed stays."""
        for lack in refusal.missing:
            self.add_error(None, f"Il manque {lack}.")

    def lines(self):
        """See `error_lines`."""
        return error_lines(self)


def decision_field(choices):
    """The button that was pressed; it has no place of its own on the page."""
    told = "Choisissez l’un des boutons de cette page."
    return forms.ChoiceField(
        choices=choices, widget=forms.HiddenInput, error_messages={"required": told, "invalid_choice": told}
    )


def comment_field(label, help_text):
    return forms.CharField(
        label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text=help_text
    )


class DecisionPage:
    """Mixin of a ModelAdmin whose rows are `Decided`: each is read, and decided, on one page.

    Its template is « admin/directory/MODEL/decision.html ».

    Attributes:
        decision_form: a `DecisionForm`.
        rows_decided_by: the rows that an account decides on, a rule of `directory.rights` as a static method.
        read_with: the relations that the page reads.
        gone: what is told of a row that one doesn't decide on, be it another's or none.
        tells_age: whether the page says for how long the row has waited.
    """

    decision_form = DecisionForm
    rows_decided_by = None
    gone = ""
    read_with = []
    tells_age = True

    # --- What each says of its own ----------------------------------------------------------------------------------

    def page_title(self, row):
        raise NotImplementedError

    def facts(self, row):
        """What is said first of the row: a list of (label, text or safe HTML)."""
        raise NotImplementedError

    def outcome(self, row):
        """What became of it, once it no longer waits: sentences."""
        if row.decided_at is None:
            return [f"{row.get_state_display()}."]
        who = f" par {row.decider}" if row.decided_by else ""
        return [f"{row.get_state_display()} le {moment(row.decided_at)}{who}."]

    def page_content(self, row, form):
        """What its template reads beside: names and values.

        `comment` goes with the outcome; `said`, pairs of a title and words, comes after it.
        """
        return {}

    def url_after(self, request):
        """Where one goes once it is decided: its own page, which says so."""
        return request.path

    # --- The list ---------------------------------------------------------------------------------------------------

    @admin.display(description="état", ordering="state")
    def state_shown(self, row):
        label = row.get_state_display()
        if not row.is_awaiting:
            return label
        waited = age(row.waiting_days, today="depuis aujourd’hui")
        if row.is_late:
            return format_html('{}, attend {}, <strong class="late">en retard</strong>', label, waited)
        return format_html('<span class="waiting">{}</span>, attend {}', label, waited)

    # --- The page ---------------------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(self.decision_view)
        return [path("<int:pk>/decision/", view, name=self._url_name), *super().get_urls()]

    @property
    def _url_name(self):
        return f"{self.opts.app_label}_{self.opts.model_name}_decide"

    def decision_url(self, pk):
        return reverse(f"admin:{self._url_name}", args=[pk])

    def decidable(self, request, pk):
        """The row, for those who decide on it; for the others it doesn't exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.rows_decided_by(request.user).select_related(*self.read_with, "decided_by__referent")
        return get_object_or_404(rows, pk=pk)

    def decision_view(self, request, pk):
        """Read and decide; who was mailed of a row that is another's since, or gone, is led to what awaits them.

        They are told the same of both, and so is who has no role: nobody learns here that a row exists.
        """
        try:
            return self._decision_view(request, pk)
        except (Http404, PermissionDenied, self.model.DoesNotExist):
            self.message_user(request, self.gone, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:index"))

    def _decision_view(self, request, pk):
        row = self.decidable(request, pk)
        form = self.decision_form(request.POST if request.method == "POST" else None, row=row, by=request.user)
        if form.is_valid():
            try:
                self.message_user(request, form.apply(), messages.SUCCESS)
            except AlreadyDecided as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
                return HttpResponseRedirect(request.path)
            except (Incomplete, Stale) as refusal:
                form.tell(refusal)
                row = self.decidable(request, pk)
            else:
                return HttpResponseRedirect(self.url_after(request))
        return self._decision_page(request, row, form)

    def _decision_page(self, request, row, form):
        awaiting = row.is_awaiting
        return TemplateResponse(
            request,
            f"admin/directory/{self.opts.model_name}/decision.html",
            self.admin_site.each_context(request)
            | {
                "title": self.page_title(row),
                "opts": self.opts,
                "form": form,
                "errors": form.lines(),
                "state": row.get_state_display(),
                "awaiting": awaiting,
                "waited": age(row.waiting_days, today="depuis aujourd’hui") if awaiting and self.tells_age else "",
                "late": row.is_late,
                "facts": self.facts(row),
                "outcome": [] if awaiting else self.outcome(row),
                "comment": "",
                "said": [],
                "deciding": awaiting,
            }
            | self.page_content(row, form),
        )


class OnlyDecided(DecisionPage):
    """The same, when there is nothing else to do with a row: every address of it leads to its decision."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not (object_id.isascii() and object_id.isdecimal()):
            raise Http404
        return HttpResponseRedirect(self.decision_url(object_id))

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)


def age(days, *, today="aujourd’hui"):
    """How long ago, as it is read: « aujourd’hui », « depuis 9 jours »."""
    if days == 0:
        return today
    return "depuis hier" if days == 1 else f"depuis {days} jours"


def fiche_link(fiche, where="dans le catalogue"):
    """A fiche as a decision page names it, and whether it is in the catalogue."""
    link = format_html('<a href="{}">{}</a>', reverse("admin:directory_coentrepreneur_change", args=[fiche.pk]), fiche)
    if not fiche.is_published:
        return format_html("{}, pas {}", link, where)
    return format_html('{}, <a href="{}">{}</a>', link, fiche.get_absolute_url(), where)


def word_to_referent(row):
    """What its author said to their référent, as `page_content` tells it."""
    return [("Mot au référent", row.word_to_referent)] if row.word_to_referent else []
