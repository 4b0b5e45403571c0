"""A French-looking vocabulary in which a few words are everywhere and most are rare, as in any language."""

import random
from itertools import accumulate

# These three are in no name of a skill, a CPV code or a label: how many fiches hold each is known.
COMMON, COMMON_SHARE = "terrain", 0.40
USUAL, USUAL_SHARE = "exigence", 0.05
RARE, RARE_FICHES = "campanologie", 3
COMMON_MISSPELT = "terain"

_MOST_USED = """
de la les des et à le en pour du un une dans sur avec par au aux qui que nous vous votre vos je plus sans leur chaque
entre mes est sont tout toute comme selon projet équipe travail service public commune collectivité agent atelier besoin
élu mission méthode outil document réunion suivi diagnostic étude conseil territoire école usager budget calendrier
livrable rapport visite entretien restitution bilan plan action programme groupe parcours quartier village patrimoine
environnement énergie santé culture jeunesse emploi mobilité logement paysage eau numérique données carte texte image
site formation animation concertation médiation évaluation coordination
"""
_ONSETS = "b c d f g j l m n p r s t v br cl cr dr fl fr gl gr pl pr tr ch"
_VOWELS = "a e i o u é ou an on in ai au"
_ENDINGS = "tion ment eur age ité ie ance ique er oir ette ade ure ier euse isme"
MOST_USED = _MOST_USED.split()
RARER = 40_000
# Long enough for every rare word to be drawn, short enough to be held.
DRAWN = 2_000_000


def repeatable():
    """Chance that is the same at each run."""
    return random.Random(2122)  # noqa: S311 nothing here is secret


def vocabulary(chance):
    """Words by how often they are used, the most used first."""
    onsets, vowels, endings = _ONSETS.split(), _VOWELS.split(), _ENDINGS.split()
    made = dict.fromkeys(MOST_USED)
    while len(made) < len(MOST_USED) + RARER:
        syllables = "".join(chance.choice(onsets) + chance.choice(vowels) for _ in range(chance.randint(1, 3)))
        made[syllables + chance.choice(endings)] = None
    return list(made)


class Prose:
    """Texts in which the word of rank n is drawn in proportion of 1/n (Zipf's law)."""

    def __init__(self):
        self.random = repeatable()
        self.words = vocabulary(self.random)
        weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        # Drawn once: each text is then a stretch of it.
        self.drawn = self.random.choices(self.words, cum_weights=weights, k=DRAWN)

    def text(self, shortest, longest, *, also=()):
        """As many words, `also` among them."""
        length = self.random.randint(shortest, longest)
        start = self.random.randrange(DRAWN - length)
        return " ".join([*self.drawn[start : start + length], *also]).capitalize() + "."

    def name(self):
        """One of the rarer words, as a proper name."""
        return self.words[self.random.randrange(len(MOST_USED), len(self.words))].capitalize()
