"""Fill an empty database with a believable cooperative, the same each time but for the passwords."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from random import Random

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from stdnum import luhn
from tqdm import tqdm

from directory.models import (
    Certification,
    CoEntrepreneur,
    Consent,
    Label,
    ListingRequest,
    PublicClient,
    Referent,
    Skill,
    SourcingRecord,
)
from directory.models.co_entrepreneur import RESERVED_SLUGS, SLUG_LENGTH
from directory.models.consent import CONSENT_TEXT_SINCE

from . import (
    accounts,
    cast,
    content,
    coverage,
    cvs,
    files,
    messages,
    papers,
    portfolios,
    portraits,
    records,
    references,
    requests,
    tenders,
)
from .plan import LEFT_COOPERATIVE, ON_CATALOGUE, ONCE_LISTED, Standing, plan

SEED = 34_000
# Co-entrepreneurs whose address is handed over with the accounts, to start a request with.
INVITED = 3
# One client in so many has no SIRET.
NO_SIRET_EVERY = 4


class NotEmptyError(Exception):
    """The database holds fiches, référents or public clients already."""


@dataclass(frozen=True)
class Counts:
    """How much was written, and the accounts to come in with."""

    fiches: int
    listed: int
    departed: int
    references: int
    certifications: int
    requests: int
    cvs: int
    consultations: int
    accounts: tuple[accounts.Account, ...]
    records: tuple[SourcingRecord, ...] = ()


@transaction.atomic
def fill(*, progress=True):
    """Write the demonstration, all of it or nothing; `progress` draws a bar on the error stream.

    Raises:
        NotEmptyError: someone has begun to work here.
    """
    if any(model.objects.exists() for model in (CoEntrepreneur, Referent, PublicClient)):
        raise NotEmptyError
    # In local time, which days are counted back in: an hour more or less is none of a request’s business.
    random, now = Random(SEED), timezone.localtime()  # noqa: S311
    plans = requests.with_their_date(plan(random, timezone.localdate(now)))
    with tqdm(total=9, desc="Coopérative de démonstration", unit="étape", disable=not progress) as bar:
        with pghistory.context(reason="Données de démonstration"):
            handed_over, referents = accounts.create()
            bar.update()
            clients = _write_clients()
            bar.update()
            fiches = _write_fiches(plans, referents, now)
            _write_lists(zip(fiches, plans, strict=True), CoEntrepreneur)
            bar.update()
            _write_consents(plans, fiches, now)
            told = references.write(plans, fiches, clients, now)
            bar.update()
            certifications = _write_certifications(plans, fiches)
            bar.update()
            asked = requests.write(plans, fiches, referents, now)
            _write_lists(asked, ListingRequest)
            bar.update()
            careers = cvs.write(plans, fiches, now)
            coverage.write(plans, fiches, timezone.localdate(now))
            papers.write(timezone.localdate(now))
            bar.update()
            listed = cast.listed(plans, fiches)
            portfolios.write([*listed["graphisme"][:2], *listed["photographie"][:1]], now)
            consultations = tenders.write(listed, clients, now)
            tenders.write_contracts(told, clients, now)
            tenders.write_proposals(plans, fiches, listed, now)
            messages.write(listed, now)
            bar.update()
        # Contexts within a context would all be one: each référent has their own.
        _tick(plans, fiches, now)
        made = records.write()
        bar.update()
    return Counts(
        fiches=len(fiches),
        listed=sum(planned.standing in ON_CATALOGUE for planned in plans),
        departed=sum(planned.standing in LEFT_COOPERATIVE for planned in plans),
        references=len(told),
        certifications=len(certifications),
        requests=len(asked),
        cvs=len(careers),
        consultations=len(consultations),
        records=tuple(made),
        accounts=(*handed_over, *_invited(plans, fiches)),
    )


def _write_clients():
    """Every public client, by type and name; some, as anywhere, entered without their SIRET."""
    entries = [(client_type, *entry) for client_type, named in content.clients().items() for entry in named]
    clients = PublicClient.objects.bulk_create(
        PublicClient(
            name=name,
            type=client_type,
            department_id=department,
            siret="" if number % NO_SIRET_EVERY == 0 else fictional_siret(number),
        )
        for number, (client_type, name, department) in enumerate(entries, start=1)
    )
    return {(client.type, client.name): client for client in clients}


def fictional_siret(number):
    """A SIRET with the right keys, of a SIREN too low to have been given to anyone."""
    siren = f"{number:08}"
    establishment = f"{siren}{luhn.calc_check_digit(siren)}0001"
    return f"{establishment}{luhn.calc_check_digit(establishment)}"


def _write_fiches(plans, referents, now):
    """The fiches, none of them ticked yet: the search documents are then written once, at the end."""
    taken = set(RESERVED_SLUGS)
    fiches = []
    ends = coverage.contract_ends(plans, timezone.localdate(now))
    for number, (planned, contract_ends_on) in enumerate(zip(plans, ends, strict=True)):
        slug = _free_slug(planned.name, taken)
        lacks_referent = planned.standing is Standing.LACKS_REFERENT
        fiches.append(
            CoEntrepreneur(
                first_name=planned.first_name,
                last_name=planned.last_name,
                trade_name=planned.trade_name,
                slug=slug,
                headline=planned.headline,
                public_offer=planned.public_offer,
                presentation=planned.presentation,
                nationwide=planned.nationwide,
                city=planned.city,
                email=f"{slug}@example.org",
                phone=planned.phone,
                website=planned.website,
                photo=portraits.portrait(number) if planned.has_photo else "",
                contract_stage=planned.contract_stage,
                contract_ends_on=contract_ends_on,
                departed_on=_day(now, planned.departed_in),
                referent=None if lacks_referent else referents[number % len(referents)],
                listed_since=_day(now, -planned.listed_days_ago) if planned.standing in ONCE_LISTED else None,
                created_at=now - timedelta(days=planned.created_days_ago),
            )
        )
    return CoEntrepreneur.objects.bulk_create(fiches)


def _free_slug(name, taken):
    """As `CoEntrepreneur.save` makes it: the name, or the name and a number."""
    base = slugify(name)[: SLUG_LENGTH - 8]
    slug = next(slug for number in count(1) if (slug := f"{base}-{number}" if number > 1 else base) not in taken)
    taken.add(slug)
    return slug


def _day(now, days):
    return None if days is None else timezone.localdate(now) + timedelta(days=days)


def _write_lists(pairs, model):
    """Skills, CPV codes and departments of these fiches or requests, each paired with its plan."""
    skills = dict(Skill.objects.values_list("slug", "pk"))
    owner = f"{model.__name__.lower()}_id"
    links = {"skills": [], "cpv_codes": [], "departments": []}
    for record, planned in pairs:
        links["skills"] += [{owner: record.pk, "skill_id": skills[slug]} for slug in planned.skills]
        links["cpv_codes"] += [{owner: record.pk, "cpvcode_id": code} for code in planned.cpv]
        links["departments"] += [{owner: record.pk, "department_id": code} for code in planned.departments]
    for name, rows in links.items():
        through = getattr(model, name).through
        through.objects.bulk_create(through(**row) for row in rows)


def _write_consents(plans, fiches, now):
    """Given once the fiche and the words were there; those who asked not to be listed any more took theirs back."""
    since = timezone.make_aware(datetime.combine(CONSENT_TEXT_SINCE, time(9)))
    Consent.objects.bulk_create(
        Consent(
            co_entrepreneur=fiche,
            item=item,
            given_at=(given_at := min(max(fiche.created_at, since), now)),
            withdrawn_at=min(given_at + timedelta(days=10), now) if planned.standing is Standing.UNTICKED else None,
        )
        for planned, fiche in zip(plans, fiches, strict=True)
        for item in sorted(planned.shows)
        if getattr(fiche, item)
    )


def _write_certifications(plans, fiches):
    labels = {label.slug: label for label in Label.objects.all()}
    return Certification.objects.bulk_create(
        Certification(
            co_entrepreneur=fiche,
            label=labels[certification.label],
            expires_on=certification.expires_on,
            proof=_proof(fiche, labels[certification.label], certification) if certification.proved else "",
        )
        for planned, fiche in zip(plans, fiches, strict=True)
        for certification in planned.certifications
    )


def _proof(fiche, label, certification):
    lines = [label.name, "", f"Titulaire : {fiche.name}", "Document de démonstration, sans valeur."]
    if certification.expires_on:
        lines.insert(3, f"Valable jusqu’au {certification.expires_on:%d/%m/%Y}")
    return files.proof(lines)


def _tick(plans, fiches, now):
    """Tick the boxes as référents did, each their own, untick those who left, and date the contents.

    Until now every content bore the date of this transaction.
    """
    ticked_by = {}
    unticked = {Standing.UNTICKED: [], Standing.GONE: []}
    for planned, fiche in zip(plans, fiches, strict=True):
        fiche.client_public = planned.standing in ONCE_LISTED
        fiche.content_updated_at = now - timedelta(days=planned.updated_days_ago)
        ticked_by.setdefault(fiche.referent if fiche.client_public else None, []).append(fiche)
        if planned.standing in unticked:
            unticked[planned.standing].append(fiche.pk)
    for referent, mine in ticked_by.items():
        who = {"user": referent.user_id, "reason": "Offre relue en rendez-vous"} if referent else {}
        with pghistory.context(**who):
            CoEntrepreneur.objects.bulk_update(mine, ["client_public", "content_updated_at"])
    for standing, reason in ((Standing.UNTICKED, "À sa demande"), (Standing.GONE, "Départ de la coopérative")):
        with pghistory.context(reason=reason):
            CoEntrepreneur.objects.filter(pk__in=unticked[standing]).update(client_public=False)


def _invited(plans, fiches):
    """Those ready to be listed who haven't asked yet: they come in with their address."""
    asking = set(requests.sources(plans))
    ready = [
        fiche
        for number, (planned, fiche) in enumerate(zip(plans, fiches, strict=True))
        if planned.standing is Standing.READY and number not in asking
    ]
    return [accounts.Account(accounts.CO_ENTREPRENEUR_ROLE, fiche.email) for fiche in ready[:INVITED]]
