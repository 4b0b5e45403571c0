"""The mails of a member's space: each is queued in the transaction of the action that calls it."""

from django.conf import settings

from crealead.mail import page_url, queue_mail
from crealead.words import lasting
from directory.models import ConsentText
from directory.models.decision import ANNOUNCED_BEFORE
from directory.recipients import queue_mail_to_referent, tell_decided


def tell_proposed(proposal, *, labels, again):
    """To the référent, with the page where to decide."""
    url = page_url("admin:directory_ficheproposal_decide", proposal.pk)
    _to_referent(proposal, "proposal_to_decide", {"labels": labels, "again": again, "url": url})


def tell_withdrawn(proposal):
    """To the référent, who need not decide any more."""
    _to_referent(proposal, "proposal_withdrawn", {})


def tell_accepted(proposal, *, accepted, left):
    _tell_colleague(proposal, "accepté en partie" if left else "accepté")
    _to_author(proposal, "proposal_accepted", {"accepted": accepted, "left": left})


def tell_refused(proposal, *, labels):
    _tell_colleague(proposal, "refusé")
    _to_author(proposal, "proposal_refused", {"labels": labels})


def tell_closing(proposal):
    """To the référent, before it is closed for want of a decision."""
    url = page_url("admin:directory_ficheproposal_decide", proposal.pk)
    _to_referent(proposal, "proposal_closing", {"within": lasting(ANNOUNCED_BEFORE), "url": url})


def tell_closed(proposal, *, labels):
    _to_author(proposal, "proposal_closed", {"labels": labels})


def tell_images(fiche, images):
    """To who follows the fiche: what was added, which buyers will see."""
    told = "Une image" if len(images) == 1 else f"{len(images)} images"
    url = page_url("admin:directory_coentrepreneur_change", fiche.pk)
    context = {"images": images, "told": told, "fiche": fiche, "url": url}
    queue_mail_to_referent(fiche.referent, template="portfolio_images_added", context=context)


def tell_paper_consent(consent):
    """To the person: what was recorded in their name, in which words, and how to take it back."""
    _tell_consent(consent, "consent_on_paper")


def tell_consent_withdrawn(consent):
    _tell_consent(consent, "consent_withdrawn")


def _tell_consent(consent, template):
    fiche, text = consent.co_entrepreneur, ConsentText.objects.get(version=consent.text_version)
    context = {"consent": consent, "fiche": fiche, "sentence": text.sentence(consent.item)}
    context |= {"url": page_url("my_space:consents")}
    queue_mail(to=fiche.email, template=template, context=context, answered_by=fiche.referent)


def _to_author(proposal, template, context):
    fiche = proposal.co_entrepreneur
    public_url = settings.SITE_URL + fiche.get_absolute_url() if fiche.is_published else ""
    context |= {"proposal": proposal, "fiche": fiche, "decider": proposal.decider}
    context |= {"public_url": public_url, "url": page_url("my_space:fiche")}
    queue_mail(to=fiche.email, template=template, context=context, answered_by=fiche.referent)


def _tell_colleague(proposal, verb):
    """To who follows the fiche, when another has just decided."""
    fiche = proposal.co_entrepreneur
    url = page_url("admin:directory_ficheproposal_decide", proposal.pk)
    what = f"{verb} la modification proposée par {fiche.name}"
    tell_decided(by=proposal.decided_by, what=what, pages={fiche.referent: url})


def _to_referent(proposal, template, context):
    """To who follows the fiche, if anybody does."""
    fiche = proposal.co_entrepreneur
    context |= {"proposal": proposal, "fiche": fiche}
    queue_mail_to_referent(fiche.referent, template=template, context=context)
