"""« Pourquoi n’ai-je pas été trouvé ? »: what its page says of a fiche, to its member and to who follows it."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.urls import reverse

from crealead.words import counted, day
from directory.models import CoEntrepreneur, Reference
from directory.models.buyer_search import KEPT
from directory.search import why
from directory.search.cpv import cpv_code
from directory.search.facets import (
    AmountFacet,
    ClientFacet,
    CpvFacet,
    DepartmentFacet,
    DomainFacet,
    InsuranceFacet,
    LabelFacet,
    ReferencesFacet,
    SkillFacet,
)
from directory.search.filters import CatalogueFilter
from directory.search.order import PAGE_SIZE, SORTS
from directory.search.places import fold
from directory.search.reasons import reasons

from .near_misses import LEAST_DAYS, LEAST_TIMES, near_misses
from .share import share_of
from .standing import standing_of

# Where a word stands, by the weight of the search document.
STANDS_IN = {
    "A": "le nom, la marque ou l’accroche",
    "B": "les compétences",
    "C": "l’offre ou la présentation",
    "D": "les codes CPV, les références, les labels, la zone ou la ville",
}
WHERE_TO_STAND = "l’accroche, les compétences, l’offre ou une référence publiée"
MOST_PARTS = 6
ADDRESS = re.compile(r"(?:https?://|/|\?)\S*|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*")
MOST_SKILLS = 3
MOST_PLACES = 3
NOT_INSURED = "Aucune attestation en cours n’est enregistrée : elle se donne au référent, qui l’ajoute."
NEAR_RULE = (
    f"Ce que des acheteurs ont cherché depuis {KEPT.days} jours, au moins {LEAST_TIMES} fois et sur {LEAST_DAYS} "
    "jours, et que la fiche a manqué pour un seul critère. Rien n’est gardé des personnes ; une page relue telle "
    "quelle n’est pas recomptée : les nombres sont des minimums."
)
# What can be said not to be one's trade.
DECLINABLE = {
    why.WORDS,
    DepartmentFacet.name,
    CpvFacet.name,
    SkillFacet.name,
    DomainFacet.name,
    ClientFacet.name,
    LabelFacet.name,
}


def context_of(pk, query, *, change_url, add_url, verb, person):
    """What `my_space/_visibility.html` reads of a fiche, and of the search that a query string asks for.

    Args:
        pk: the key of the fiche.
        query: a `QueryDict`.
        change_url: where the fiche is changed, or a change of it proposed.
        add_url: where a reference is added.
        verb: what one does there: « Proposer d’ajouter ».
        person: who reads it, as `standing_of` has it.
    """
    fiches = CoEntrepreneur.objects.select_related("referent").prefetch_related(
        "departments", "cpv_codes", "certifications"
    )
    fiche, search = fiches.get(pk=pk), CatalogueFilter(query)
    asks = any(name in query for name in search.filters)
    told = Told(fiche, search, change_url=change_url, add_url=add_url, verb=verb) if asks else None
    return {
        "fiche": fiche,
        "near_rule": NEAR_RULE,
        "standing": standing_of(fiche, person),
        "text": search.values["q"],
        "told": told,
        "asked": ", ".join(criterion.words for criterion in search.active),
        "declined": list(fiche.not_my_trade.all()),
        "missed_nearly": near_misses(fiche, search.index) if not asks else [],
        "share": share_of(fiche, search.index),
    }


@dataclass(frozen=True)
class Change:
    """The smallest change that would meet a criterion, and the form where it is already filled in."""

    label: str
    url: str


@dataclass
class PartTold:
    """A word or a value of a criterion, and what the fiche says of it."""

    kind: str
    key: str
    words: str
    is_met: bool
    told: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    may_decline: bool = False
    declined: bool = False

    @property
    def mark(self):
        return "oui" if self.is_met else "non"

    @property
    def said(self):
        """How it is kept, when it is said not to be one's trade."""
        return f"« {self.words} »" if self.kind == why.WORDS else self.words

    @property
    def decline_label(self):
        return f"Ce n’est pas mon métier : {self.words}"


@dataclass
class LineTold:
    """A criterion, met or not, in words."""

    parameter: str
    label: str
    words: str
    is_met: bool
    told: list[str] = field(default_factory=list)
    parts: list[PartTold] = field(default_factory=list)

    @property
    def met(self):
        return "yes" if self.is_met else "no"

    @property
    def mark(self):
        return "rempli" if self.is_met else "pas rempli"


def pasted(query):
    """The query string of a search whose address was pasted in `q`; None for words.

    Of the address, whatever its host, its query string alone is read; one without any is the whole catalogue.
    """
    text = query.get("q", "").strip()
    if not ADDRESS.fullmatch(text):
        return None
    try:
        search = CatalogueFilter(QueryDict(urlsplit(text).query))
    except ValueError:
        return None
    address = search.url_without()
    return address if address != "." else f"?{urlencode({'tri': search.sort})}"


class Told:
    """What a search answers of a fiche, criterion by criterion, with what would change the answer.

    `change_url` is where the fiche is changed, or a change of it proposed, and `verb` what one does there. `add_url` is
    where a reference is added.
    """

    def __init__(self, fiche, search, *, change_url, add_url, verb):
        self.fiche, self.search, self.index = fiche, search, search.index
        self.change_url, self.add_url, self.verb = change_url, add_url, verb
        self.answer = why.Answer(search, fiche.pk)

    @property
    def is_found(self):
        return self.answer.is_found

    @property
    def name(self):
        return "found" if self.is_found else "missing"

    @property
    def page_url(self):
        """The page of results where it stands."""
        number = (self.answer.rank - 1) // PAGE_SIZE + 1
        query = self.search.url_without(page=number if number > 1 else None)
        return reverse("catalogue:list") + (query if query != "." else "")

    @property
    def rank(self):
        return f"{self.answer.rank}{'re' if self.answer.rank == 1 else 'e'}"

    @cached_property
    def reasons(self):
        return reasons(self.search, [self.fiche])[self.fiche.pk] if self.is_found else []

    @property
    def sort_label(self):
        return SORTS[self.search.sort]

    @cached_property
    def missed_count(self):
        missed = sum(not line.is_met for line in self.lines)
        return counted(missed, "critère n’est pas rempli", "critères ne sont pas remplis")

    @cached_property
    def lines(self):
        if not self.fiche.is_published or not self.answer.meets(self.answer.lines[0]):
            first = self.answer.lines[0]
            told = ["Tant qu’elle n’y est pas, aucune recherche ne la trouve : le reste se vérifiera ensuite."]
            return [LineTold(first.parameter, first.label, first.words, False, told)]
        return [self._line(line) for line in self.answer.lines]

    def _line(self, line):
        is_met = self.answer.meets(line)
        told = LineTold(line.parameter, line.label, line.words, is_met)
        if line.kind == why.LISTED:
            return told
        teller = {
            why.WORDS: self._words,
            why.EXCLUDED: self._excluded,
            why.OWNER: self._owner,
            DepartmentFacet.name: self._places,
            CpvFacet.name: self._codes,
            DomainFacet.name: self._domains,
            SkillFacet.name: self._skills,
            ClientFacet.name: self._clients,
            LabelFacet.name: self._labels,
            ReferencesFacet.name: self._references,
            AmountFacet.name: self._amounts,
            InsuranceFacet.name: self._insurances,
        }[line.kind]
        teller(line, told)
        for part in told.parts:
            declinable = not is_met and not part.is_met and line.kind in DECLINABLE
            part.declined = declinable and (part.kind, part.key) in self._declined
            part.may_decline = declinable and not part.declined
            if is_met or part.declined:
                part.changes = []
        return told

    @cached_property
    def _declined(self):
        return set(self.fiche.not_my_trade.values_list("kind", "key"))

    def _part(self, line, part, *told, changes=()):
        key = fold(part.key)[:200] if line.kind == why.WORDS else part.key
        return PartTold(line.kind, key, part.words, self.answer.holds(part), list(told), list(changes))

    def _to(self, anchor, **added):
        query = f"?{urlencode(added, doseq=True)}" if added else ""
        return f"{self.change_url}{query}#id_{anchor}"

    # --- Words --------------------------------------------------------------------------------------------------------

    def _words(self, line, told):
        held = sum(self.answer.holds(part) for part in line.parts)
        if len(line.parts) > 1:
            enough = "c’est assez" if told.is_met else "pas assez pour répondre : les mots rares comptent plus"
            told.told.append(f"La fiche dit {held} de ces {len(line.parts)} mots, {enough}.")
        skills = why.skills_saying(
            [part.unit.loose for part in line.parts if part.unit and not self.answer.holds(part)]
        )
        told.parts = [self._word(line, part, skills, is_met=told.is_met) for part in line.parts]

    def _word(self, line, part, skills, *, is_met):
        if self.answer.holds(part):
            stands = [STANDS_IN[weight] for weight in self.answer.standings.get(part.unit.typed, [])]
            return self._part(line, part, f"Trouvé dans {' ; '.join(stands)}." if stands else "Trouvé.")
        if part.unit is None:
            sentence = "Aucune fiche du catalogue ne dit ce mot"
        else:
            ways = why.stems_of(part.unit.loose)
            found = " ou ".join(f"« {way}… »" for way in ways[:MOST_PARTS])
            more = " et d’autres façons de le dire" if len(ways) > MOST_PARTS else ""
            sentence = f"Cherché par sa racine et ses synonymes, {found}{more}"
        changes = []
        if not is_met:
            known = skills.get(part.unit.loose, []) if part.unit else []
            changes = [
                Change(f"{self.verb} la compétence « {name} »", self._to("skills", skills=key))
                for key, name in known[:MOST_SKILLS]
            ]
            sentence_url = self._to("public_offer", mot=part.words)
            changes.append(Change(f"{self.verb} une phrase à l’offre, avec « {part.words} »", sentence_url))
        return self._part(line, part, f"{sentence}. Il compterait dans {WHERE_TO_STAND}.", changes=changes)

    def _excluded(self, _line, told):
        if not told.is_met:
            told.told.append("La recherche écarte qui dit ces mots, et la fiche les dit. Il n’y a rien à y changer.")

    def _owner(self, _line, told):
        if not told.is_met:
            told.told.append("Ce numéro est celui de quelqu’un d’autre.")

    # --- What is declared ---------------------------------------------------------------------------------------------

    def _places(self, line, told):
        told.told.append(f"Zone d’intervention de la fiche : {self.fiche.zone or 'aucune'}.")
        if told.is_met:
            return
        codes = [part.key for part in line.parts]
        if len(codes) > MOST_PLACES:
            every = Change(f"{self.verb} ces {len(codes)} départements", self._to("departments", departments=codes))
            part = PartTold(line.kind, ",".join(codes)[:200], line.words, False, [], [every])
            told.parts = [part]
            return
        told.parts = [
            self._part(
                line,
                part,
                changes=[Change(f"{self.verb} {part.words}", self._to("departments", departments=part.key))],
            )
            for part in line.parts
        ]

    def _codes(self, line, told):
        mine = {code.code: code for code in self.fiche.cpv_codes.all()}
        if not mine and not told.is_met:
            told.told.append("La fiche ne déclare aucun code CPV.")
        for part in line.parts[:MOST_PARTS]:
            code = part.term.tags[0].removeprefix("cpv:")
            nearest = why.nearest_code(cpv_code(part.key), mine)
            said = f"Le plus proche déclaré : {mine[nearest]}." if nearest else "Aucun code proche n’est déclaré."
            change = Change(f"{self.verb} le code {part.words}", self._to("cpv_codes", cpv_codes=code))
            told.parts.append(self._part(line, part, said, changes=[change]))

    def _domains(self, line, told):
        change = Change(f"{self.verb} une compétence de ce domaine", self._to("skills"))
        for part in line.parts[:MOST_PARTS]:
            told.parts.append(self._part(line, part, "Une compétence de ce domaine y suffit.", changes=[change]))

    def _skills(self, line, told):
        for part in line.parts[:MOST_PARTS]:
            key = part.term.tags[0].partition(":")[2]
            change = Change(f"{self.verb} la compétence « {part.words} »", self._to("skills", skills=key))
            told.parts.append(self._part(line, part, changes=[change]))

    # --- What is proved -----------------------------------------------------------------------------------------------

    @cached_property
    def _own_references(self):
        return list(self.fiche.references.select_related("client"))

    def _clients(self, line, told):
        for part in line.parts[:MOST_PARTS]:
            mine = [reference for reference in self._own_references if reference.client.type == part.key]
            told.parts.append(
                self._part(line, part, *self._lacking(mine, is_met=self.answer.holds(part)), changes=self._add())
            )

    def _references(self, line, told):
        if not told.is_met:
            part = line.parts[0]
            told.parts = [
                self._part(line, part, *self._lacking(self._own_references, is_met=False), changes=self._add())
            ]

    def _amounts(self, line, told):
        if told.is_met:
            return
        mine = self._own_references[:MOST_PARTS]
        told.told = [f"« {reference.subject} » : {_amount_told(reference)}" for reference in mine]
        told.told = told.told or ["La fiche n’a aucune référence."]
        told.parts = [self._part(line, part, changes=self._add()) for part in line.parts[:MOST_PARTS]]

    @staticmethod
    def _lacking(references, *, is_met):
        if is_met:
            return []
        if not references:
            return ["Aucune référence de ce type."]
        return [f"« {reference.subject} » : {_not_shown(reference)}" for reference in references[:MOST_PARTS]]

    def _add(self):
        return [Change(f"{self.verb} une référence", self.add_url)]

    def _insurances(self, line, told):
        told.parts = [
            self._part(line, part, *([] if self.answer.holds(part) else [NOT_INSURED])) for part in line.parts
        ]

    def _labels(self, line, told):
        mine = {str(row.label_id): row for row in self.fiche.certifications.all()}
        for part in line.parts[:MOST_PARTS]:
            certification = mine.get(part.term.tags[0].partition(":")[2])
            told.parts.append(self._part(line, part, _label_told(certification)))


def _not_shown(reference):
    if reference.state != Reference.State.VALIDATED:
        return f"{reference.get_state_display().lower()}, pas encore validée."
    return "" if reference.publishable else "validée, mais elle n’est pas publiée."


def _amount_told(reference):
    """What a reference shows of its amount and of its age, or why it shows nothing."""
    if not_shown := _not_shown(reference):
        return not_shown
    return f"{reference.amount_band or 'le montant n’est pas montré'}, {reference.age.lower()}."


def _label_told(certification):
    if certification is None:
        return "Ce label n’est pas enregistré : son justificatif se donne au référent, qui l’ajoute."
    if not certification.proof:
        return "Ce label est enregistré sans justificatif : donné au référent, il le ferait compter."
    if not certification.is_valid:
        return f"Ce label a expiré le {day(certification.expires_on)} : le nouveau justificatif se donne au référent."
    return ""
