"""Who is written to of what awaits an account, or did: an inactive one acts for nobody, administrators in its place."""

from dataclasses import dataclass

from crealead.mail import queue_mail, queue_mail_to
from directory.models.author import email_of, name_of
from directory.rights import administrators


@dataclass(frozen=True)
class Person:
    """Someone to write to, or to call."""

    name: str
    email: str
    phone: str = ""


def people_of(user):
    """The person of an account, who may have no address, and who stands in for them today.

    Those of the administrators who have an address if the account is inactive.
    """
    people = [Person(name_of(user), email_of(user))] if user.is_active else _administrators()
    return [*people, *(Person(deputy.name, deputy.email) for deputy in _deputies_of(user))]


def _administrators():
    accounts = administrators().exclude(email="").select_related("referent").order_by("pk")
    return [Person(name_of(account), email_of(account)) for account in accounts]


def _deputies_of(user):
    referent = getattr(user, "referent", None)
    return referent.deputies() if referent else ()


def queue_mail_to_referent(referent, *, template, context):
    """Queue a mail to who acts as a référent, `referent` in the template; None is nobody. See `queue_mail_to`.

    Who stands in for them has it copied.
    """
    if referent is None or referent.user.is_active:
        queue_mail_to(referent, template=template, context=context | {"referent": referent})
        for deputy in referent.deputies() if referent else ():
            _queue_copy(deputy, referent, template=template, context=context)
        return
    _queue_to_all(people_of(referent.user), template=template, context=context)


def queue_mail_to_answerable(referent, *, template, context):
    """The same, of what the law wants done within a time: where nobody follows the person, administrators do it."""
    if referent is None:
        _queue_to_all(_administrators(), template=template, context=context)
    else:
        queue_mail_to_referent(referent, template=template, context=context)


def _queue_to_all(people, *, template, context):
    for person in people or [None]:
        queue_mail_to(person, template=template, context=context | {"referent": person})


def tell_decided(*, by, what, pages):
    """Tell référents, and who stands in for them, what another decided of what is theirs: once each, and never who did.

    An inactive account is told nothing, nor is anybody in its place: nothing is left to do.

    Args:
        by: the account that decided.
        what: « accepté la demande d’Emma Seule », as the sentence goes on from its name.
        pages: by référent, the address where each reads it; None is nobody.
    """
    template, told = "decided_by_another", {by.pk}
    concerned = [referent for referent in pages if referent and referent.user.is_active]
    for referent in concerned:
        if referent.user_id not in told:
            told.add(referent.user_id)
            context = {"referent": referent, "by": name_of(by), "what": what, "url": pages[referent]}
            queue_mail_to(referent, template=template, context=context)
    for referent in concerned:
        for deputy in referent.deputies():
            if deputy.user_id not in told:
                told.add(deputy.user_id)
                context = {"by": name_of(by), "what": what, "url": pages[referent]}
                _queue_copy(deputy, referent, template=template, context=context)


def _queue_copy(deputy, referent, *, template, context):
    preface = f"Pour {referent.name}, que vous remplacez."
    queue_mail(to=deputy.email, template=template, context=context | {"referent": referent}, preface=preface)
