"""Fiches of a believable shape, as rows for COPY: the same for the same number of fiches."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from directory.models import CpvCode, Department, Domain, Label, PublicClient, Reference, Skill

from .words import COMMON, COMMON_SHARE, RARE, RARE_FICHES, USUAL, USUAL_SHARE, Prose

_FIRST_NAMES = """
Camille Dominique Claude Maxime Élodie Jérôme Nadia Karim Sophie Anaïs Hélène Benoît Inès Loïc Maëlle Thomas Fatima Yann
Zoé Gaël Chloé Rémi Aïcha Noël Lucie Amine Céline Hugo Judith Mehdi
"""
FIRST_NAMES = _FIRST_NAMES.split()
NATIONWIDE_SHARE = 0.05
LEAVING_SHARE = 0.02
CERTIFIED_SHARE = 0.10
REFERENCED_SHARE = 0.50
# Most skills of a person belong to one trade.
SAME_DOMAIN_SHARE = 0.8
HEADLINE_LENGTH = 140
REFERENTS = 20
TWO_YEARS = 730

# The columns of each table that a fiche writes, in the order that rows have.
COLUMNS = {
    "directory_coentrepreneur": (
        "id, first_name, last_name, trade_name, slug, headline, public_offer, presentation, nationwide, city, email, "
        "phone, website, photo, contract_stage, departed_on, referent_id, client_public, listed_since, "
        "content_updated_at, created_at"
    ),
    "directory_coentrepreneur_skills": "coentrepreneur_id, skill_id",
    "directory_coentrepreneur_cpv_codes": "coentrepreneur_id, cpvcode_id",
    "directory_coentrepreneur_departments": "coentrepreneur_id, department_id",
    "directory_reference": (
        "co_entrepreneur_id, client_id, subject, starts_on, ends_on, role, results, amount, publishable, state, "
        "submitted_at, decided_at, context, mission, deliverables, place, attestation, contact_name, contact_role, "
        "contact_email, contact_phone, comment"
    ),
    "directory_certification": "co_entrepreneur_id, label_id, proof, expires_on",
}


class Draw:
    """Values of which the first come most often, as trades, places and buyers do."""

    def __init__(self, random, values):
        self.random = random
        self.values = list(values)
        self.weights = list(accumulate(1 / (rank + 5) for rank in range(len(self.values))))

    def one(self):
        return self.random.choices(self.values, cum_weights=self.weights)[0]

    def some(self, least, most):
        """Distinct values, as many as asked or a few less."""
        return dict.fromkeys(
            self.random.choices(self.values, cum_weights=self.weights, k=self.random.randint(least, most))
        )


@dataclass
class Cooperative:
    """Draws `size` fiches, all listed, out of the reference data that the database holds.

    Args:
        prose: what the texts, and all else, are drawn from.
        referents, clients: the keys of those that the fiches may name.
        today: what dates are counted from.
    """

    size: int
    prose: Prose
    referents: list
    clients: list
    today: date

    def __post_init__(self):
        self.random = self.prose.random
        self.domains = Draw(self.random, Domain.objects.values_list("pk", flat=True))
        self.skills = {
            domain: Draw(self.random, Skill.objects.filter(domain=domain).values_list("pk", flat=True))
            for domain in self.domains.values
            if Skill.objects.filter(domain=domain).exists()
        }
        self.domains.values = list(self.skills)
        self.domains.weights = self.domains.weights[: len(self.skills)]
        self.cpv_codes = Draw(self.random, CpvCode.objects.order_by("-code").values_list("pk", flat=True))
        regions = {}
        for code, region in Department.objects.values_list("code", "region_id"):
            regions.setdefault(region, []).append(code)
        self.regions = Draw(self.random, sorted(regions.values(), key=lambda codes: (-len(codes), codes)))
        self.buyers = Draw(self.random, self.clients)
        self.labels = Draw(self.random, Label.objects.values_list("pk", flat=True))
        self.rare = set(self.random.sample(range(1, self.size + 1), min(RARE_FICHES, self.size)))

    def rows(self):
        """Pairs of table and row, fiche after fiche."""
        for number in range(1, self.size + 1):
            yield "directory_coentrepreneur", self._fiche(number)
            yield from self._lists(number)
            yield from self._references(number)
            if self.random.random() < CERTIFIED_SHARE:
                expires = self.today + timedelta(days=self.random.randint(-100, TWO_YEARS))
                yield "directory_certification", (number, self.labels.one(), f"proofs/{number}.pdf", expires)

    def _fiche(self, number):
        random, prose = self.random, self.prose
        also = [COMMON] * (random.random() < COMMON_SHARE) + [USUAL] * (random.random() < USUAL_SHARE)
        if number in self.rare:
            also.append(RARE)
        last_name = prose.name()
        listed_since = self.today - timedelta(days=random.randint(0, TWO_YEARS))
        written = datetime(listed_since.year, listed_since.month, listed_since.day, 9, tzinfo=UTC)
        leaving = random.random() < LEAVING_SHARE
        return (
            number,
            random.choice(FIRST_NAMES),
            last_name,
            f"{prose.name()} & {prose.name()}" if random.random() < SAME_DOMAIN_SHARE else "",
            f"fiche-{number}",
            prose.text(6, 12)[:HEADLINE_LENGTH],
            prose.text(50, 90, also=also),
            prose.text(20, 60),
            random.random() < NATIONWIDE_SHARE,
            f"Saint-{last_name}",
            f"fiche{number}@example.org",
            "",
            "",
            "",
            "",
            self.today + timedelta(days=random.randint(30, 400)) if leaving else None,
            random.choice(self.referents),
            True,
            listed_since,
            written,
            written,
        )

    def _lists(self, number):
        domain = self.domains.one()
        skills = {}
        for _ in range(self.random.randint(2, 5)):
            same = self.random.random() < SAME_DOMAIN_SHARE
            skills[self.skills[domain if same else self.domains.one()].one()] = None
        for skill in skills:
            yield "directory_coentrepreneur_skills", (number, skill)
        for code in self.cpv_codes.some(1, 3):
            yield "directory_coentrepreneur_cpv_codes", (number, code)
        region = self.regions.one()
        for code in self.random.sample(region, min(len(region), self.random.randint(1, 4))):
            yield "directory_coentrepreneur_departments", (number, code)

    def _references(self, number):
        if self.random.random() >= REFERENCED_SHARE:
            return
        for _ in range(self.random.randint(0, 4)):
            starts_on = self.today - timedelta(days=self.random.randint(200, 1200))
            yield (
                "directory_reference",
                (
                    number,
                    self.buyers.one(),
                    self.prose.text(4, 10),
                    starts_on,
                    starts_on + timedelta(days=150),
                    self.random.choice(Reference.Role.values),
                    self.prose.text(5, 15),
                    self.random.randint(1, 90) * 1000,
                    True,
                    Reference.State.VALIDATED.value,
                    starts_on,
                    starts_on,
                    # From the context to the comment.
                    *[""] * 10,
                ),
            )


def public_clients(size, prose):
    """As many buyers as that many fiches would meet."""
    names = dict.fromkeys(f"{prose.name()} sur {prose.name()}" for _ in range(max(20, min(size // 20, 20_000))))
    return [
        PublicClient(name=f"Collectivité de {name}", type=prose.random.choice(PublicClient.Type.values))
        for name in names
    ]
