"""The history of a fiche, as its triggers wrote it: who, when, what, why."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from pghistory.models import Events

from directory.changes import LISTS, Names, field_of
from directory.decisions import Actors
from directory.listing.actions import DEPARTURE
from directory.models import Certification, CoEntrepreneur, Consent, Insurance, Reference
from directory.rights import follows

from .diff import word_diff

PAGE_SIZE = 25
# Kept by the database itself, or told by what changed and who changed it.
UNTOLD_FIELDS = {"content_updated_at", "version", "submitted_at", "decided_at", "decided_by_id"}

# What hangs from a fiche, and the field that names it.
HELD = {
    "directory.ReferenceEvent": (Reference, "subject"),
    "directory.CertificationEvent": (Certification, "label"),
    "directory.ConsentEvent": (Consent, "item"),
    "directory.InsuranceEvent": (Insurance, "kind"),
}


@dataclass
class Change:
    """One field of a fiche, before and after; safe HTML, as `word_diff` gives it."""

    label: str
    old: str
    new: str


@dataclass
class Entry:
    """What one request, job or statement changed at once."""

    at: datetime
    who: str
    why: str
    changes: list[Change] = field(default_factory=list)


class HistoryPage:
    """Mixin of the admin of fiches."""

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        fiche = self.get_object(request, object_id)
        # What a fiche was, consents and contract included, is between the person and who follows them.
        if fiche is None or not follows(request.user, fiche):
            raise Http404
        page = Paginator(moments_of(fiche), PAGE_SIZE).get_page(request.GET.get("p"))
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/history.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Historique : {fiche}",
                "opts": self.opts,
                "object": fiche,
                "page": page,
                "entries": entries_of(fiche, page.object_list),
            }
            | (extra_context or {}),
        )


def events_of(fiche):
    """The events of the fiche, of its lists and of what hangs from it."""
    return Events.objects.across("directory.CoEntrepreneurEvent", *LISTS, *HELD).references(fiche)


def moments_of(fiche):
    """The transactions that changed the fiche, latest first: (when, context)."""
    return (
        events_of(fiche)
        .order_by("-pgh_created_at", "pgh_context_id")
        .values_list("pgh_created_at", "pgh_context_id")
        .distinct()
    )


def entries_of(fiche, moments):
    """The entries of these moments, in their order."""
    moments = list(moments)
    events = list(events_of(fiche).filter(pgh_created_at__in=[at for at, _ in moments]).order_by("pgh_id"))
    told = _Told(fiche, events)
    entries = {}
    for moment in moments:
        here = [event for event in events if (event.pgh_created_at, event.pgh_context_id) == moment]
        context = here[0].pgh_context
        why = (context or {}).get("reason") or ""
        entries[moment] = Entry(moment[0], told.who(context, moment[0]), why)
        entries[moment].changes = _gathered(change for event in here for change in told.changes(event))
    return list(entries.values())


class _Told:
    """What events say."""

    def __init__(self, fiche, events):
        self.followers = list(fiche.events.order_by("pgh_id").values_list("pgh_created_at", "referent_id"))
        self.actors = Actors(event.pgh_context for event in events)
        self.names = Names(events, named=[model._meta.get_field(name) for model, name in HELD.values()])

    def who(self, context, at):
        """Who changed it, and for whom they stood in; or that it was outside the application when nothing says so."""
        if context is None:
            return "Hors de l’application"
        if context.get("member") is not None:
            return self.actors.name(context) or "Fiche supprimée"
        if context.get("user") is not None:
            followed_by = self._followed_by(at)
            return self.actors.name(context, followed_by=followed_by, at=at) or "Compte supprimé"
        return "Tâche quotidienne" if context.get("reason") == DEPARTURE else "Personne sans compte"

    def _followed_by(self, at):
        """The key of who followed the fiche just before this moment, or as it was made."""
        before = [referent for created_at, referent in self.followers if created_at < at]
        return (before or [referent for _, referent in self.followers[:1]] or [None])[-1]

    def changes(self, event):
        if event.pgh_model in LISTS:
            return [self._list_change(event)]
        if event.pgh_model in HELD:
            return self._held_changes(event)
        if event.pgh_label == "insert":
            return [Change("Fiche", "", "créée")]
        if event.pgh_label == "delete":
            return [Change("Fiche", "", "supprimée")]
        return [self._field_change(CoEntrepreneur, name, *pair) for name, pair in self._told(event)]

    def _told(self, event):
        """The columns that changed and that are told: (column, (before, after))."""
        return [(name, pair) for name, pair in (event.pgh_diff or {}).items() if name not in UNTOLD_FIELDS]

    def _held_changes(self, event):
        model, name = HELD[event.pgh_model]
        naming = model._meta.get_field(name)
        what, title = capfirst(model._meta.verbose_name), self.names.text(naming, event.pgh_data[naming.attname])
        if event.pgh_label == "insert":
            return [Change(what, *word_diff("", title))]
        if event.pgh_label == "delete":
            return [Change(what, *word_diff(title, ""))]
        changes = [self._field_change(model, column, *pair) for column, pair in self._told(event)]
        return [Change(f"{what} « {title} », {change.label}", change.old, change.new) for change in changes]

    def _list_change(self, event):
        model_field, old, new = self.names.listed(event)
        return Change(capfirst(model_field.verbose_name), *word_diff(old, new))

    def _field_change(self, model, column, old, new):
        model_field = field_of(model, column)
        texts = (self.names.text(model_field, value) for value in (old, new))
        return Change(capfirst(model_field.verbose_name), *word_diff(*texts))


def _gathered(changes):
    """One change for each field: what a list gained and lost is told on one line."""
    gathered = {}
    for change in changes:
        known = gathered.setdefault(change.label, Change(change.label, "", ""))
        known.old, known.new = (
            mark_safe(", ".join(filter(None, pair))) for pair in ((known.old, change.old), (known.new, change.new))
        )
    return list(gathered.values())
