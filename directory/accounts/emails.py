"""The mails about accounts, and who follows whom. Each is queued in the transaction of the action that calls it."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crealead.mail import page_url, queue_mail
from crealead.words import days
from directory.models.author import name_of
from directory.recipients import queue_mail_to_referent

from .waiting import waiting_on


def send_password_link(user):
    _to_account(user, "password_link", {"url": _password_url(user)})


def invite(user, *, by):
    """To who has no password yet, a link to choose one; to others, that the account is now a référent's."""
    url = "" if user.has_usable_password() else _password_url(user)
    context = {"url": url, "login_url": page_url("admin:login"), "inviter": name_of(by)}
    _to_account(user, "referent_invited", context)


def tell_received(referent, fiches, *, by):
    """To who follows these fiches from now on, with what waits on them."""
    _tell_handed_over(referent, "fiches_received", fiches, {"by": name_of(by), "url": page_url("admin:index")})


def tell_given(referent, fiches, *, to, by):
    """To who followed them until now."""
    _tell_handed_over(referent, "fiches_given", fiches, {"by": name_of(by), "to": to})


def tell_followed(fiches, *, by):
    """To these co-entrepreneurs: which référent follows them from now on, and how to reach them."""
    for fiche in people_told(fiches):
        queue_mail(to=fiche.email, template="fiche_followed", context={"fiche": fiche, "referent": by}, answered_by=by)


def people_told(fiches):
    """Those of these co-entrepreneurs who are told: they have an address, theirs alone, and haven't left."""
    return [fiche for fiche in fiches if fiche.email and not fiche.is_departed]


def tell_stand_in(stand_in, *, by, cancelled=False):
    """To the one who is absent, even when it is they who say so, and the one who stands in, but for who does it."""
    context = {"stand_in": stand_in, "by": name_of(by), "cancelled": cancelled, "url": page_url("admin:index")}
    context["days"] = days(stand_in.starts_on, stand_in.ends_on)
    for referent, other in ((stand_in.stand_in, stand_in.referent), (stand_in.referent, stand_in.stand_in)):
        is_told = referent == stand_in.referent or referent.user_id != by.pk
        if is_told and referent.email:
            context |= {"name": referent.name, "is_stand_in": referent == stand_in.stand_in}
            queue_mail(to=referent.email, template="stand_in", context=context, answered_by=other)


def _tell_handed_over(referent, template, fiches, context):
    lines = waiting_on(fiches)
    told = "Une fiche" if len(lines) == 1 else f"{len(lines)} fiches"
    queue_mail_to_referent(referent, template=template, context=context | {"lines": lines, "fiches_told": told})


def _to_account(user, template, context):
    context |= {"name": name_of(user), "username": user.get_username()}
    queue_mail(to=user.email, template=template, context=context)


def _password_url(user):
    """A link of single use: it changes with the password, the address and the last time one signed in."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return page_url("admin:password_reset_confirm", key, default_token_generator.make_token(user))
