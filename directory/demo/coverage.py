"""What must last as long as a contract does: insurances, and the CAPE of those who are testing their activity."""

from datetime import timedelta
from random import Random

from directory.models import CoEntrepreneur, Insurance

from . import cast, files
from .plan import LEFT_COOPERATIVE, often

SEED = "coverage"
INSURER = "Mutuelle de démonstration des Métiers"
BUILDERS = "Assurances de démonstration du Bâtiment"
# Trade, then for how many days its ten-year insurance is still good: one has lapsed, one is about to.
TEN_YEAR = {
    "pierre-et-terre": 210,
    "menuiserie": 300,
    "metallerie": 24,
    "peinture-et-fresques": 150,
    "petits-travaux": -38,
}
# For how many days the CAPE of who leads the open consultation goes on: less than the contract does.
LEAD, LEAD_DAYS = "graphisme", 80


def contract_ends(plans, today):
    """For each plan, the day its CAPE ends, if it has one and says so."""
    random = Random(SEED)  # noqa: S311
    lead, *_ = cast.listed(plans, range(len(plans)))[LEAD]
    ends = []
    for number, planned in enumerate(plans):
        days, says_so = random.randint(25, 900), often(random, 85)
        concerned = (
            planned.contract_stage == CoEntrepreneur.ContractStage.CAPE and planned.standing not in LEFT_COOPERATIVE
        )
        if number == lead:
            days, says_so = LEAD_DAYS, True
        ends.append(today + timedelta(days=days) if concerned and says_so else None)
    return ends


def write(plans, fiches, today):
    """The cooperative's insurance, and those of the building trades."""
    insurances = [
        Insurance(
            kind=Insurance.Kind.LIABILITY,
            insurer=INSURER,
            policy_number="RCP-0034-2015",
            expires_on=today + timedelta(days=215),
        )
    ]
    listed = cast.listed(plans, fiches)
    for number, (trade, days) in enumerate(TEN_YEAR.items(), start=1):
        insurances.append(
            Insurance(
                co_entrepreneur=listed[trade][0],
                kind=Insurance.Kind.TEN_YEAR,
                insurer=BUILDERS,
                policy_number=f"DEC-0034-{number:04}",
                expires_on=today + timedelta(days=days),
            )
        )
    for insurance in insurances:
        insurance.proof = _proof(insurance)
    return Insurance.objects.bulk_create(insurances)


def _proof(insurance):
    insured = insurance.co_entrepreneur.name if insurance.co_entrepreneur else "La coopérative et tous ses membres"
    return files.proof(
        [
            "Attestation d’assurance",
            "",
            insurance.get_kind_display(),
            f"Assuré : {insured}",
            f"Assureur : {insurance.insurer}, contrat {insurance.policy_number}",
            f"Valable jusqu’au {insurance.expires_on:%d/%m/%Y}",
            "",
            "Document de démonstration, sans valeur.",
        ]
    )
