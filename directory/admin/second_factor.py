"""The pages of the second factor: what an account has, choosing one alone, and giving it to come in.

The secret of an application is shown to the person who enrols, on that page and never again; no page shows it to anyone
else.
"""

from base64 import b32encode
from binascii import unhexlify
from functools import wraps

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key
from django_otp_webauthn.models import WebAuthnCredential

from directory.doors import second_factor
from directory.doors.second_factor import Owed, factors_of, grace_of, has_factor
from directory.models import OneTimeCodes
from directory.rights import enters_back_office

from . import passkeys
from .confirmation import confirmed_first

KEY = "second_factor_key"
APPLICATION = "Application"


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": "Tapez le code."},
    )


# --- Who may come here ---------------------------------------------------------------------------------------------


def for_keeper(view):
    """Let in who is in, and who has to choose a second factor before they are; both gave their password lately."""

    @wraps(view)
    @never_cache
    @confirmed_first()
    def confirmed(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        owed = request.factor_owed()
        if owed is Owed.PROOF or not enters_back_office(request.account):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return confirmed(request, *args, **kwargs)

    return wrapped


def next_step(request):
    """Where someone who gave their password goes to come in, with the page they want; None for who owes nothing."""
    owed = request.factor_owed()
    if not owed:
        return None
    name = "second_factor_proof" if owed is Owed.PROOF else "second_factor_application"
    return HttpResponseRedirect(reverse(f"admin:{name}", query={"next": _destination(request)}))


def warning_for(account):
    """When this account must have a second factor, or None when it has one or needs none."""
    return None if has_factor(account) else grace_of(account)


def _destination(request):
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("admin:index")


def _page(request, template, **context):
    context |= {"destination": _destination(request), "account": request.account}
    if not request.user.is_authenticated:
        context["is_nav_sidebar_enabled"] = False
    return TemplateResponse(request, f"admin/second_factor/{template}.html", admin.site.each_context(request) | context)


# --- Coming in -----------------------------------------------------------------------------------------------------


@never_cache
def proof(request):
    """Ask for the second factor of who gave their password."""
    if request.factor_owed() is not Owed.PROOF:
        return next_step(request) or HttpResponseRedirect(_destination(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device, until = second_factor.verify(request.account, form.cleaned_data["code"])
        if device:
            second_factor.let_in(request, device)
            if isinstance(device, OneTimeCodes):
                messages.warning(request, f"Ce code ne servira plus. Codes qui vous restent : {len(device.hashes)}.")
            return HttpResponseRedirect(_destination(request))
        form.add_error("code", _refusal(until))
    factors = factors_of(request.account)
    return _page(request, "proof", title="Donner votre second facteur", form=form, factors=factors)


def _refusal(until):
    """Why a code wasn't taken: a right one that has served is a wrong one."""
    sentence = "Ce n’est pas le bon code, ou il a déjà servi."
    seconds = int((until - timezone.now()).total_seconds()) + 1 if until else 0
    if seconds <= 1:
        return f"{sentence} Attendez le suivant."
    wait = f"{seconds} secondes" if seconds < 2 * 60 else f"{seconds // 60 + 1} minutes"
    return f"{sentence} Réessayez dans {wait} : d’ici là, aucun ne sera regardé."


@require_POST
def leave(request):
    """Give up coming in, for another account to."""
    logout(request)
    return HttpResponseRedirect(reverse("admin:login"))


# --- What one has --------------------------------------------------------------------------------------------------


@for_keeper
def home(request):
    factors = factors_of(request.account)
    until = None if factors else grace_of(request.account)
    here = reverse("admin:second_factor")
    # In grace one is signed in already; past it, one comes in by choosing.
    in_grace = request.user.is_authenticated
    told = {"until_in_grace": until if in_grace else None, "is_past_grace": until is not None and not in_grace}
    return _page(request, "home", title="Second facteur", factors=factors, here=here, **told)


@for_keeper
def application(request):
    """Show a new secret, then keep it once a code shows that the application has it. An earlier one is replaced."""
    key = request.session.setdefault(KEY, default_key())
    device = TOTPDevice(user=request.account, name=APPLICATION, key=key)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if codes := _enrol(request, device, form.cleaned_data["code"]):
            return _page(request, "codes", title="Vos codes à usage unique", codes=codes)
        form.add_error(
            "code", "L’application ne donne pas ce code maintenant : tapez les six chiffres qu’elle affiche."
        )
    secret = b32encode(unhexlify(key)).decode()
    return _page(
        request,
        "application",
        title="Une application de codes",
        form=form,
        qr_code=_qr_code(device.config_url),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        factors=factors_of(request.account),
    )


def _enrol(request, device, code):
    """Keep the device, and draw codes for when it isn't at hand; None when it doesn't give this code."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=request.account).delete()
        device.save()
        if not device.verify_token("".join(code.split())):
            transaction.set_rollback(True)
            return None
        codes = OneTimeCodes.renew(request.account)
        second_factor.tell(request.account, "une application de codes a été ajoutée")
    del request.session[KEY]
    second_factor.let_in(request, device)
    return codes


def _qr_code(address):
    return mark_safe(segno.make(address, error="m").svg_inline(scale=5, light="#fff"))


@require_POST
@for_keeper
def codes(request):
    """Draw codes in place of those that were left."""
    if not factors_of(request.account):
        return HttpResponseRedirect(reverse("admin:second_factor"))
    with transaction.atomic():
        drawn = OneTimeCodes.renew(request.account)
        second_factor.tell(request.account, "de nouveaux codes à usage unique remplacent les précédents")
    return _page(request, "codes", title="Vos codes à usage unique", codes=drawn)


REMOVABLE = {"application": TOTPDevice, "cle": WebAuthnCredential}


@require_POST
@for_keeper
def remove(request, kind, pk):
    """Take a device away; the last one goes with the codes, unless there must be one."""
    with transaction.atomic():
        device = REMOVABLE[kind].objects.filter(user=request.account, pk=pk).first() if kind in REMOVABLE else None
        if device is None:
            raise Http404
        factors = factors_of(request.account)
        last = len(factors.passkeys) + bool(factors.application) == 1
        if last and settings.SECOND_FACTOR:
            messages.error(request, "Il en faut un : ajoutez-en un autre avant de retirer celui-ci.")
            return HttpResponseRedirect(reverse("admin:second_factor"))
        if last:
            second_factor.forget(request.account)
        else:
            device.delete()
        second_factor.tell(request.account, f"« {device.name} » ne sert plus")
    messages.success(request, f"Vous avez retiré : « {device.name} ».")
    return HttpResponseRedirect(reverse("admin:second_factor"))


urls = [
    path("second-facteur/", home, name="second_factor"),
    path("second-facteur/verification/", proof, name="second_factor_proof"),
    path("second-facteur/abandon/", leave, name="second_factor_leave"),
    path("second-facteur/application/", application, name="second_factor_application"),
    path("second-facteur/codes/", codes, name="second_factor_codes"),
    path("second-facteur/<slug:kind>/<int:pk>/retirer/", remove, name="second_factor_remove"),
    path("second-facteur/cle/ajouter/", for_keeper(passkeys.begin_registration), name="passkey_add"),
    path("second-facteur/cle/ajoutee/", for_keeper(passkeys.complete_registration), name="passkey_added"),
    path("second-facteur/cle/demander/", passkeys.begin_authentication, name="passkey_ask"),
    path("second-facteur/cle/donnee/", passkeys.complete_authentication, name="passkey_given"),
]
