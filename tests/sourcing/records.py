"""Records of a sourcing, as the tests of this room begin with them."""

from django.http import QueryDict

from directory.models import SourcingRecord
from directory.search.filters import CatalogueFilter
from directory.search.index import Index
from directory.sourcing.record import actions
from directory.sourcing.record.standing import Standing
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

NEED = "Former les agents d’accueil de la mairie, au printemps 2027."
BUYER = "achats@valferrand.example"


def now():
    """The index of what the test has written."""
    return Index.load(None)


def search(query="q=accueil"):
    return CatalogueFilter(QueryDict(query), now())


def served(*, first_name, last_name, kind="commune", **fields):
    """A listed fiche with a published reference for this type of client."""
    fiche = CoEntrepreneurFactory(listed=True, first_name=first_name, last_name=last_name, **fields)
    ReferenceFactory(co_entrepreneur=fiche, client=PublicClientFactory(type=kind)).participants.add(fiche)
    return fiche


def open_record(*, kept=(), query="q=accueil", need=NEED):
    return actions.start(
        need=need,
        organisation="Commune de Valferrand",
        search=search(query) if query is not None else None,
        fiches=[fiche.pk for fiche in kept],
    )


def close(record, years=1):
    record = SourcingRecord.objects.get(pk=record.pk)
    seen = actions.outline(Standing(record))
    return actions.close(record_pk=record.pk, seen=seen, years=years)


def reachable(record, email=BUYER):
    actions.ask_email(record_pk=record.pk, email=email, seen=actions.state_of_email(fresh(record)))
    actions.confirm_email(record_pk=record.pk, email=email)
    return SourcingRecord.objects.get(pk=record.pk)


def fresh(record):
    return SourcingRecord.objects.get(pk=record.pk)
