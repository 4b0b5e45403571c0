"""What isn't ready in an answer, counted, before its files are kept for good."""

from dataclasses import dataclass

from django.utils import timezone

from crealead.words import day, of
from directory.models import TeamMember
from directory.tenders.memo.data import remaining
from directory.tenders.memo.known import parts_of
from directory.tenders.team.selection import insurances_of, team_of


@dataclass(frozen=True)
class Readiness:
    """What is left to do.

    Args:
        prompts: how many passages of the memo are left to adapt.
        invited: who hasn't answered an invitation.
        expired: the papers that have expired, each in words.
        has_memo: whether the memo has begun.
    """

    prompts: int
    invited: list[str]
    expired: list[str]
    has_memo: bool

    @property
    def is_complete(self):
        return not (self.prompts or self.invited or self.expired)

    @property
    def is_memo_finished(self):
        return self.has_memo and not self.prompts

    @property
    def told(self):
        """What is left, as pairs of a title that has its number and what details it."""
        pairs = [
            (self.prompts, "passage du mémoire reste à adapter", "passages du mémoire restent à adapter", []),
            (len(self.invited), "invitation est sans réponse", "invitations sont sans réponse", self.invited),
            (len(self.expired), "papier est échu", "papiers sont échus", self.expired),
        ]
        return [
            (f"{count} {many if count > 1 else single}", details) for count, single, many, details in pairs if count
        ]


def readiness_of(consultation):
    """What isn't ready of the answer to a consultation."""
    team = team_of(consultation)
    parts = parts_of(consultation)
    invited = consultation.team.filter(state=TeamMember.State.INVITED).select_related("co_entrepreneur")
    return Readiness(
        prompts=sum(len(part["quotes"]) for part in remaining(parts)),
        invited=[seat.co_entrepreneur.name for seat in invited],
        expired=[*_expired_labels(team), *_expired_insurances(team)],
        has_memo=bool(parts),
    )


def _expired_labels(team):
    for person in (seat.co_entrepreneur for seat in team):
        for held in person.certifications.all():
            if held.expires_on and held.expires_on < timezone.localdate():
                yield f"{held.label} {of(person.name)}, depuis le {day(held.expires_on)}"


def _expired_insurances(team):
    for insurance in insurances_of(team):
        if insurance.is_over:
            yield f"{insurance}, depuis le {day(insurance.expires_on)}"
