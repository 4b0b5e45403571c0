"""What becomes of the contracts that the State's open data say are ours: a person says whose each is."""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from itertools import count

from django.core.serializers import deserialize
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from stdnum.fr import siret

from crealead.words import MEGABYTE
from directory.decisions import awaiting, by_user, check_own
from directory.models import ContractFile, ContractSuggestion, CpvCode, PublicClient, Reference
from directory.references import emails
from directory.references.actions import saved_client
from directory.rights import decides_on_contracts, follows

from . import tasks

State = ContractSuggestion.State
LARGEST_AMOUNT = 10 ** (Reference.amount.field.max_digits - Reference.amount.field.decimal_places)
WHOSE = "L’attribution de ce marché"
# A quarter of a second of reading; what is larger is read by the worker.
MOST_BYTES_AT_ONCE = 2 * MEGABYTE
TO_COMPLETE = (
    "Ce marché vient des données ouvertes de la commande publique. Vérifiez ce qui est écrit, racontez la prestation, "
    "puis envoyez la référence à votre référent."
)


def unknown(suggestions):
    """Those that no earlier import brought, out of suggestions that aren't saved; each gets the number of a free lot.

    A contract of the file and one that is known are the same when buyer, identifier and either words or first amount
    are; each stands for one.
    """
    known, brought = defaultdict(list), defaultdict(list)
    for row in ContractSuggestion.objects.filter(buyer_siret__in={one.buyer_siret for one in suggestions}):
        known[row.buyer_siret, row.contract_id].append(row)
    for suggestion in suggestions:
        brought[suggestion.buyer_siret, suggestion.contract_id].append(suggestion)
    new = []
    for key, of_the_file in brought.items():
        lots, numbers = of_the_file, {row.lot for row in known[key]}
        for is_same in (_says_the_same, _has_the_same_words, _has_the_same_amount):
            lots = _unpaired(lots, known[key], is_same)
        for lot in lots:
            lot.lot = next(number for number in count(1) if number not in numbers)
            numbers.add(lot.lot)
        new += lots
    return new


def _unpaired(lots, rows, is_same):
    """The lots that no row is the same as; a row that is leaves the list."""
    alone = []
    for lot in lots:
        row = next((row for row in rows if is_same(lot, row)), None)
        if row is None:
            alone.append(lot)
        else:
            rows.remove(row)
    return alone


def _says_the_same(lot, row):
    return _has_the_same_words(lot, row) and lot.first_amount == row.first_amount


def _has_the_same_words(lot, row):
    return lot.subject.casefold() == row.subject.casefold()


def _has_the_same_amount(lot, row):
    return lot.first_amount is not None and lot.first_amount == row.first_amount


@transaction.atomic
def bring_in(*, suggestions):
    """Save the suggestions that are new; what was imported before stays as it is, whatever was decided of it.

    Returns:
        int: how many are new.
    """
    new = unknown(suggestions)
    ContractSuggestion.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def receive(*, file, name, by):
    """Keep a file of open data to be read: at once when it is small, else by the worker.

    Returns:
        ContractFile: its `reading` is there if it was small.
    """
    contract_file = ContractFile(user=by, name=ContractFile.printable(name), size=file.size)
    contract_file.file.save(name, file)
    if file.size <= MOST_BYTES_AT_ONCE:
        tasks.read_contract_file(pk=contract_file.pk)
        contract_file.refresh_from_db()
    else:
        tasks.read_contract_file.defer(pk=contract_file.pk)
    return contract_file


@transaction.atomic
def confirm(*, contract_file_pk, by):
    """Bring in what a file was read to hold, once.

    Returns:
        int: how many contracts are new; None for a file that doesn't wait.
    """
    contract_file = (
        ContractFile.objects.select_for_update()
        .filter(pk=contract_file_pk, user=by, state=ContractFile.State.READ)
        .first()
    )
    if contract_file is None:
        return None
    contract_file.state = ContractFile.State.IMPORTED
    contract_file.save(update_fields=["state"])
    return bring_in(suggestions=suggestions_of(contract_file))


def suggestions_of(contract_file):
    """What a file was read to hold of ours: suggestions that aren't saved."""
    return [row.object for row in deserialize("python", contract_file.reading["suggestions"])]


@transaction.atomic
def attribute(*, suggestion_pk, by, co_entrepreneur, client):
    """Make a reference of a contract, kept by who carried it out: theirs to complete, then to be validated.

    Args:
        suggestion_pk: the contract.
        by: a user who follows this co-entrepreneur, or an administrator.
        co_entrepreneur: who carried the contract out.
        client: one of the directory, or a new one that isn't saved; it takes the SIRET of the buyer if it has none.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
    """
    suggestion = _awaiting(suggestion_pk, by)
    check_own("Cette fiche", may=follows(by, co_entrepreneur))
    with by_user(by, "Marché des données ouvertes attribué"):
        reference = _reference(suggestion, co_entrepreneur, _client(client, suggestion.buyer_siret), by)
        _decide(suggestion, by, State.ATTRIBUTED, reference)
        emails.tell_suggested(reference)
    return reference


@transaction.atomic
def dismiss(*, suggestion_pk, by):
    """Set a contract aside: it isn't one that the cooperative wants to show, or isn't its own.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
    """
    _decide(_awaiting(suggestion_pk, by), by, State.DISMISSED)


@transaction.atomic
def take_back(*, suggestions, by):
    """Have those that were set aside, among these, wait for a decision again.

    Args:
        suggestions: a queryset of contracts.
        by: who does it.

    Returns:
        int: how many.

    Raises:
        NotYours: see `directory.decisions`.
    """
    check_own(WHOSE, may=decides_on_contracts(by))
    dismissed = ContractSuggestion.objects.select_for_update().filter(pk__in=suggestions.values("pk"))
    rows = list(dismissed.filter(state=State.DISMISSED).order_by("pk"))
    with by_user(by, "Marché remis à attribuer"):
        for suggestion in rows:
            suggestion.state, suggestion.decided_by, suggestion.decided_at = State.AWAITING, None, None
            suggestion.save(update_fields=["state", "decided_by", "decided_at"])
    return len(rows)


def _awaiting(pk, by):
    return awaiting(ContractSuggestion.objects, pk, may_decide=lambda _: decides_on_contracts(by), whose=WHOSE)


def _decide(suggestion, by, state, reference=None):
    decided = suggestion.decide(state, by=by)
    suggestion.reference = reference
    suggestion.save(update_fields=[*decided, "reference"])


def _client(client, buyer_siret):
    """The client, saved; it takes the buyer's SIRET if it has none."""
    if client.pk is None:
        return saved_client(client)
    known = client.siret or PublicClient.objects.filter(siret=buyer_siret).exists()
    if not known and siret.is_valid(buyer_siret):
        client.siret = buyer_siret
        client.save(update_fields=["siret"])
    return client


def _reference(suggestion, co_entrepreneur, client, by):
    longest = Reference.subject.field.max_length
    amount = suggestion.amount
    reference = Reference.objects.create(
        co_entrepreneur=co_entrepreneur,
        client=client,
        subject=Truncator(suggestion.subject).chars(longest),
        context=suggestion.subject if len(suggestion.subject) > longest else "",
        starts_on=suggestion.notified_on,
        ends_on=_months_after(suggestion.notified_on, suggestion.duration_months),
        role=Reference.Role.SOLE if suggestion.holders_count == 1 else Reference.Role.PARTNER,
        amount=amount if amount is not None and amount < LARGEST_AMOUNT else None,
        state=Reference.State.CHANGES_ASKED,
        comment=TO_COMPLETE,
        decided_by=by,
        decided_at=timezone.now(),
    )
    reference.cpv_codes.set(CpvCode.objects.filter(pk=suggestion.cpv_code))
    return reference


def _months_after(day, months):
    """The last day of so many months; None for an unknown length."""
    if not months:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
