"""The second factor of an account of the back office: what it has, and what it still owes.

**An account that owes it is nobody**: its session stands, but `request.user` is anonymous to every page and every rule.
Only the pages of the second factor know who is coming in (`request.coming_in`). However one signed in, and whatever was
reset or became due since, the next request sees it.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

import django_otp
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from crealead.mail import page_url, queue_mail_to
from directory.models import OneTimeCodes, SecondFactorGrace
from directory.models.author import name_of


class Owed(Enum):
    """What an account that gave its password still has to do."""

    PROOF = "give its second factor"
    ENROLMENT = "choose one"


@dataclass(frozen=True)
class Factors:
    """What an account has; the codes alone aren't a factor, they stand in for one."""

    application: TOTPDevice | None
    passkeys: list[WebAuthnCredential]
    codes: OneTimeCodes | None

    def __bool__(self):
        return bool(self.application or self.passkeys)

    @property
    def codes_left(self):
        return len(self.codes.hashes) if self.codes else 0


def factors_of(user):
    return Factors(
        application=TOTPDevice.objects.filter(user=user, confirmed=True).first(),
        passkeys=list(WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk")),
        codes=OneTimeCodes.objects.filter(user=user).first(),
    )


def has_factor(user):
    own = {"user": OuterRef("pk"), "confirmed": True}
    either = Exists(TOTPDevice.objects.filter(**own)) | Exists(WebAuthnCredential.objects.filter(**own))
    return get_user_model().objects.filter(either, pk=user.pk).exists()


def grace_of(user):
    """When an account without a second factor must have one, or None where nobody must.

    The first call starts the days of grace.
    """
    if not settings.SECOND_FACTOR:
        return None
    return SecondFactorGrace.objects.get_or_create(user=user)[0].until


def owed_by(user):
    """What this account owes, or None; `user` comes from a request, which says by what it was verified."""
    if not user.is_authenticated or user.is_verified():
        return None
    if has_factor(user):
        return Owed.PROOF
    until = grace_of(user)
    return Owed.ENROLMENT if until and until <= timezone.now() else None


class SecondFactorMiddleware:
    """Make who owes their second factor nobody. Nothing is looked up for a page that doesn't ask who looks.

    Sets `request.account`, the account of the session whether it is in or still coming in, and `request.factor_owed()`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        account = request.account = request.user

        @cache
        def factor_owed():
            return owed_by(account)

        request.factor_owed = factor_owed
        request.user = SimpleLazyObject(lambda: AnonymousUser() if factor_owed() else account)
        return self.get_response(request)


def let_in(request, device):
    """Let in the account of this session, which proved that it has this device."""
    request.user = request.account
    request.session.cycle_key()
    django_otp.login(request, device)


def verify(user, code):
    """Use up a code of the application, or one of those kept on paper; they are told apart by their shape.

    Returns:
        tuple: the device that took it, or None; until when no other code of that kind is looked at, or None.
    """
    factors = factors_of(user)
    compact = "".join(code.split())
    device = factors.application if compact.isdecimal() else factors.codes
    if device is None:
        return None, None
    if verified := django_otp.verify_token(user, device.persistent_id, compact):
        return verified, None
    device.refresh_from_db()
    _, refusal = device.verify_is_allowed()
    return None, refusal and refusal["locked_until"]


def forget(user):
    """Take away all that an account has.

    Returns:
        bool: whether it had anything.
    """
    with transaction.atomic():
        kinds = (TOTPDevice, WebAuthnCredential, OneTimeCodes)
        return sum(kind.objects.filter(user=user).delete()[0] for kind in kinds) > 0


def tell(account, change, *, by=None):
    """Mail the person what changed, and by whom if it wasn't them; it is for them to say that they didn't."""
    context = {"name": name_of(account), "change": change, "by": by and name_of(by)}
    context |= {"url": page_url("admin:second_factor")}
    queue_mail_to(account, template="second_factor_changed", context=context)
