"""The mails about references: who is told what. Each is queued in the transaction of the action that calls it."""

from crealead.mail import page_url, queue_mail
from crealead.words import of
from directory.recipients import queue_mail_to_referent, tell_decided


def tell_proposed(reference, *, again):
    """To who follows its keeper: a reference to validate."""
    url = page_url("admin:directory_reference_decide", reference.pk)
    context = {"reference": reference, "again": again, "url": url}
    queue_mail_to_referent(reference.co_entrepreneur.referent, template="reference_to_validate", context=context)


def tell_validated(reference):
    _tell_colleague(reference, f"validé {_name_of(reference)}")
    _to_keeper(reference, "reference_validated", "references:detail")


def tell_changes_asked(reference):
    _tell_colleague(reference, f"demandé des compléments sur {_name_of(reference)}")
    _to_keeper(reference, "reference_changes_asked", "references:edit")


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
