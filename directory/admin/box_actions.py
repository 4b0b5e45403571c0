"""The box of several fiches at once: a page asks why, then each is treated alone and its outcome told."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join

from directory.decisions import Incomplete, NotYours
from directory.listing import actions
from directory.listing.box import REASONS, asked_sentence, foreseen, must_agree, with_open_request
from directory.models import CoEntrepreneur
from directory.rights import follows

from .lacks import WITH_LACKS
from .suggestions import SuggestedInput

# A page that a person can still read, and a form that stays under DATA_UPLOAD_MAX_NUMBER_FIELDS.
AT_MOST = 500
# Of those who are mailed, how many a message names.
MOST_NAMED = 5


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        max_length=500,
        widget=SuggestedInput(REASONS),
        help_text="Le même pour toutes les fiches. Gardé dans l’historique de chacune.",
        error_messages={"required": "Dites pourquoi la case change."},
    )


@dataclass
class Outcomes:
    """The fiches whose box changed, and the names of the others, by what became of them."""

    done: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    not_yours: list = field(default_factory=list)
    unfollowed: list = field(default_factory=list)
    incomplete: list = field(default_factory=list)


class BoxActions:
    """Mixin of the admin of fiches."""

    actions = ["tick_box", "untick_box"]

    @admin.action(description="Cocher « client public »…", permissions=["change"])
    def tick_box(self, request, queryset):
        return self._change_boxes(request, queryset, tick=True)

    @admin.action(description="Décocher « client public »…", permissions=["change"])
    def untick_box(self, request, queryset):
        return self._change_boxes(request, queryset, tick=False)

    def _change_boxes(self, request, queryset, *, tick):
        fiches = list(queryset.select_related("referent").prefetch_related(*WITH_LACKS)[: AT_MOST + 1])
        if len(fiches) > AT_MOST:
            self.message_user(request, f"Choisissez {AT_MOST} fiches au plus à la fois.", messages.ERROR)
            return None
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not tick:
            form.fields["reason"].widget.suggestions = ()
        requesting = with_open_request(fiches) if tick else set()
        if form.is_valid():
            outcomes = self._apply(request.user, fiches, tick=tick, reason=form.cleaned_data["reason"])
            self._tell(request, outcomes, tick=tick)
            return None
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/box_confirmation.html",
            self.admin_site.each_context(request)
            | {
                "title": "Cocher « client public »" if tick else "Décocher « client public »",
                "opts": self.opts,
                "tick": tick,
                "form": form,
                "lines": [(fiche, *_foreseen(request.user, fiche, requesting, tick=tick)) for fiche in fiches],
                "action": "tick_box" if tick else "untick_box",
                "checkbox_name": ACTION_CHECKBOX_NAME,
            },
        )

    @staticmethod
    def _apply(user, fiches, *, tick, reason):
        change = actions.tick if tick else actions.untick
        outcomes = Outcomes()
        for fiche in fiches:
            if fiche.client_public == tick:
                outcomes.unchanged.append(fiche.name)
                continue
            try:
                changed = change(co_entrepreneur_pk=fiche.pk, by=user, reason=reason)
            except NotYours:
                (outcomes.not_yours if fiche.referent_id else outcomes.unfollowed).append(fiche.name)
            except Incomplete as error:
                outcomes.incomplete.append(f"{fiche.name} ({', '.join(error.missing)})")
            except CoEntrepreneur.DoesNotExist:
                # Deleted since the page was shown: there is no box left to change.
                continue
            else:
                (outcomes.done if changed.client_public == tick else outcomes.asked).append(fiche)
        return outcomes

    def _tell(self, request, outcomes, *, tick):
        verb = "cochée" if tick else "décochée"
        if outcomes.done:
            self.message_user(request, changed_sentence(outcomes.done, tick=tick), messages.SUCCESS)
        for fiche in outcomes.asked:
            self.message_user(request, f"{fiche.name} : {asked_sentence(fiche, must_agree(fiche))}", messages.WARNING)
        for names, words, level in [
            (outcomes.unchanged, f"Case déjà {verb}, rien à changer", messages.INFO),
            (outcomes.not_yours, "Refusé, fiche suivie par une autre personne", messages.ERROR),
            (outcomes.unfollowed, "Refusé, fiche que personne ne suit : suivez-la d’abord", messages.ERROR),
            (outcomes.incomplete, "Refusé, il manque quelque chose", messages.ERROR),
        ]:
            if names:
                count = "1 fiche" if len(names) == 1 else f"{len(names)} fiches"
                self.message_user(request, f"{words} ({count}) : {', '.join(names)}.", level)


def changed_sentence(fiches, *, tick):
    """What became of fiches whose box was changed: where each is read, and who was mailed."""
    names = [format_html('<a href="{}">{}</a>', fiche.get_absolute_url(), fiche.name) for fiche in fiches]
    told = ", ".join(fiche.email for fiche in fiches[:MOST_NAMED])
    if len(fiches) > MOST_NAMED:
        told = f"{told} et {len(fiches) - MOST_NAMED} autres"
    return format_html(
        "{} : {}. Un courriel est parti à {}.",
        "Au catalogue" if tick else "Plus au catalogue",
        format_html_join(", ", "{}", ((name,) for name in names)) if tick else ", ".join(f.name for f in fiches),
        told,
    )


def _foreseen(user, fiche, requesting, *, tick):
    """What would become of this fiche: a sentence, and whether its box would change."""
    if not follows(user, fiche):
        if fiche.referent_id is None:
            return "Refusée : personne ne la suit. Suivez-la d’abord.", False
        return "Refusée : suivie par une autre personne.", False
    if fiche.client_public == tick:
        return "Rien à changer.", False
    if tick and (missing := fiche.missing_for_listing()):
        return f"Refusée, il manque : {', '.join(missing)}.", False
    return foreseen(fiche, tick=tick, has_request=fiche.pk in requesting), True
