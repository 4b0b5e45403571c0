"""The mails about references: who is told what. Each is queued in the transaction of the action that calls it."""

from django.template import Context
from django.template.loader import get_template

from crealead.context import identity
from crealead.mail import page_url, queue_mail
from crealead.words import lasting, of
from directory.models.decision import ANNOUNCED_BEFORE
from directory.recipients import queue_mail_to_referent, tell_decided


def tell_proposed(reference, *, again):
    """To who follows its keeper: a reference to validate."""
    url = page_url("admin:directory_reference_decide", reference.pk)
    context = {"reference": reference, "again": again, "url": url}
    queue_mail_to_referent(reference.co_entrepreneur.referent, template="reference_to_validate", context=context)


def tell_validated(reference):
    _tell_colleague(reference, f"validé {_name_of(reference)}")
    awaits_notice = reference.has_contact and reference.contact_told_at is None
    contact_url = page_url("references:contact", reference.pk) if awaits_notice else ""
    _to_keeper(reference, "reference_validated", "references:detail", contact_url=contact_url)


def tell_changes_asked(reference):
    _tell_colleague(reference, f"demandé des compléments sur {_name_of(reference)}")
    _to_keeper(reference, "reference_changes_asked", "references:edit")


def tell_closing(reference):
    """To who follows its keeper, before it is closed for want of an answer; to its keeper, when it waits for theirs."""
    context = {"within": lasting(ANNOUNCED_BEFORE), "is_to_complete": reference.is_to_complete}
    keeper = reference.co_entrepreneur
    queue_mail_to_referent(
        keeper and keeper.referent,
        template="reference_closing",
        context=context | {"reference": reference, "url": page_url("admin:directory_reference_decide", reference.pk)},
    )
    if reference.is_to_complete:
        _to_keeper(reference, "reference_closing_keeper", "references:edit", **context)


def tell_closed(reference, *, was_to_complete):
    """To its keeper, who may take it up again, and to those who took part."""
    _to_keeper(reference, "reference_closed", "references:edit", was_to_complete=was_to_complete)
    keeper = reference.co_entrepreneur
    for member in reference.participants.exclude(pk=keeper.pk if keeper else None):
        if not member.is_departed:
            context = {"member": member, "reference": reference, "keeper": keeper}
            context |= {"url": page_url("references:detail", reference.pk)}
            queue_mail(to=member.email, template="reference_closed_shared", context=context, answered_by=keeper)


def tell_contact(reference):
    """To the client's contact: what is kept of them, why, until when, and how to have it erased."""
    queue_mail(
        to=reference.contact_email,
        template="contact_notice",
        context=_of_notice(reference),
        answered_by=reference.co_entrepreneur,
    )


def contact_notice(reference):
    """What that mail says, for who tells them by themselves."""
    template = get_template("emails/_contact_notice.txt").template
    return template.render(Context(identity(None) | _of_notice(reference), autoescape=False)).strip()


def _of_notice(reference):
    return {"reference": reference, "keeper": reference.co_entrepreneur, "privacy_url": page_url("pages:privacy")}


def tell_suggested(reference):
    """To who held the contract, as a person of the team understood it: theirs to complete."""
    keeper, client = reference.co_entrepreneur, reference.client
    _tell_colleague(reference, f"attribué à {keeper.name} un marché des données ouvertes, pour {client.name}")
    _to_keeper(reference, "reference_suggested", "references:edit")


def tell_shared(participation):
    """To someone who takes part in a reference that was just validated."""
    if participation.co_entrepreneur.is_departed:
        return
    reference = participation.reference
    queue_mail(
        to=participation.co_entrepreneur.email,
        template="reference_shared",
        context={
            "participation": participation,
            "reference": reference,
            "member": participation.co_entrepreneur,
            "keeper": reference.co_entrepreneur,
            "url": page_url("references:detail", reference.pk),
        },
        answered_by=reference.co_entrepreneur,
    )


def tell_left(reference, *, member):
    """To its keeper: someone doesn't take part any more."""
    _to_keeper(reference, "reference_left", "references:detail", member=member)


def tell_deleted(reference, *, member):
    """To someone who took part in a reference that its keeper deletes."""
    if not member.is_departed:
        queue_mail(
            to=member.email,
            template="reference_deleted",
            context={"member": member, "reference": reference, "keeper": reference.co_entrepreneur},
            answered_by=reference.co_entrepreneur,
        )


def _name_of(reference):
    keeper = reference.co_entrepreneur
    whose = f" {of(keeper.name)}" if keeper else ""
    return f"la référence{whose} pour {reference.client.name}"


def _tell_colleague(reference, what):
    """To who follows its keeper, when another has just decided."""
    if keeper := reference.co_entrepreneur:
        url = page_url("admin:directory_reference_decide", reference.pk)
        tell_decided(by=reference.decided_by, what=what, pages={keeper.referent: url})


def _to_keeper(reference, template, page, **context):
    keeper = reference.co_entrepreneur
    if keeper and not keeper.is_departed:
        queue_mail(
            to=keeper.email,
            template=template,
            context={"keeper": keeper, "reference": reference, "url": page_url(page, reference.pk)} | context,
            answered_by=keeper.referent,
        )
