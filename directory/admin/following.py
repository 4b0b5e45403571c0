"""Who follows a fiche: taken by a référent when nobody does, handed over by an administrator."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator

from crealead.words import counted
from directory.accounts import actions
from directory.accounts.emails import people_told
from directory.accounts.waiting import waiting_on
from directory.decisions import NotYours, Refused
from directory.models import CoEntrepreneur, Referent
from directory.rights import follows, hands_over, has_role, may_take

from .confirmation import confirmed_first

# A page that a person can still read, and a form that stays under DATA_UPLOAD_MAX_NUMBER_FIELDS.
AT_MOST = 500


class HandOverForm(forms.Form):
    referent = forms.ModelChoiceField(
        Referent.objects.active(),
        label="Confier à",
        empty_label="Choisissez",
        error_messages={"required": "Choisissez à qui ces fiches sont confiées."},
    )


class Following:
    """Mixin of the admin of fiches."""

    actions = ["take_on", "hand_over"]

    def has_take_permission(self, request):
        return has_role(request.user) and getattr(request.user, "referent", None) is not None

    def has_hand_over_permission(self, request):
        return hands_over(request.user)

    # --- A fiche that nobody follows --------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(self.take_view)
        return [path("<int:pk>/suivre/", view, name="directory_coentrepreneur_take"), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Say why the fiche can only be read, and let it be taken when nobody follows it."""
        theirs = obj is None or follows(request.user, obj)
        context |= {
            "followed_by": None if theirs else obj.referent,
            "may_take": not theirs and may_take(request.user, obj),
            "followed_pk": obj.pk if theirs and obj else None,
            # Who follows it has the stock link.
            "public_url": None if theirs else self.view_on_site(obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def take_view(self, request, pk):
        if not self.has_take_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        fiche = get_object_or_404(self.get_queryset(request), pk=pk)
        self._take(request, [fiche])
        return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_change", args=[pk]))

    @admin.action(description="Suivre ces co-entrepreneurs (fiches sans référent)", permissions=["take"])
    def take_on(self, request, queryset):
        fiches = list(queryset[: AT_MOST + 1])
        if len(fiches) > AT_MOST:
            self.message_user(request, f"Choisissez {AT_MOST} fiches au plus à la fois.", messages.ERROR)
        else:
            self._take(request, fiches)

    def _take(self, request, fiches):
        taken = []
        for fiche in fiches:
            try:
                taken.append(actions.take_on(co_entrepreneur_pk=fiche.pk, by=request.user))
            except (Refused, NotYours) as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            except CoEntrepreneur.DoesNotExist:
                # Deleted since the page was shown.
                continue
        if taken:
            names = ", ".join(fiche.name for fiche in taken)
            self.message_user(request, f"Vous suivez désormais {names}. {_told(taken)}", messages.SUCCESS)

    # --- To another référent ----------------------------------------------------------------------------------------

    @admin.action(description="Confier à un autre référent…", permissions=["hand_over"])
    @method_decorator(confirmed_first(back="admin:directory_coentrepreneur_changelist"))
    def hand_over(self, request, queryset):
        fiches = list(queryset.select_related("referent")[: AT_MOST + 1])
        if len(fiches) > AT_MOST:
            self.message_user(request, f"Choisissez {AT_MOST} fiches au plus à la fois.", messages.ERROR)
            return None
        form = HandOverForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            try:
                self._hand_over(request, fiches, form.cleaned_data["referent"])
            except Refused as refusal:
                form.add_error("referent", str(refusal))
            else:
                return None
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/hand_over.html",
            self.admin_site.each_context(request)
            | {
                "title": "Confier à un autre référent",
                "opts": self.opts,
                "form": form,
                "lines": waiting_on(fiches),
                "told": counted(len(people_told(fiches)), "personne sera prévenue", "personnes seront prévenues"),
                "checkbox_name": ACTION_CHECKBOX_NAME,
            },
        )

    def _hand_over(self, request, fiches, referent):
        given = actions.hand_over(co_entrepreneur_pks=[fiche.pk for fiche in fiches], to=referent, by=request.user)
        if not given:
            self.message_user(request, f"Rien à changer : {referent} suit déjà ces fiches.", messages.INFO)
            return
        count = "1 fiche" if len(given) == 1 else f"{len(given)} fiches"
        names = ", ".join(fiche.name for fiche in given)
        sentence = f"{count} à {referent}, avec ce qui attendait : {names}. {_told(given)}"
        self.message_user(request, sentence, messages.SUCCESS)


def _told(fiches):
    """How many were mailed that someone follows them from now on."""
    return f"{counted(len(people_told(fiches)), 'personne prévenue', 'personnes prévenues')} par courriel."
