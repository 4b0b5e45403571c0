"""What someone agreed to on paper, recorded with its scan; and a consent taken back at their asking."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import slugify

from crealead.words import day, of
from directory.decisions import Refused
from directory.forms.files import made_anew
from directory.models import Consent, ConsentText
from directory.models.files import PROOF_LIMITS
from directory.my_space import actions
from directory.rights import consents_kept_by, fiches_followed_by

from .files import serve_proof


class TextChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, text):
        return f"celles du {day(text.since)}"


class PaperConsentForm(forms.Form):
    item = forms.ChoiceField(
        label="Ce qui est accepté",
        choices=[("", "Choisissez"), *Consent.Item.choices],
        error_messages={"required": "Dites ce que la personne accepte."},
    )
    text = TextChoiceField(
        ConsentText.objects.order_by("-since", "-pk"),
        label="Les phrases que le papier porte",
        to_field_name="version",
        empty_label=None,
        error_messages={"required": "Dites quelles phrases le papier porte."},
    )
    signed_on = forms.DateField(
        label="Signé le",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Dites quel jour le papier fut signé."},
    )
    scan = forms.FileField(
        label="Le papier, numérisé",
        help_text=f"{PROOF_LIMITS} Jamais publié. Ce que le fichier dit de son auteur ou d’un lieu n’est pas gardé.",
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": "Sans le papier signé, seule la personne donne cet accord, dans son espace."},
    )

    def clean_scan(self):
        return made_anew(self.cleaned_data["scan"])


class ConsentPages:
    """Mixin of the admin of fiches: for those who follow the fiche; for the others these pages don't exist."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/accord-sur-papier/", view(self.paper_view), name="directory_coentrepreneur_paper_consent"),
            path("accord/<int:pk>/papier/", view(self.scan_view), name="directory_consent_scan"),
            path("accord/<int:pk>/retrait/", view(self.withdrawal_view), name="directory_consent_withdraw"),
            *super().get_urls(),
        ]

    def paper_view(self, request, pk):
        fiche = self._fiche_or_404(request, fiches_followed_by(request.user), pk=pk)
        form = PaperConsentForm(*([request.POST, request.FILES] if request.method == "POST" else []))
        if form.is_valid():
            data = form.cleaned_data
            try:
                consent = actions.record_paper_consent(
                    co_entrepreneur_pk=fiche.pk,
                    by=request.user,
                    item=data["item"],
                    text_version=data["text"].version,
                    signed_on=data["signed_on"],
                    scan=data["scan"],
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                told = f"Accord noté : {consent.get_item_display().lower()}. Un courriel le dit à {fiche.email}."
                self.message_user(request, told)
                return HttpResponseRedirect(_fiche_url(fiche))
        context = {
            "title": f"Accord sur papier {of(fiche.name)}",
            "form": form,
            "fiche": fiche,
            "texts": [
                (text, [(label, text.sentence(item)) for item, label in Consent.Item.choices if item in text.words])
                for text in form.fields["text"].queryset
            ],
        }
        return self._consent_page(request, "paper_consent", context)

    def withdrawal_view(self, request, pk):
        consent = self._fiche_or_404(request, consents_kept_by(request.user).active(), pk=pk)
        if request.method == "POST":
            actions.withdraw_consent_for(consent_pk=pk, by=request.user)
            fiche = consent.co_entrepreneur
            told = f"Accord retiré : {consent.get_item_display().lower()}. Un courriel le dit à {fiche.email}."
            self.message_user(request, told)
            return HttpResponseRedirect(_fiche_url(fiche))
        text = ConsentText.objects.get(version=consent.text_version)
        context = {
            "title": f"Retirer un accord {of(consent.co_entrepreneur.name)}",
            "consent": consent,
            "sentence": text.sentence(consent.item),
        }
        return self._consent_page(request, "consent_withdrawal", context)

    def scan_view(self, request, pk):
        consent = self._fiche_or_404(request, consents_kept_by(request.user), pk=pk)
        return serve_proof(consent.scan, slugify(f"accord {consent.item} {consent.co_entrepreneur.name}"))

    def _fiche_or_404(self, request, rows, **keys):
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(rows, **keys)

    def _consent_page(self, request, template, context):
        return TemplateResponse(
            request,
            f"admin/directory/coentrepreneur/{template}.html",
            self.admin_site.each_context(request) | {"opts": self.opts} | context,
        )


def _fiche_url(fiche):
    return reverse("admin:directory_coentrepreneur_change", args=[fiche.pk])
