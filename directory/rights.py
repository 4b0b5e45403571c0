"""Who looks, and who may: every rule of permission, and nothing else.

An administrator (`is_superuser`) may do everything. A référent has an account with a `Referent` row: they act for the
co-entrepreneurs they follow, and for those of a colleague whose `StandIn` they are today. A member acts in their space,
by a session of their own. Anyone else may nothing.

**An inactive account acts for nobody**: whatever it followed stays theirs by name, and waits for an administrator.

What may be read or changed is a queryset, so that what isn't yours is not found rather than found and refused.
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q

from directory.models import (
    Certification,
    CoEntrepreneur,
    Consent,
    Consultation,
    ContactMessage,
    ContractSuggestion,
    FicheProposal,
    GroupRecipient,
    Insurance,
    ListingRequest,
    Paper,
    Participation,
    PortfolioImage,
    Reference,
    Referent,
    StandIn,
    TeamMember,
)
from directory.models.author import name_of

# Of any row, and of no row: an empty `Q` beside an « or » would say nothing.
NONE = Q(pk__in=[])
ALL = ~NONE
# Of a fiche: what who follows it reads, and no other référent; what these read with its person's consent, as the public
# does, each named as the `Consent` to it is.
OF_FOLLOWERS = frozenset({"email", "contract_stage", "contract_ends_on", "departed_on"})
SHOWN_WITH_CONSENT = frozenset({"phone", "website", "photo"})


# --- Who looks ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Viewer:
    """Who looks: a member, or a user of the back office who is a référent or an administrator; never nobody."""

    member: CoEntrepreneur | None = None
    user: AbstractBaseUser | None = None

    @property
    def author(self):
        """Who does it, as `models.author.Authored` keeps it: keyword arguments of the model."""
        return {"author_member": self.member} if self.member else {"author_user": self.user}

    @property
    def name(self):
        return self.member.name if self.member else name_of(self.user)

    @property
    def is_administrator(self):
        return self.user is not None and is_administrator(self.user)


def staff_viewer(user):
    """The viewer that an account of the back office is, or None for one without a role."""
    return Viewer(user=user) if user.is_staff and has_role(user) else None


def is_administrator(user):
    return user.is_active and user.is_superuser


def administrators():
    """The accounts of `is_administrator`."""
    return get_user_model().objects.filter(is_active=True, is_superuser=True)


def chooses_referent(user):
    """Whether this user says who follows a fiche: a référent can neither take one nor get rid of one."""
    return is_administrator(user)


def deletes_fiches(user):
    return is_administrator(user)


def insures_anyone(user):
    """Whether this user insures the cooperative itself, beside the people they follow."""
    return is_administrator(user)


def decides_on_contracts(user):
    """Whether this user imports contracts of the open data and says whose each is: nobody follows one."""
    return has_role(user)


def contracts_decided_by(user):
    return ContractSuggestion.objects.all() if decides_on_contracts(user) else ContractSuggestion.objects.none()


def enters_back_office(account):
    """Whether the pages of the back office are for this account, whatever it may do there."""
    return account.is_active and account.is_staff


def has_role(user):
    """Whether this account is an administrator's or a référent's."""
    return user.is_active and (user.is_superuser or getattr(user, "referent", None) is not None)


def accounts_with_role():
    """The accounts to whom the back office is open."""
    with_role = Q(is_superuser=True) | Q(referent__isnull=False)
    return get_user_model().objects.filter(with_role, is_active=True, is_staff=True)


# --- Co-entrepreneurs, and what hangs from them --------------------------------------------------------------------


def follows(user, fiche):
    """Whether this user acts for a co-entrepreneur: their référent, who stands in for them, or an administrator.

    Args:
        user: an account.
        fiche: the `CoEntrepreneur`, or anything else that has a `referent`, as a request to be listed.
    """
    if is_administrator(user):
        return True
    referent = getattr(user, "referent", None) if user.is_active else None
    if referent is None or fiche.referent_id is None:
        return False
    return fiche.referent_id == referent.pk or referents_acted_as(user).filter(pk=fiche.referent_id).exists()


def _followed(user, path=""):
    """The same, of rows: what is true of those whose référent, at `path`, this user acts as."""
    if is_administrator(user):
        return ALL
    return Q(**{f"{path}referent__in": referents_acted_as(user)}) if user.is_active else NONE


def referents_acted_as(user):
    """The référent that this account is, and those for whom it stands in today; not, in turn, for whom they do.

    Nobody stands in for a closed account: what it followed waits for an administrator.
    """
    if not user.is_active:
        return Referent.objects.none()
    stood_in_for = StandIn.objects.current().filter(stand_in__user=user, referent__user__is_active=True)
    return Referent.objects.filter(Q(user=user) | Q(pk__in=stood_in_for.values("referent")))


def stand_ins_seen_by(user):
    """The absences this user is told of: an administrator all, a référent those where they are one of the two."""
    if is_administrator(user):
        return StandIn.objects.all()
    either = Q(referent__user=user) | Q(stand_in__user=user)
    return StandIn.objects.filter(either if user.is_active else NONE)


def names_stand_in(user, stand_in):
    """Whether this user says who stands in, and until when: the absent référent, or an administrator."""
    return is_administrator(user) or (user.is_active and stand_in.referent.user_id == user.pk)


def may_take(user, fiche):
    """Whether this user may follow, from now on, someone whom nobody follows: any référent."""
    return fiche.referent_id is None and user.is_active and getattr(user, "referent", None) is not None


def hands_over(user):
    """Whether this user gives fiches from one référent to another."""
    return is_administrator(user)


def _acts_for_holder(user, holder):
    """The same of a row that a co-entrepreneur holds; what nobody holds is the administrators'."""
    return is_administrator(user) or (holder is not None and follows(user, holder))


def fiches_followed_by(user):
    return CoEntrepreneur.objects.filter(_followed(user))


def fiches_read_by(user):
    """The fiches that this user reads: those they follow, and their colleagues' present ones.

    Of the latter they aren't shown what `columns_hidden_from` says.
    """
    if not has_role(user):
        return CoEntrepreneur.objects.none()
    return CoEntrepreneur.objects.filter(Q(pk__in=CoEntrepreneur.objects.present().values("pk")) | _followed(user))


def columns_hidden_from(user, fiche):
    """The columns of a fiche that this user doesn't read: none of one they follow."""
    return frozenset() if follows(user, fiche) else hidden_from_colleagues(fiche)


def hidden_from_colleagues(fiche):
    """The columns of a fiche that a référent who doesn't follow it isn't shown. Reads `consents`: prefetch them."""
    accepted = {consent.item for consent in fiche.consents.all() if consent.withdrawn_at is None}
    return OF_FOLLOWERS | (SHOWN_WITH_CONSENT - accepted)


def visibility_read_by(viewer):
    """The fiches of which this viewer is told why buyers find them or don't: their own, or those they follow."""
    if viewer.member:
        return CoEntrepreneur.objects.filter(pk=viewer.member.pk)
    return fiches_followed_by(viewer.user)


def requests_decided_by(user):
    """The requests to be listed that this user decides on."""
    return ListingRequest.objects.filter(_followed(user))


def proposals_decided_by(user):
    return FicheProposal.objects.filter(_followed(user, "co_entrepreneur__"))


def messages_read_by(user):
    """What buyers wrote to those this user follows."""
    return ContactMessage.objects.filter(_followed(user, "co_entrepreneur__"))


def group_messages_read_by(user):
    """What buyers wrote to several at once, as it came to those this user follows: each apart from the others."""
    return GroupRecipient.objects.written().filter(_followed(user, "co_entrepreneur__"))


def group_messages_answered_by(member):
    """What buyers wrote to several at once, as it came to this member."""
    return GroupRecipient.objects.written().in_catalogue().filter(co_entrepreneur=member)


def proofs_read_by(user):
    """The certifications whose proof this user reads: of those they follow."""
    return Certification.objects.filter(_followed(user, "co_entrepreneur__"))


def consents_kept_by(user):
    """The consents whose paper this user reads, and which they end when asked to: of those they follow."""
    return Consent.objects.filter(_followed(user, "co_entrepreneur__"))


def portfolios_kept_by(user):
    """The images of work, shown or not, that this user may take away: of those they follow."""
    return PortfolioImage.objects.filter(_followed(user, "co_entrepreneur__"))


def insurances_read_by(user):
    """The cooperative's own, and those of the co-entrepreneurs this user follows."""
    own = Q(co_entrepreneur__isnull=True) if user.is_active else NONE
    return Insurance.objects.filter(_followed(user, "co_entrepreneur__") | own)


def insurances_renewed_by(user):
    """Those whose end this user is told of: of the present members they follow, the cooperative's if they keep it."""
    own = Q(co_entrepreneur__isnull=True) if insures_anyone(user) else NONE
    return Insurance.objects.filter(own | Q(co_entrepreneur__in=fiches_followed_by(user).present()))


def keeps_insurance(user, insurance):
    """Whether this user may change it: an administrator any, a référent those of the fiches they follow."""
    return _acts_for_holder(user, insurance.co_entrepreneur)


def papers_read_by(user):
    """The cooperative's papers, those that are sent to who asks among them: whoever may be asked reads them."""
    return Paper.objects.all() if has_role(user) else Paper.objects.none()


def keeps_papers(user):
    """Whether this user adds, changes and takes away the cooperative's papers."""
    return is_administrator(user)


def papers_downloaded_on(day):
    """The papers that anyone may download on that day: public, and valid."""
    return Paper.objects.public().valid_on(day)


def cvs_read_by(viewer):
    """Those whose CV this viewer may read: themselves, those they follow, those who accepted to be in a team of theirs.

    A team is theirs when they may read its consultation.
    """
    if viewer.is_administrator:
        return CoEntrepreneur.objects.all()
    teams = TeamMember.objects.filter(consultation__in=consultations_read_by(viewer), state=TeamMember.State.ACCEPTED)
    own = Q(pk=viewer.member.pk) if viewer.member else _followed(viewer.user)
    return CoEntrepreneur.objects.present().filter(Q(pk__in=teams.values("co_entrepreneur")) | own)


# --- References --------------------------------------------------------------------------------------------------


def references_shared_with(member):
    """The references in which a member takes part, kept by them or by a colleague."""
    return _with_participant(Q(co_entrepreneur=member))


def references_kept_by(member):
    """The references that a member keeps: they change and delete them."""
    return Reference.objects.filter(co_entrepreneur=member)


def references_read_by(viewer):
    """Those that a viewer may read whole: they took part in it, or they follow someone who did."""
    if viewer.member:
        return references_shared_with(viewer.member)
    if viewer.is_administrator:
        return Reference.objects.all()
    return _with_participant(_followed(viewer.user, "co_entrepreneur__"))


def references_validated_by(user):
    """Those this user validates, hence may write: an administrator all, a référent what one of their own keeps."""
    return Reference.objects.filter(_followed(user, "co_entrepreneur__"))


def validates(user, reference):
    """Whether this user validates this reference; see `references_validated_by`."""
    return _acts_for_holder(user, reference.co_entrepreneur)


def _with_participant(condition):
    return Reference.objects.filter(Exists(Participation.objects.filter(condition, reference=OuterRef("pk"))))


# --- Consultations -------------------------------------------------------------------------------------------------


def consultations_read_by(viewer):
    """Those this viewer may read: as part of the team, as a référent of one of them, or all.

    An administrator reads all; a référent what one of theirs opened or was asked into, and what they opened
    themselves; a co-entrepreneur what they opened, and what they are in unless they declined.
    """
    seats = TeamMember.objects.filter(consultation=OuterRef("pk"))
    return _consultations(viewer, of_users=seats, of_members=seats.exclude(state=TeamMember.State.DECLINED))


def consultations_changed_by(viewer):
    """Those this viewer may change: who opened it, who leads it, their référents, administrators."""
    lead = TeamMember.objects.leading().filter(consultation=OuterRef("pk"))
    return _consultations(viewer, of_users=lead, of_members=lead)


def may_change(viewer, consultation):
    return consultations_changed_by(viewer).filter(pk=consultation.pk).exists()


def may_read_contracts(viewer, seats):
    """Whether this person is told when the contracts of the team end: who leads it, and who isn't a member."""
    if viewer.member is None:
        return True
    return any(seat.role == TeamMember.Role.LEAD and seat.co_entrepreneur_id == viewer.member.pk for seat in seats)


def _consultations(viewer, *, of_users, of_members):
    """Those that a viewer opened, or in which someone they act for opened it or has one of these seats."""
    if viewer.is_administrator:
        return Consultation.objects.all()
    if viewer.member:
        mine = of_members.filter(co_entrepreneur=viewer.member)
        return Consultation.objects.filter(Q(author_member=viewer.member) | Exists(mine))
    followed = of_users.filter(_followed(viewer.user, "co_entrepreneur__"))
    own = Q(author_user=viewer.user) if viewer.user.is_active else NONE
    opened = own | _followed(viewer.user, "author_member__")
    return Consultation.objects.filter(opened | Exists(followed))
