"""Django's admin as référents know it."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.generic import RedirectView

from crealead.passwords import limits_tries

# In the order of a référent's day; the rest follows by name.
FIRST_MODELS = [
    "ListingRequest",
    "Reference",
    "FicheProposal",
    "CoEntrepreneur",
    "Consultation",
    "ContactMessage",
    "PublicClient",
]


class SignInForm(AdminAuthenticationForm):
    """Django says to the browser alone how long a name may be: what kept failed tries couldn’t hold it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        max_length = get_user_model()._meta.get_field("username").max_length
        self.fields["username"].validators.append(MaxLengthValidator(max_length))


class BackOffice(admin.AdminSite):
    """The admin site, which opens on what waits for the person."""

    login_form = SignInForm

    site_title = "Crealead, entrée client public"
    site_header = "Crealead – entrée client public"
    index_title = "Tableau de bord"
    index_template = "admin/board.html"
    empty_value_display = "–"

    def index(self, request, extra_context=None):
        from .dashboard import board_for
        from .second_factor import warning_for

        context = {"board": board_for(request.user), "second_factor_until": warning_for(request.account)}
        return super().index(request, context | (extra_context or {}))

    @method_decorator(limits_tries)
    def login(self, request, extra_context=None):
        from .second_factor import next_step

        if request.method == "GET" and (step := next_step(request)):
            return step
        return super().login(request, extra_context)

    @method_decorator(limits_tries)
    def password_change(self, request, extra_context=None):
        return super().password_change(request, extra_context)

    def autocomplete_view(self, request):
        """What the fields of our forms look up, not any relation that an address names."""
        source = tuple(request.GET.get(part, "").lower() for part in ("app_label", "model_name", "field_name"))
        completed = {
            (part.model._meta.app_label, part.model._meta.model_name, name)
            for model_admin in self._registry.values()
            for part in (model_admin, *model_admin.inlines)
            for name in part.autocomplete_fields
        }
        if source not in completed:
            raise PermissionDenied
        return super().autocomplete_view(request)

    def get_urls(self):
        """Mails that left before keep leading where they led: requests to be listed had another name."""
        from . import second_factor

        former = RedirectView.as_view(url="/admin/directory/listingrequest/%(rest)s", permanent=True, query_string=True)
        return [path("directory/referencingrequest/<path:rest>", former), *second_factor.urls, *super().get_urls()]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: self._rank(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "directory")

    @staticmethod
    def _rank(object_name):
        return FIRST_MODELS.index(object_name) if object_name in FIRST_MODELS else len(FIRST_MODELS)
