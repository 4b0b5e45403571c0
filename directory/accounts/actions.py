"""What happens to accounts, and to who follows whom: each action is one transaction, with its mails and its history."""

from django.db import transaction

from directory.rights import accounts_with_role

from . import emails


@transaction.atomic
def send_password_link(*, email):
    """Mail a link to choose a password to each account that has this address and a role; nothing to anybody else."""
    for user in accounts_with_role().filter(email__iexact=email).select_related("referent"):
        emails.send_password_link(user)
