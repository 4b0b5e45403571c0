"""Who is in the demonstration and what each fiche says, decided before anything is written.

Nothing here touches the database, and one generator, seeded by the caller, draws everything in a fixed order:
two plans made on the same day are equal.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto
from itertools import product

from django.utils.text import slugify

from . import content

OCCITANIE = tuple(sorted(home.department for home in content.homes()))
OFFER_PARTS = ("opening", "what", "how", "result")


class Standing(Enum):
    """Where a fiche stands towards the catalogue."""

    LISTED = auto()
    LEAVING = auto()  # listed, with a departure to come
    UNTICKED = auto()  # was listed, still a member
    READY = auto()  # complete, never listed
    LACKS_REFERENT = auto()
    LACKS_OFFER = auto()
    LACKS_SKILLS = auto()
    LACKS_ZONE = auto()
    LACKS_HEADLINE = auto()
    GONE = auto()  # was listed, has left
    LEFT = auto()  # has left, never listed


# How many of each, beside those who are listed.
STANDINGS = {
    Standing.LEAVING: 4,
    Standing.UNTICKED: 3,
    Standing.READY: 16,
    Standing.LACKS_REFERENT: 4,
    Standing.LACKS_OFFER: 4,
    Standing.LACKS_SKILLS: 3,
    Standing.LACKS_ZONE: 3,
    Standing.LACKS_HEADLINE: 2,
    Standing.GONE: 8,
    Standing.LEFT: 4,
}
ON_CATALOGUE = {Standing.LISTED, Standing.LEAVING}
ONCE_LISTED = ON_CATALOGUE | {Standing.UNTICKED, Standing.GONE}
LEFT_COOPERATIVE = {Standing.GONE, Standing.LEFT}
# One fiche in so many has a photo.
PHOTO_EVERY = 3


@dataclass(frozen=True)
class PlannedReference:
    client: tuple[str, str]  # type and name
    subject: str
    results: str
    starts_on: date
    ends_on: date | None
    role: str
    amount: int | None
    publishable: bool


@dataclass(frozen=True)
class PlannedCertification:
    label: str
    expires_on: date | None
    proved: bool


@dataclass(frozen=True)
class PlannedFiche:
    trade: content.Trade
    standing: Standing
    first_name: str
    last_name: str
    city: str
    departments: tuple[str, ...]
    nationwide: bool
    trade_name: str
    headline: str
    public_offer: str
    presentation: str
    title: str  # what their trade is called
    since: int  # the year they began to practise it
    skills: tuple[str, ...]
    cpv: tuple[str, ...]
    # What the person would propose in a request: never used by another fiche.
    proposed_headline: str
    proposed_offer: str
    phone: str
    website: str
    has_photo: bool
    references: tuple[PlannedReference, ...]
    certifications: tuple[PlannedCertification, ...]
    contract_stage: str
    created_days_ago: int
    listed_days_ago: int
    updated_days_ago: int
    departed_in: int | None  # days from today, negative once departed
    shows: frozenset[str]  # items of Consent

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}"


def plan(random, today):
    """All the fiches of the cooperative, in a fixed order."""
    trades = content.trades()
    standings = _standings(random, trades)
    names = _names(random, len(standings))
    taken = set()  # (subject, client) pairs: no two people delivered the same thing to the same client
    fiches = []
    for trade in trades:
        texts = _texts(random, trade)
        for rank in range(trade.people):
            number = len(fiches)
            fiches.append(
                _fiche(
                    random,
                    today,
                    trade=trade,
                    rank=rank,
                    standing=standings[number],
                    name=names[number],
                    number=number,
                    texts=texts[rank],
                    taken=taken,
                )
            )
    return _with_odd_ones(fiches)


def _standings(random, trades):
    """One standing for each fiche; the first of each trade is listed, so that every skill can be found."""
    first_ones = set()
    total = 0
    for trade in trades:
        first_ones.add(total)
        total += trade.people
    others = [number for number in range(total) if number not in first_ones]
    drawn = [standing for standing, count in STANDINGS.items() for _ in range(count)]
    standings = [Standing.LISTED] * total
    for number, standing in zip(random.sample(others, len(drawn)), drawn, strict=True):
        standings[number] = standing
    return standings


def _names(random, count):
    """Distinct names; a last name comes back as seldom as possible."""
    families = content.name_families()
    last_names = {family: random.sample(family.last, len(family.last)) for family in families}
    names = []
    while len(names) < count:
        family = random.choices(families, [family.share for family in families])[0]
        if not last_names[family]:
            last_names[family] = random.sample(family.last, len(family.last))
        name = random.choice(family.first), last_names[family].pop()
        if name not in names:
            names.append(name)
    return names


def _phone(number):
    """A number among those that the regulator (Arcep) keeps for fiction."""
    prefix = "06 39 98" if number % 2 else "04 65 71"
    digits = f"{1000 + number * 29:04}"
    return f"{prefix} {digits[:2]} {digits[2:]}"


def _texts(random, trade):
    """Headline, offer, and those kept for a request, for each person of the trade."""
    headlines = random.sample(trade.headlines, len(trade.headlines))
    offers = _offers(random, trade, 2 * trade.people)
    practical = random.sample(trade.practical, min(trade.people, len(trade.practical)))
    texts = []
    for rank in range(trade.people):
        closing = practical[rank] if rank < len(practical) and often(random, 60) else ""
        offer = " ".join([*offers[rank], closing]).strip()
        spare = headlines[trade.people :] or headlines[: trade.people]
        texts.append((headlines[rank], offer, spare[rank % len(spare)], " ".join(offers[trade.people + rank])))
    return texts


def _offers(random, trade, count):
    """Ways to combine the trade's sentences: the first ones share one sentence at most, if that can be, or two."""
    combinations = list(product(*(getattr(trade, part) for part in OFFER_PARTS)))
    random.shuffle(combinations)
    chosen = []
    for most in (1, 2, 3):
        for combination in combinations:
            if len(chosen) < count and all(len(set(combination) & set(other)) <= most for other in chosen):
                chosen.append(combination)
    return chosen


def often(random, percent):
    return random.randrange(100) < percent


def _zone(random, trade, home):
    """Departments, and whether the whole country."""
    if trade.reach == "national" and often(random, 50):
        return (), True
    if trade.reach != "local" and often(random, 35):
        return OCCITANIE, False
    most = len(home.neighbours)
    count = random.randint(0, min(2, most)) if trade.reach == "local" else random.randint(1, most)
    return tuple(sorted({home.department, *random.sample(home.neighbours, count)})), False


def _skills(random, trade, headline):
    """The trade's first skill, those that the headline speaks of, and one or more of the others."""
    first, *others = trade.skills
    drawn = random.sample(others, random.randint(1, len(others)))
    return first, *(slug for slug in others if slug in drawn or _speaks_of(headline, slug))


def _speaks_of(headline, skill):
    return any(re.search(rf"\b{re.escape(word)}", headline, re.IGNORECASE) for word in content.skill_words()[skill])


def _fiche(random, today, *, trade, rank, standing, name, number, texts, taken):
    home = random.choices(content.homes(), [home.share for home in content.homes()])[0]
    departments, nationwide = _zone(random, trade, home)
    headline, offer, proposed_headline, proposed_offer = texts
    city = random.choice(home.cities)
    years = random.randint(2, 19)
    listed_days_ago = random.randint(4, 730)
    departed_in = None
    if standing is Standing.LEAVING:
        departed_in = random.randint(15, 120)
    elif standing in LEFT_COOPERATIVE:
        departed_in = -random.randint(3, 400)
        listed_days_ago += -departed_in
    trade_name = trade.trade_names[rank] if often(random, 94) else ""
    has_website = bool(trade_name) and often(random, 60)
    has_photo = number % PHOTO_EVERY == PHOTO_EVERY // 2
    stage = random.choices(("cape", "cesa", "associe"), (25, 45, 30))[0]
    title = random.choice(trade.titles)
    fiche = PlannedFiche(
        trade=trade,
        standing=standing,
        first_name=name[0],
        last_name=name[1],
        city=city,
        departments=departments,
        nationwide=nationwide,
        trade_name=trade_name,
        headline=headline,
        public_offer=offer,
        presentation=" ".join(
            [
                f"{title}, à {city}, depuis {today.year - years}.",
                *random.sample(trade.presentation, min(len(trade.presentation), random.randint(2, 3))),
            ]
        ),
        title=title,
        since=today.year - years,
        skills=trade.skills if rank == 0 else _skills(random, trade, headline),
        cpv=(trade.cpv[0], *random.sample(trade.cpv[1:], random.randint(0, min(3, len(trade.cpv) - 1)))),
        proposed_headline=proposed_headline,
        proposed_offer=proposed_offer,
        phone=_phone(number) if often(random, 70) else "",
        website=f"https://{slugify(trade_name)}.example" if has_website else "",
        has_photo=has_photo,
        references=_references(random, today, trade=trade, departments={home.department, *departments}, taken=taken),
        certifications=_certifications(random, today, trade),
        contract_stage=stage,
        created_days_ago=listed_days_ago + random.randint(20, 900),
        listed_days_ago=listed_days_ago,
        updated_days_ago=random.randint(0, listed_days_ago),
        departed_in=departed_in,
        # The first photo stays private, for want of a consent.
        shows=frozenset(
            [item for item, share in (("phone", 0.6), ("website", 0.8)) if random.random() < share]
            + ["photo"] * (number > PHOTO_EVERY)
        ),
    )
    return _with_what_it_lacks(fiche)


def _with_what_it_lacks(fiche):
    match fiche.standing:
        case Standing.LACKS_OFFER:
            return replace(fiche, public_offer="", references=())
        case Standing.LACKS_SKILLS:
            return replace(fiche, skills=(), cpv=())
        case Standing.LACKS_ZONE:
            return replace(fiche, departments=(), nationwide=False)
        case Standing.LACKS_HEADLINE:
            return replace(fiche, headline="", presentation="")
        case _:
            return fiche


def _references(random, today, *, trade, departments, taken):
    count = random.choices(range(7), (14, 14, 22, 20, 14, 10, 6))[0]
    works = (random.sample(trade.works, len(trade.works)) * 2)[:count]
    references = []
    for work in works:
        client = _client(random, work, departments, taken)
        if client is None:
            continue
        taken.add((work.subject, client))
        amount = random.randrange(work.amount[0], work.amount[1] + 1, 50)
        number = random.randint(*work.number)
        # A day for each hundred euros or so: what costs more lasts longer.
        duration = timedelta(days=amount * random.randint(50, 150) // 10_000)
        is_over = often(random, 92)
        ended_ago = timedelta(days=random.randint(10, 1250))
        starts_on = today - duration - ended_ago if is_over else today - duration / 2
        references.append(
            PlannedReference(
                client=client,
                subject=work.subject.format(n=number),
                # What goes on hasn't given its results yet.
                results=_thousands(work.results.format(n=number)) if is_over else "",
                starts_on=starts_on,
                ends_on=starts_on + duration if is_over else None,
                role=random.choices(("titulaire", "mandataire", "cotraitant", "sous-traitant"), (74, 6, 12, 8))[0],
                amount=amount if often(random, 88) else None,
                publishable=often(random, 88),
            )
        )
    return tuple(references)


def _thousands(text):
    return re.sub(r"(?<=\d)(?=\d{3}\b)", "\N{NARROW NO-BREAK SPACE}", text)


def _client(random, work, departments, taken):
    """A client of the right type, near if there is one, whom nobody served in this way yet."""
    all_clients = content.clients()
    free = [
        (client_type, name, department)
        for client_type in work.types
        for name, department in all_clients[client_type]
        if (work.subject, (client_type, name)) not in taken
    ]
    near = [entry for entry in free if entry[2] in departments]
    if not free:
        return None
    client_type, name, _ = random.choice(near or free)
    return client_type, name


def _certifications(random, today, trade):
    certifications = []
    for label, share in zip(trade.labels, (0.65, 0.35, 0.25), strict=False):
        if random.random() < share:
            # Long valid, about to expire, expired, or without an end.
            first, last = random.choices(((70, 1000), (6, 55), (-200, -5), (0, 0)), (66, 14, 12, 8))[0]
            days = random.randint(first, last)
            certifications.append(
                PlannedCertification(
                    label=label,
                    expires_on=today + timedelta(days=days) if days else None,
                    proved=often(random, 92),
                )
            )
    return tuple(certifications)


def _with_odd_ones(fiches):
    """What pages must bear: the longest texts, the trickiest name, two people of one name."""
    listed = [number for number, fiche in enumerate(fiches) if fiche.standing is Standing.LISTED]
    # None of these is the first of its trade, on whom the skills lean.
    spare = [number for number in listed if number and fiches[number - 1].trade == fiches[number].trade]
    longest, trickiest, namesake, other_namesake = (spare[len(spare) * share // 5] for share in range(1, 5))
    fiches[longest] = replace(
        fiches[longest],
        first_name="Marie-Antoinette-Bérangère",
        last_name="de La Roquebrune-Sainte-Enimie-Montgaillard",
        trade_name=(
            "L’Atelier coopératif des cartes, des récits, des paysages et des savoir-faire de la haute vallée du Brézou"
        ),
        headline=(
            "Récits, cartes sensibles, marches commentées et veillées pour que les habitants racontent eux-mêmes "
            "leur vallée aux élus et aux visiteurs"
        ),
        skills=(),
    )
    fiches[trickiest] = replace(fiches[trickiest], first_name="Zoé-Lou", last_name="d’Aubrac-L’Hôpital")
    for number in (namesake, other_namesake):
        fiches[number] = replace(fiches[number], first_name="Claire", last_name="Fabre")
    return fiches
