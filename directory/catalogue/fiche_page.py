"""What the page of a fiche says: the same for the public, and for the person whose fiche it is."""

from itertools import groupby

from django.urls import reverse

from crealead.words import ago
from directory.models import Consent

from .formats import json_ld

# Of results, in letters: past it, they are folded with the rest.
SHORT = 400


def shown_with_consent(fiche):
    """The contact details and images that the person accepts to show; empty where they don't."""
    items = {consent.item for consent in fiche.active_consents}
    return {
        "phone": fiche.phone if Consent.Item.PHONE in items else "",
        "website": fiche.website if Consent.Item.WEBSITE in items else "",
        "photo": bool(fiche.photo) and Consent.Item.PHOTO in items,
        "portfolio": list(fiche.portfolio_images.all()) if Consent.Item.PORTFOLIO in items else [],
    }


def context_of(fiche):
    """What `catalogue/fiche.html` reads, for a fiche fetched `with_fiche()`."""
    shown = shown_with_consent(fiche)
    skills = sorted(fiche.skills.all(), key=lambda skill: (skill.domain.position, skill.domain.name, skill.name))
    references = sorted(fiche.published_references, key=lambda reference: reference.client.get_type_display())
    parts = dict(fiche.participations.values_list("reference_id", "part"))
    for reference in references:
        # What this person did in it: the others did something else.
        reference.part = parts.get(reference.pk, "")
        _tell(reference)
    return {
        "fiche": fiche,
        "updated_ago": ago(fiche.content_updated_at),
        "skills_by_domain": [(domain, list(group)) for domain, group in groupby(skills, lambda s: s.domain)],
        "references_by_type": [
            (kind, list(group)) for kind, group in groupby(references, lambda r: r.client.get_type_display())
        ],
        "shown_phone": shown["phone"],
        "shown_website": shown["website"],
        "portfolio": [
            (image, reverse("catalogue:portfolio", args=[fiche.slug, image.pk])) for image in shown["portfolio"]
        ],
        "photo_url": reverse("catalogue:photo", args=[fiche.slug]) if shown["photo"] else "",
        "json_ld": json_ld(fiche, phone=shown["phone"], website=shown["website"]),
        "contact_url": reverse("catalogue:contact", args=[fiche.slug]),
        "vcard_url": reverse("catalogue:vcard", args=[fiche.slug]),
    }


def _tell(reference):
    """Part what is read at once of a reference, its results if they are short, from the account that is folded."""
    is_short = len(reference.results) <= SHORT
    reference.short_results = reference.results if is_short else ""
    reference.long_results = "" if is_short else reference.results
    reference.has_account = any([reference.context, reference.mission, reference.deliverables, reference.long_results])
