"""What the pages of the back office grant.

The group « Référents » (migration 0004) says which models, `directory.rights` which rows.
"""

from contextlib import contextmanager

from django.apps import apps
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.db.models import BooleanField, DateField
from django.template.response import SimpleTemplateResponse
from django.utils.text import capfirst

from crealead.words import chosen, of_a, of_the
from directory.rights import has_role, is_administrator

from .corrections import lines_of_page, name_required


@contextmanager
def refusing_tampered():
    """Answer 400 to a key, a date or a pattern that no page offers, and that only the database finds out to be wrong.

    Raises:
        BadRequest: Django logs it with its cause.
    """
    try:
        yield
    except (DataError, ValueError, OverflowError) as error:
        raise BadRequest("A value of the address or of the form means nothing.") from error


def _rendered(response):
    """The response, rendered at once: some values are looked up by the template only."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _parameters_of(model, filter_item):
    """What a filter of a list writes in the address: an entry of `list_filter`, by field or by class."""
    if isinstance(filter_item, type) and issubclass(filter_item, SimpleListFilter):
        return {filter_item.parameter_name}
    path = filter_item[0] if isinstance(filter_item, tuple | list) else filter_item
    field = get_fields_from_path(model, path)[-1]
    if field.is_relation:
        endings = [f"__{field.target_field.name}__exact", "__isnull"]
    elif isinstance(field, DateField):
        endings = ["__gte", "__lt", "__isnull"]
    else:
        endings = ["__exact" if field.flatchoices or isinstance(field, BooleanField) else "", "__isnull"]
    return {path + ending for ending in endings}


def _leaving_out(names, lines):
    """What a deletion takes with it, as Django nests it, without the lines of these kinds of rows."""
    kept = [
        _leaving_out(names, line) if isinstance(line, list) else line
        for line in lines
        if isinstance(line, list) or not line.startswith(names)
    ]
    return [line for line in kept if line]


class PlainDeletion:
    """Mixin of a ModelAdmin: what goes with a row is told without the rows of its lists, which are columns to people.

    Django names them by their class in English: « CoEntrepreneur_skills object (12) ».
    """

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        links = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        names = tuple(f"{capfirst(opts.verbose_name)}: " for opts in links)
        plurals = {opts.verbose_name_plural for opts in links}
        counts = {plural: count for plural, count in counts.items() if plural not in plurals}
        return _leaving_out(names, deleted), counts, lacking, protected


class Untampered(PlainDeletion):
    """Mixin of a ModelAdmin: values made up by hand, in an address or a form, are a bad request and not a crash.

    The address of a list filters by what the list offers, and an object is looked up by its key. Django lets through
    any column of the model, which tells its values to whoever asks often enough, though no page shows them.
    """

    def lookup_allowed(self, lookup, value, request):
        """Whether a filter of the list, or its row of dates, writes this; what is typed in its search isn't asked."""
        offered = set().union(*(_parameters_of(self.model, item) for item in self.get_list_filter(request)))
        if self.date_hierarchy:
            offered |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return lookup in offered

    def to_field_allowed(self, request, to_field):
        return to_field == self.opts.pk.name

    def changelist_view(self, request, extra_context=None):
        with refusing_tampered():
            return _rendered(super().changelist_view(request, extra_context))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with refusing_tampered():
            return _rendered(super().changeform_view(request, object_id, form_url, extra_context))


class InFrench:
    """Mixin of a ModelAdmin: titles and actions that agree with what they are about, which Django's can't.

    Attributes:
        add_title: that of the page that adds one, when it says more.
    """

    add_title = ""

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):  # noqa: PLR0917
        if add:
            title = self.add_title or f"Ajout {of_a(self.opts.verbose_name)}"
        else:
            may_change = self.has_change_permission(request, obj)
            title = f"{'Modification' if may_change else 'Lecture'} {of_the(self.opts.verbose_name)}"
        return super().render_change_form(request, context | {"title": title}, add, change, form_url, obj)

    def get_actions(self, request):
        offered = super().get_actions(request)
        if "delete_selected" in offered:
            offered["delete_selected"] = (_delete_chosen, "delete_selected", f"Supprimer les {self._chosen()}")
        return offered

    def _chosen(self):
        return chosen(self.opts.verbose_name_plural, self.opts.verbose_name)


def _delete_chosen(model_admin, request, queryset):
    """Django's own action, under a title that says what is deleted."""
    response = delete_selected(model_admin, request, queryset)
    if response:
        response.context_data["title"] = f"Suppression des {model_admin._chosen()}"
    return response


class SummedUp:
    """Mixin of a ModelAdmin: what is to correct stands at the top of the page, and has the focus; see `corrections`."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        name_required(form.base_fields)
        return form

    def get_formsets_with_inlines(self, request, obj=None):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            name_required(formset.form.base_fields)
            yield formset, inline

    def render_change_form(self, request, context, *args, **kwargs):
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        lines = lines_of_page(context["adminform"].form, formsets)
        # Django's own sentence, « Corrigez les erreurs », says nothing more.
        context |= {"to_correct": lines, "errors": ""}
        return super().render_change_form(request, context, *args, **kwargs)


class ForRoles(Untampered, SummedUp, InFrench):
    """Mixin of a ModelAdmin: the permissions of the group count for référents only."""

    def has_module_permission(self, request):
        return has_role(request.user) and super().has_module_permission(request)

    def has_view_permission(self, request, obj=None):
        return has_role(request.user) and super().has_view_permission(request, obj)

    def has_add_permission(self, request):
        return has_role(request.user) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return has_role(request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return has_role(request.user) and super().has_delete_permission(request, obj)


class ForAdministrators(Untampered, SummedUp, InFrench):
    """Mixin of a ModelAdmin: whatever permissions were granted by hand, administrators only."""

    def has_module_permission(self, request):
        return is_administrator(request.user)

    def has_view_permission(self, request, obj=None):
        return is_administrator(request.user) and super().has_view_permission(request, obj)

    def has_add_permission(self, request):
        return is_administrator(request.user) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return is_administrator(request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_administrator(request.user) and super().has_delete_permission(request, obj)

    def history_view(self, request, object_id, extra_context=None):
        """Refused before the row is looked for, as their other pages are: Django tells here whether it is there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class ReadOnly:
    """Mixin of a ModelAdmin: it shows, and changes nothing."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class OnlyTheirs:
    """Mixin of a ModelAdmin: its rows are those that a rule of `directory.rights` gives who looks.

    Attributes:
        rows: the rule, a static method from an account to a queryset.
    """

    def get_queryset(self, request):
        return self.rows(request.user).order_by(*self.get_ordering(request))
