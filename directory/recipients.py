"""Who is written to of what awaits an account: an inactive one acts for nobody, and administrators act in its place."""

from dataclasses import dataclass

from crealead.mail import queue_mail_to
from directory.models.author import email_of, name_of
from directory.rights import administrators


@dataclass(frozen=True)
class Person:
    """Someone to write to, or to call."""

    name: str
    email: str
    phone: str = ""


def people_of(user):
    """The person of an account, who may have no address; those of the administrators who have one if it is inactive."""
    accounts = [user]
    if not user.is_active:
        accounts = administrators().exclude(email="").select_related("referent").order_by("pk")
    return [Person(name_of(account), email_of(account)) for account in accounts]


def queue_mail_to_referent(referent, *, template, context):
    """Queue a mail to who acts as a référent, `referent` in the template; None is nobody. See `queue_mail_to`."""
    people = people_of(referent.user) if referent else []
    for person in people or [None]:
        queue_mail_to(person, template=template, context=context | {"referent": person})
