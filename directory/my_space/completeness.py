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
    def suggestions(self):
        """What is neither there nor proposed, what counts most first."""
        missing = [point for point in self.points if not point.is_there and not point.is_proposed]
        return sorted(missing, key=lambda point: -point.weight)[:SUGGESTED]

    @property
    def proposed(self):
        return [point for point in self.points if not point.is_there and point.is_proposed]


def completeness_of(fiche, *, cv, proposal):
    """The points of a fiche fetched `with_fiche()`; `cv` and the open `proposal` may be None."""
    form, consents = reverse("my_space:fiche"), reverse("my_space:consents")
    items = {consent.item for consent in fiche.active_consents}
    changes = proposal.changes if proposal else {}
    reachable = (fiche.phone and Consent.Item.PHONE in items) or (fiche.website and Consent.Item.WEBSITE in items)
    has_photo = bool(fiche.photo)
    return Completeness(
        [
            Point(
                20,
                "Écrivez votre offre aux clients publics",
                "Sans elle, la fiche ne peut pas entrer au catalogue.",
                f"{form}#id_public_offer",
                bool(fiche.public_offer.strip()),
                "public_offer" in changes,
            ),
            Point(
                15,
                "Cochez vos compétences",
                "C’est par elles que les acheteurs vous trouvent.",
                f"{form}#id_skills",
                bool(fiche.skills.all()),
                "skills" in changes,
            ),
            Point(
                15,
                "Ajoutez une référence publique",
                "Un acheteur compare d’abord ce qui a déjà été fait pour d’autres.",
                reverse("references:list"),
                bool(fiche.published_references),
            ),
            Point(
                10,
                "Résumez votre offre en une phrase",
                "C’est la première chose qui se lit dans les résultats.",
                f"{form}#id_headline",
                bool(fiche.headline),
                "headline" in changes,
            ),
            Point(
                10,
                "Dites où vous intervenez",
                "Les acheteurs cherchent dans leur département.",
                f"{form}#id_departments",
                bool(fiche.zone),
                "departments" in changes or "nationwide" in changes,
            ),
            Point(
                10,
                "Choisissez un code CPV",
                "Beaucoup d’acheteurs cherchent par ces codes.",
                f"{form}#id_cpv_codes",
                bool(fiche.cpv_codes.all()),
                "cpv_codes" in changes,
            ),
            Point(
                5,
                "Présentez-vous en quelques lignes",
                "On choisit aussi une personne.",
                f"{form}#id_presentation",
                bool(fiche.presentation.strip()),
                "presentation" in changes,
            ),
            Point(
                5,
                "Montrez votre téléphone ou votre site",
                "Un acheteur pressé appelle plus volontiers qu’il n’écrit.",
                consents if fiche.phone or fiche.website else f"{form}#id_phone",
                bool(reachable),
                "phone" in changes or "website" in changes,
            ),
            Point(
                5,
                "Montrez votre photo" if has_photo else "Ajoutez votre photo",
                "Une fiche avec un visage inspire confiance.",
                consents if has_photo else f"{form}#id_photo",
                has_photo and Consent.Item.PHOTO in items,
                "photo" in changes,
            ),
            Point(
                5,
                "Relisez votre CV" if cv else "Écrivez votre CV",
                "Il part avec chaque réponse à un marché.",
                reverse("my_space:cv"),
                cv is not None and cv.is_fresh,
            ),
        ]
    )
