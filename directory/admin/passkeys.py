"""Passkeys: what the browser asks for and sends back, as JSON, for `static/js/passkeys.js`."""

from django.db import IntegrityError
from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django_otp_webauthn import views
from django_otp_webauthn.exceptions import MalformedRequest
from django_otp_webauthn.helpers import WebAuthnHelper

from directory.doors import second_factor
from directory.doors.second_factor import Owed


class NamingHelper(WebAuthnHelper):
    def create_credential(self, *args):
        """Name it by its day: the next one won't be of the same day."""
        device = super().create_credential(*args)
        device.name = f"Clé d’accès du {date_format(timezone.localdate())}"
        return device


class OfThisAccount:
    """Mixin of the package's views: the account of the session, whether it is in or still coming in."""

    http_method_names = ["post"]

    def get_user(self):
        return self.request.account if self.request.account.is_authenticated else None

    def get_helper(self):
        return NamingHelper(request=self.request)

    def handle_exception(self, exc):
        """Answer 400 to what no browser sends."""
        if isinstance(exc, TypeError | ValueError | LookupError | AttributeError | IntegrityError):
            exc = MalformedRequest()
        return super().handle_exception(exc)


class BeginRegistration(OfThisAccount, views.BeginCredentialRegistrationView):
    pass


class CompleteRegistration(OfThisAccount, views.CompleteCredentialRegistrationView):
    def post(self, *args, **kwargs):
        # The package lets in by this very key who had none.
        self.request.user = self.request.account
        response = super().post(*args, **kwargs)
        second_factor.tell(self.request.account, "une clé d’accès a été ajoutée")
        return response


class BeginAuthentication(OfThisAccount, views.BeginCredentialAuthenticationView):
    pass


class CompleteAuthentication(OfThisAccount, views.CompleteCredentialAuthenticationView):
    def complete_auth(self, device):
        second_factor.let_in(self.request, device)

    def get_success_data(self, device):
        return {"id": device.pk}


def for_newcomer(view):
    """Answer who gave their password and owes the proof, and nobody else."""

    def wrapped(request):
        return view(request) if request.factor_owed() is Owed.PROOF else JsonResponse({"code": "nobody"}, status=403)

    return wrapped


begin_registration = BeginRegistration.as_view()
complete_registration = CompleteRegistration.as_view()
begin_authentication = for_newcomer(BeginAuthentication.as_view())
complete_authentication = for_newcomer(CompleteAuthentication.as_view())
