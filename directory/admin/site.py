"""Django's admin as référents know it."""

from functools import wraps
from http import HTTPStatus
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, path, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.generic import RedirectView

from crealead.passwords import limits_tries
from directory.doors import staff_session

# In the order of a référent's day; the rest follows by name.
FIRST_MODELS = [
    "ListingRequest",
    "Reference",
    "FicheProposal",
    "CoEntrepreneur",
    "Consultation",
    "ContactMessage",
    "GroupRecipient",
    "PublicClient",
]
# What answers at an address of the back office, and is no page to go to.
NO_PAGES = {"login", "logout", "jsi18n", "autocomplete"}


class SignInForm(AdminAuthenticationForm):
    """By one’s name or address; Django says to the browser alone how long it may be, and a failed try is kept."""

    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": "L’identifiant ou l’adresse, ou bien le mot de passe, n’est pas le bon. Dans le mot de passe, "
        "les majuscules comptent.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.label = "Identifiant ou adresse électronique"
        username.error_messages["required"] = "Tapez votre identifiant, ou votre adresse."
        # As long as an address may be.
        username.max_length = username.widget.attrs["maxlength"] = 254
        username.validators.append(MaxLengthValidator(username.max_length))
        self.fields["password"].error_messages["required"] = "Tapez votre mot de passe."


class BackOffice(admin.AdminSite):
    """The admin site, which opens on what waits for the person."""

    login_form = SignInForm

    site_title = "Crealead, entrée client public"
    site_header = "Crealead – entrée client public"
    index_title = "Tableau de bord"
    index_template = "admin/board.html"
    empty_value_display = "–"

    def admin_view(self, view, cacheable=False):
        """A visit renews the session; what is sent once it is over isn't lost: its page says how to send it again."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def visited(request, *args, **kwargs):
            if request.user.is_authenticated:
                staff_session.renew(request)
            elif request.method == "POST" and request.resolver_match.url_name not in NO_PAGES:
                context = self.each_context(request) | {"title": "Connectez-vous de nouveau"}
                return TemplateResponse(request, "admin/expired.html", context, status=HTTPStatus.FORBIDDEN)
            return inner(request, *args, **kwargs)

        return visited

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
        response = super().login(request, {"title": "Espace des référents"} | (extra_context or {}))
        if response.status_code == HTTPStatus.FOUND and not _is_page(response.url):
            return HttpResponseRedirect(reverse("admin:index"))
        return response

    @method_decorator(limits_tries)
    def password_change(self, request, extra_context=None):
        response = super().password_change(request, extra_context)
        if response.status_code == HTTPStatus.FOUND:
            messages.success(request, "Votre mot de passe est changé.")
        return response

    def password_change_done(self, request, extra_context=None):
        """What says that it is done is a message: this address says nothing to who opens it otherwise."""
        return HttpResponseRedirect(reverse("admin:index"))

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
        from . import passwords, second_factor
        from .person_rights import person_rights
        from .register import register

        former = RedirectView.as_view(url="/admin/directory/listingrequest/%(rest)s", permanent=True, query_string=True)
        return [
            path("directory/referencingrequest/<path:rest>", former),
            path("mot-de-passe/", passwords.PasswordLinkView.as_view(), name="password_reset"),
            path("mot-de-passe/envoye/", passwords.PasswordLinkSentView.as_view(), name="password_reset_done"),
            path(
                "mot-de-passe/<uidb64>/<token>/", passwords.PasswordChoiceView.as_view(), name="password_reset_confirm"
            ),
            path("droits-d-une-personne/", self.admin_view(person_rights), name="person_rights"),
            path("registre-des-traitements/", self.admin_view(register), name="register"),
            *second_factor.urls,
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: self._rank(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "directory")

    @staticmethod
    def _rank(object_name):
        return FIRST_MODELS.index(object_name) if object_name in FIRST_MODELS else len(FIRST_MODELS)


def _is_page(url):
    """Whether a page answers at this address, to which one was going before one signed in."""
    address = urlsplit(url).path
    for candidate in [address] if address.endswith("/") else [address, f"{address}/"]:
        try:
            match = resolve(candidate)
        except Resolver404:
            continue
        if match.func.__name__ != "catch_all_view":
            return not (match.app_name == "admin" and match.url_name in NO_PAGES)
    return False
