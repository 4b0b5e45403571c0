"""The password asked for again, on the spot: before personal data leaves, or rights are granted.

What was being sent isn't lost: the page that asks carries it, and it goes on once the password is right.
"""

from functools import wraps
from http import HTTPStatus

from django import forms
from django.contrib import admin
from django.contrib.auth import authenticate
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator

from crealead.passwords import limits_tries
from directory.doors.confirmation import CONFIRMED_FOR, confirm, is_confirmed

PREFIX = "confirmation"
PASSWORD, SENT = f"{PREFIX}-password", f"{PREFIX}-sent"
# Of the form that was being sent: a password isn't written in a page, it is typed again.
NOT_CARRIED = {"csrfmiddlewaretoken", "password", "password1", "password2"}


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Tapez votre mot de passe."},
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, prefix=PREFIX, **kwargs)
        self.request = request

    def clean_password(self):
        """The password; wrong ones count as those of the sign-in do."""
        password = self.cleaned_data["password"]
        account = self.request.account
        if authenticate(self.request, username=account.get_username(), password=password) != account:
            raise forms.ValidationError("Ce n’est pas votre mot de passe. Les majuscules comptent.")
        return password


PAGES = {"GET", "HEAD"}


def confirmed_first(*, free=frozenset(), back="admin:index", gives_file=False):
    """Decorate a view: it needs a password given within the last minutes, and answers no other method than a form's.

    Args:
        free: the methods that go through without; nothing does unless it is said.
        back: the name of the page that one may go back to instead.
        gives_file: whether what is read there is a file, which leaves the page as it is: one is told that it comes.
    """

    def decorate(view):
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            if request.method not in PAGES | {"POST"}:
                return HttpResponseNotAllowed(sorted(PAGES | {"POST"}))
            if request.method in free or is_confirmed(request):
                return view(request, *args, **kwargs)
            if PASSWORD not in request.POST:
                return _page(request, PasswordForm(request=request), back)
            response = _checked(request, back=back)
            if response.status_code == HTTPStatus.FOUND and gives_file:
                return _file_page(request, back)
            if response.status_code != HTTPStatus.FOUND or SENT not in request.POST:
                return response
            request.POST = _without_ours(request.POST)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


class ConfirmedFirst:
    """Mixin of a ModelAdmin whose rows grant rights: adding, changing and deleting need a password given lately.

    One may look without; a page to fill in asks before, and if it took long asks again.
    """

    @method_decorator(confirmed_first(free=PAGES))
    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = confirmed_first(free=PAGES if object_id else frozenset())(super().changeform_view)
        return view(request, object_id, form_url, extra_context)

    @method_decorator(confirmed_first())
    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(request, object_id, extra_context)


@limits_tries
def _checked(request, *, back):
    """Lead on when the password is right, ask again when it is wrong."""
    form = PasswordForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, form, back)
    confirm(request)
    return HttpResponseRedirect(request.get_full_path())


def _page(request, form, back):
    # A form was being sent, rather than a page read.
    sent = SENT in request.POST or (request.method == "POST" and PASSWORD not in request.POST)
    carried = _without_ours(request.POST)
    context = admin.site.each_context(request) | {
        "title": "Confirmer que c’est vous",
        "form": form,
        "sent": sent,
        "carried": [(name, value) for name in carried for value in carried.getlist(name) if name not in NOT_CARRIED],
        "minutes": int(CONFIRMED_FOR.total_seconds() // 60),
        "back": back,
    }
    return TemplateResponse(request, "admin/confirmation.html", context)


def _file_page(request, back):
    """Say that the file comes, and have the browser ask for it."""
    context = admin.site.each_context(request) | {
        "title": "Votre fichier se télécharge",
        "file_url": request.get_full_path(),
        "back": back,
    }
    return TemplateResponse(request, "admin/file_confirmed.html", context)


def _without_ours(data):
    """What was sent, without the fields of the page that asked for the password."""
    rest = data.copy()
    for name in data:
        if name.startswith(f"{PREFIX}-"):
            del rest[name]
    return rest
