"""What awaits an inactive account is told to administrators, and nothing to the account itself."""

import pytest

from directory.listing.emails import remind
from directory.my_space.emails import tell_proposed as tell_proposal
from directory.references.emails import tell_proposed
from directory.tenders.consultations.people import responsible
from directory.tenders.team.emails import tell_answered
from tests.cast import awaiting, led, lose_address, seat
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ConsultationFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    ReferentFactory,
)
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone():
    return ReferentFactory(user__is_active=False, user__email="partie@example.org")


@pytest.fixture
def administration():
    AdministratorFactory(email="ancienne@example.org", is_active=False)
    lose_address(AdministratorFactory())
    return AdministratorFactory(email="administration@example.org")


@pytest.mark.parametrize(
    "tell",
    [
        lambda gone: remind(ListingRequestFactory(referent=gone), days=7),
        lambda gone: tell_proposed(awaiting(co_entrepreneur=CoEntrepreneurFactory(referent=gone)), again=False),
        lambda gone: tell_proposal(
            FicheProposalFactory(co_entrepreneur=CoEntrepreneurFactory(referent=gone)), labels=[], again=False
        ),
        lambda gone: tell_answered(seat(ConsultationFactory(author_member=None, author_user=gone.user))),
    ],
    ids=["request", "reference", "proposal", "answer to an invitation"],
)
def test_what_awaits_an_inactive_account_goes_to_administrators(gone, administration, mailoutbox, tell):
    tell(gone)
    run_jobs()

    assert [message.to for message in mailoutbox] == [["administration@example.org"]]


def test_the_mail_names_whom_it_is_sent_to(gone, administration, mailoutbox):
    remind(ListingRequestFactory(referent=gone), days=7)
    run_jobs()

    assert f"Bonjour {administration.username}," in mailoutbox[0].body


def test_who_answers_for_a_consultation_has_an_address(gone, administration):
    """The référent of the lead has left; so has who opened the other."""
    of_member = led(by=CoEntrepreneurFactory(referent=gone, email="pilote@example.org"))
    of_account = ConsultationFactory(author_member=None, author_user=gone.user)
    nameless = ConsultationFactory(author_member=None, author_user=ReferentFactory().user)
    lose_address(nameless.author_user)

    assert {person.email for person in responsible(of_member)} == {"pilote@example.org", "administration@example.org"}
    assert [person.email for person in responsible(of_account)] == ["administration@example.org"]
    assert responsible(nameless) == []
