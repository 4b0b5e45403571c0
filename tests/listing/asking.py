"""Requests to be listed, as their authors make them."""

import pghistory.models

from directory.listing import actions


def content(**changed):
    return {
        "headline": "Former les agents d’accueil",
        "public_offer": "Deux jours dans vos locaux.",
        "skills": [],
        "cpv_codes": [],
        "departments": [],
        "nationwide": True,
        "served_clients": [],
        "phone": "",
        "website": "",
        "photo": None,
        "consents": [],
        "word_to_referent": "",
    } | changed


def submit(fiche, *, referent="theirs", **changed):
    """A request for a fiche; its author chooses nobody when `referent` is None."""
    return actions.submit(
        email=fiche.email,
        first_name=fiche.first_name,
        last_name=fiche.last_name,
        trade_name=fiche.trade_name,
        referent=fiche.referent if referent == "theirs" else referent,
        co_entrepreneur=fiche,
        content=content(**changed),
    )


def submit_unknown(referent, email="nouvelle@example.org"):
    return actions.submit(
        email=email,
        first_name="Nora",
        last_name="Nouvelle",
        trade_name="Atelier neuf",
        referent=referent,
        content=content(),
    )


def recipients(mails):
    return sorted(address for message in mails for address in message.to)


def last_context(fiche):
    """Who changed the fiche last and why, as the history keeps it."""
    event = pghistory.models.Events.objects.tracks(fiche).order_by("-pgh_created_at", "-pgh_id").first()
    return event.pgh_context
