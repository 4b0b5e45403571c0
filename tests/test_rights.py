"""Who may what: each rule of `directory.rights`, for each kind of person."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from directory import rights
from directory.models import ContactMessage, GroupMessage, Insurance, Paper, Participation
from tests import cast
from tests.cast import everyone, led, seat, viewer_of
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    ReferenceFactory,
    StandInFactory,
    TeamMemberFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ADMINISTRATOR = {"administrator"}
THEIR_REFERENT = ADMINISTRATOR | {"their référent", "their stand-in"}
ELSEWHERE = {"former stand-in", "stand-in to come", "stand-in of the stand-in"}
ANY_ROLE = THEIR_REFERENT | {"another référent"} | ELSEWHERE
OPEN = ANY_ROLE | {"staff without a role", "account without access"}


# --- Accounts --------------------------------------------------------------------------------------------------------


@pytest.fixture
def accounts(referent, other_referent, administrator, staff_without_role):
    """Each kind of account by name, towards `member`; the closed ones could do all that the open ones can."""
    closed_administrator, closed_referent = cast.administrator(), cast.referent()
    stand_in, former, to_come, of_stand_in = (cast.referent() for _ in range(4))
    today = timezone.localdate()
    for absent in (referent, closed_referent):
        StandInFactory(referent=absent, stand_in=stand_in, starts_on=today, ends_on=today)
        StandInFactory(referent=absent, stand_in=former, starts_on=today - timedelta(days=2))
        StandInFactory(referent=absent, stand_in=to_come, starts_on=today + timedelta(days=1))
    StandInFactory(referent=stand_in, stand_in=of_stand_in)
    for user in (closed_administrator, closed_referent.user):
        user.is_active = False
        user.save()
    return {
        "administrator": administrator,
        "their référent": referent.user,
        "their stand-in": stand_in.user,
        "former stand-in": former.user,
        "stand-in to come": to_come.user,
        "stand-in of the stand-in": of_stand_in.user,
        "another référent": other_referent.user,
        "staff without a role": staff_without_role,
        "account without access": UserFactory(),
        "closed administrator": closed_administrator,
        "closed référent": closed_referent.user,
    }


@dataclass
class Case:
    """What belongs to two members: one whom the référent follows, one whom the closed account did."""

    members: list

    def __post_init__(self):
        self.request = [ListingRequestFactory(co_entrepreneur=member) for member in self.members]
        self.proposal = [FicheProposalFactory(co_entrepreneur=member) for member in self.members]
        self.message = [
            ContactMessage.objects.create(
                co_entrepreneur=member, name="Élue", organisation="Mairie", email="elue@example.org", message="Bonjour"
            )
            for member in self.members
        ]
        buyer = {"name": "Élu", "organisation": "Mairie", "email": "elu@example.org", "message": "Bonjour"}
        written = GroupMessage.objects.create(answer_by=timezone.localdate(), confirmed_at=timezone.now(), **buyer)
        self.group_message = [
            written.recipients.create(co_entrepreneur=member, sent_at=timezone.now()) for member in self.members
        ]
        self.insurance = [Insurance.objects.create(co_entrepreneur=member, insurer="A") for member in self.members]
        day = timezone.localdate()
        self.paper = [Paper.objects.create(kind="bank", starts_on=day, expires_on=day, file="papers/x.pdf")]
        self.insurance_of_all = [Insurance.objects.create(insurer="B")]
        self.reference = [ReferenceFactory(co_entrepreneur=member) for member in self.members]
        self.orphan_reference = [ReferenceFactory(co_entrepreneur=None)]


@pytest.fixture
def case(member, accounts):
    return Case([member, CoEntrepreneurFactory(referent=accounts["closed référent"].referent)])


def of_row(rule):
    """A rule about one row, told as one about rows: those of which it is true."""
    return lambda user, rows: [row for row in rows if rule(user, row)]


def of_user(rule):
    return lambda user, _rows: rule(user)


def of_viewer(rule):
    return lambda user, _rows: rule(viewer_of(user))


RULES = {
    "a fiche is followed by": (of_user(rights.fiches_followed_by), "members", THEIR_REFERENT),
    "a fiche's visibility is read by": (of_viewer(rights.visibility_read_by), "members", THEIR_REFERENT),
    "this fiche is followed by": (of_row(rights.follows), "members", THEIR_REFERENT),
    "this request is followed by": (of_row(rights.follows), "request", THEIR_REFERENT),
    "requests are decided by": (of_user(rights.requests_decided_by), "request", THEIR_REFERENT),
    "proposals are decided by": (of_user(rights.proposals_decided_by), "proposal", THEIR_REFERENT),
    "messages are read by": (of_user(rights.messages_read_by), "message", THEIR_REFERENT),
    "messages to several are read by": (of_user(rights.group_messages_read_by), "group_message", THEIR_REFERENT),
    "insurances are read by": (of_user(rights.insurances_read_by), "insurance", THEIR_REFERENT),
    "insurances are kept by": (of_row(rights.keeps_insurance), "insurance", THEIR_REFERENT),
    "insurances are renewed by": (of_user(rights.insurances_renewed_by), "insurance", THEIR_REFERENT),
    "the cooperative's own are read by": (of_user(rights.insurances_read_by), "insurance_of_all", OPEN),
    "the cooperative's own are kept by": (of_row(rights.keeps_insurance), "insurance_of_all", ADMINISTRATOR),
    "papers are read by": (of_user(rights.papers_read_by), "paper", ANY_ROLE),
    "papers are kept by": (of_row(lambda user, _paper: rights.keeps_papers(user)), "paper", ADMINISTRATOR),
    "papers that aren't public are downloaded by": (
        lambda _user, _rows: rights.papers_downloaded_on(timezone.localdate()),
        "paper",
        set(),
    ),
    "the cooperative's own are renewed by": (
        of_user(rights.insurances_renewed_by),
        "insurance_of_all",
        ADMINISTRATOR,
    ),
    "CVs are read by": (of_viewer(rights.cvs_read_by), "members", THEIR_REFERENT),
    "references are read by": (of_viewer(rights.references_read_by), "reference", THEIR_REFERENT),
    "references are validated by": (of_user(rights.references_validated_by), "reference", THEIR_REFERENT),
    "this reference is validated by": (of_row(rights.validates), "reference", THEIR_REFERENT),
    "those nobody keeps are read by": (of_viewer(rights.references_read_by), "orphan_reference", ADMINISTRATOR),
    "those nobody keeps are validated by": (of_user(rights.references_validated_by), "orphan_reference", ADMINISTRATOR),
    "this one of nobody is validated by": (of_row(rights.validates), "orphan_reference", ADMINISTRATOR),
}


@pytest.mark.parametrize("name", RULES)
def test_what_hangs_from_a_fiche_is_for_who_follows_it(accounts, case, name):
    rule, what, who = RULES[name]
    rows = getattr(case, what)

    allowed = {person: [row in rule(user, rows) for row in rows] for person, user in accounts.items()}

    # What the closed account followed is left to administrators.
    expected = {person: [person in who, person in who & ADMINISTRATOR][: len(rows)] for person in accounts}
    assert allowed == expected


def test_a_role_is_an_administrator_s_or_a_referent_s_as_long_as_the_account_is_open(accounts):
    assert {name for name, user in accounts.items() if rights.is_administrator(user)} == ADMINISTRATOR
    assert {name for name, user in accounts.items() if rights.has_role(user)} == ANY_ROLE
    assert {name for name, user in accounts.items() if rights.staff_viewer(user)} == ANY_ROLE


def test_a_referent_without_access_to_the_back_office_looks_at_nothing(referent):
    referent.user.is_staff = False

    assert rights.staff_viewer(referent.user) is None


def test_who_looks_signs_what_they_do(accounts, member):
    user = accounts["their référent"]

    assert viewer_of(member).author == {"author_member": member}
    assert viewer_of(user).author == {"author_user": user}
    assert [viewer_of(member).name, viewer_of(user).name] == [member.name, "Claire Fabre"]


# --- Members, among themselves ---------------------------------------------------------------------------------------


def test_a_reference_is_read_whole_by_who_took_part_and_who_follows_them(member, other_member, other_referent):
    participant = CoEntrepreneurFactory(referent=other_referent)
    reference = ReferenceFactory(co_entrepreneur=member)
    Participation.objects.create(reference=reference, co_entrepreneur=participant)
    people = {
        "keeper": member,
        "participant": participant,
        "stranger": other_member,
        "référent of a participant": other_referent,
        "référent of a stranger": other_member.referent,
    }

    read = {name for name, person in people.items() if reference in rights.references_read_by(viewer_of(person))}

    assert read == {"keeper", "participant", "référent of a participant"}
    assert [reference in rights.references_shared_with(person) for person in (member, participant, other_member)] == [
        True,
        True,
        False,
    ]
    assert not rights.validates(other_referent.user, reference)


def test_a_cv_is_read_by_its_subject_their_team_and_who_follows_them():
    _, people = everyone()
    subject = people["accepted"]

    read = {name for name, person in people.items() if subject in rights.cvs_read_by(viewer_of(person))}

    assert read == {
        *("accepted", "invited", "lead", "opener"),
        *("concerned referent", "referent of the lead", "administrator"),
    }


@pytest.mark.parametrize("seated", ["invited", "declined"])
def test_the_cv_of_who_has_not_accepted_is_not_the_team_s(seated):
    _, people = everyone()

    readers = {name for name, person in people.items() if people[seated] in rights.cvs_read_by(viewer_of(person))}

    assert readers == {seated, "administrator"}


def test_the_cv_of_who_left_is_for_administrators(administrator, referent):
    gone = CoEntrepreneurFactory(referent=referent, departed_on="2020-01-01")

    assert gone in rights.cvs_read_by(viewer_of(administrator))
    assert gone not in rights.cvs_read_by(viewer_of(referent))
    assert gone not in rights.cvs_read_by(viewer_of(gone))


# --- Consultations -----------------------------------------------------------------------------------------------------

CHANGE = {"lead", "opener", "referent of the lead", "administrator"}
READ = CHANGE | {"invited", "accepted", "concerned referent"}


def test_a_consultation_is_read_by_its_team_and_changed_by_who_leads_or_opened_it():
    consultation, people = everyone()
    viewers = {name: viewer_of(person) for name, person in people.items()}

    assert {name for name in people if consultation in rights.consultations_read_by(viewers[name])} == READ
    assert {name for name in people if consultation in rights.consultations_changed_by(viewers[name])} == CHANGE
    assert {name for name in people if rights.may_change(viewers[name], consultation)} == CHANGE


def test_a_referent_reads_what_one_of_theirs_declined(other_referent):
    consultation = led()
    seat(consultation, co_entrepreneur=CoEntrepreneurFactory(referent=other_referent), state="declined")

    assert consultation in rights.consultations_read_by(viewer_of(other_referent))


def test_who_declined_to_lead_changes_nothing(other_referent):
    lead = CoEntrepreneurFactory(referent=other_referent)
    consultation = ConsultationFactory()
    seat(consultation, co_entrepreneur=lead, role="lead", state="declined")

    assert not rights.may_change(viewer_of(lead), consultation)
    assert not rights.may_change(viewer_of(other_referent), consultation)


def test_an_account_reads_and_changes_what_it_opened_as_long_as_it_is_open(accounts):
    opened = {
        name: ConsultationFactory(author_member=None, author_user=user)
        for name, user in accounts.items()
        if name != "administrator"
    }

    read = {name for name, own in opened.items() if own in rights.consultations_read_by(viewer_of(accounts[name]))}
    changed = {name for name, own in opened.items() if rights.may_change(viewer_of(accounts[name]), own)}

    assert read == changed == OPEN - ADMINISTRATOR


def test_when_contracts_end_is_told_to_the_lead_and_to_accounts():
    consultation, people = everyone()
    seats = list(consultation.team.all())

    told = {name for name, person in people.items() if rights.may_read_contracts(viewer_of(person), seats)}

    assert told == {
        *("lead", "administrator"),
        *("concerned referent", "referent of the lead", "other referent"),
    }


def test_a_closed_account_reads_nothing_of_the_teams_of_those_it_followed(accounts):
    followed = CoEntrepreneurFactory(referent=accounts["closed référent"].referent)
    place = TeamMemberFactory(co_entrepreneur=followed, role="lead")
    viewer = viewer_of(accounts["closed référent"])

    assert not rights.consultations_read_by(viewer).exists()
    assert not rights.may_change(viewer, place.consultation)
    assert not rights.cvs_read_by(viewer).exists()
