"""What happens to accounts, and to who follows whom: each action is one transaction, with its mails and its history."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from directory.models import Referent
from directory.rights import accounts_with_role

from . import emails

# Made by migration 0004, with the permissions that go with it.
REFERENTS_GROUP = "Référents"


@transaction.atomic
def send_password_link(*, email):
    """Mail a link to choose a password to each account that has this address and a role; nothing to anybody else."""
    for user in accounts_with_role().filter(email__iexact=email).select_related("referent"):
        emails.send_password_link(user)


@transaction.atomic
def invite_referent(*, first_name, last_name, email, phone, by):
    """Make a référent, with the account that goes with it, and mail an invitation to choose a password.

    An account that has this address becomes a référent's; one that is a référent's already is left as it is.

    Returns:
        Referent
    """
    # Two clicks make one: whoever invites waits for who did before.
    group = Group.objects.select_for_update().get(name=REFERENTS_GROUP)
    user = get_user_model().objects.filter(email__iexact=email).select_related("referent").first()
    if referent := getattr(user, "referent", None):
        return referent
    if user is None:
        user = get_user_model()(username=_free_username(first_name, last_name), email=email)
        user.first_name, user.last_name = first_name, last_name
        user.set_unusable_password()
    user.is_staff = True
    user.save()
    user.groups.add(group)
    referent = Referent.objects.create(user=user, name=f"{first_name} {last_name}", phone=phone)
    emails.invite(user, by=by)
    return referent


@transaction.atomic
def invite_again(*, referent, by):
    """Mail the invitation anew, with a link that serves."""
    emails.invite(referent.user, by=by)


def _free_username(first_name, last_name):
    """« claire.fabre », with a number when it is taken."""
    wanted = ".".join(filter(None, map(slugify, (first_name, last_name)))) or "referent"
    wanted = wanted[:140]
    taken = {
        username.lower()
        for username in get_user_model().objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    }
    candidates = [wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
