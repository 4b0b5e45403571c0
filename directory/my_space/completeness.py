"""How complete a member's papers are, and what would most improve them."""

from dataclasses import dataclass

from django.urls import reverse

from directory.models import Consent

# How many improvements are suggested at once: the others come when these are done.
SUGGESTED = 3


@dataclass
class Point:
    """Something that buyers look for: `weight` of the 100 points, and what to do to have it.

    Attributes:
        is_proposed: whether it waits for the référent.
    """

    weight: int
    advice: str
    why: str
    url: str
    is_there: bool
    is_proposed: bool = False


@dataclass
class Completeness:
    points: list[Point]

    @property
    def score(self):
        """From 0 to 100."""
        return sum(point.weight for point in self.points if point.is_there)

    @property
    def is_full(self):
        return all(point.is_there for point in self.points)

    @property
    def suggestions(self):
        """What is neither there nor proposed, what counts most first."""
        missing = [point for point in self.points if not point.is_there and not point.is_proposed]
        return sorted(missing, key=lambda point: -point.weight)[:SUGGESTED]

    @property
    def points_proposed(self):
        """How many points of the 100 the open proposal would add."""
        return sum(point.weight for point in self.proposed)

    @property
    def proposed(self):
        return [point for point in self.points if not point.is_there and point.is_proposed]


# What is written in the fiche: its fields, the first of which one goes to; its weight; what to do, and why.
WRITTEN = [
    (
        ("public_offer",),
        20,
        "Écrivez votre offre aux clients publics",
        "Sans elle, la fiche ne peut pas entrer au catalogue.",
    ),
    (("skills",), 15, "Cochez vos compétences", "C’est par elles que les acheteurs vous trouvent."),
    (
        ("headline",),
        10,
        "Résumez votre offre en une phrase",
        "C’est la première chose qui se lit dans les résultats.",
    ),
    (("departments", "nationwide"), 10, "Dites où vous intervenez", "Les acheteurs cherchent dans leur département."),
    (("cpv_codes",), 10, "Choisissez un code CPV", "Beaucoup d’acheteurs cherchent par ces codes."),
    (("presentation",), 5, "Présentez-vous en quelques lignes", "On choisit aussi une personne."),
]


def completeness_of(fiche, *, cv, proposal):
    """The points of a fiche fetched `with_fiche()`; `cv` and the open `proposal` may be None."""
    changes = proposal.changes if proposal else {}
    written = [
        Point(weight, advice, why, _form(names[0]), _is_said(fiche, names), any(name in changes for name in names))
        for names, weight, advice, why in WRITTEN
    ]
    shown = [_reachable(fiche, changes), _photo(fiche, changes)]
    # In this order, equals in weight are suggested.
    return Completeness([*written[:2], _reference(fiche), *written[2:], *shown, _cv(cv)])


def _form(name):
    """The field of the form that proposes a change."""
    return f"{reverse('my_space:fiche')}#id_{name}"


def _is_said(fiche, names):
    return any(_has(getattr(fiche, name)) for name in names)


def _has(value):
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value.all()) if hasattr(value, "all") else value


def _shown_items(fiche):
    return {consent.item for consent in fiche.active_consents}


def _reference(fiche):
    return Point(
        15,
        "Ajoutez une référence publique",
        "Un acheteur compare d’abord ce qui a déjà été fait pour d’autres.",
        reverse("references:list"),
        bool(fiche.published_references),
    )


def _reachable(fiche, changes):
    given = {Consent.Item.PHONE: fiche.phone, Consent.Item.WEBSITE: fiche.website}
    return Point(
        5,
        "Montrez votre téléphone ou votre site",
        "Un acheteur pressé appelle plus volontiers qu’il n’écrit.",
        reverse("my_space:consents") if any(given.values()) else _form("phone"),
        any(value and item in _shown_items(fiche) for item, value in given.items()),
        "phone" in changes or "website" in changes,
    )


def _photo(fiche, changes):
    has_photo = bool(fiche.photo)
    return Point(
        5,
        "Montrez votre photo" if has_photo else "Ajoutez votre photo",
        "Une fiche avec un visage inspire confiance.",
        reverse("my_space:consents") if has_photo else _form("photo"),
        has_photo and Consent.Item.PHOTO in _shown_items(fiche),
        "photo" in changes,
    )


def _cv(cv):
    return Point(
        5,
        "Relisez votre CV" if cv else "Écrivez votre CV",
        "Il part avec chaque réponse à un marché.",
        reverse("my_space:cv"),
        cv is not None and cv.is_fresh,
    )
