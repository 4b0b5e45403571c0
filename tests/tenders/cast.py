"""Who is around a consultation, and the browser of each."""

from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from directory.doors.session import COOKIE, sign_in
from directory.models import TeamMember
from directory.rights import Viewer
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ConsultationFactory,
    ReferentFactory,
    TeamMemberFactory,
)

Role, State = TeamMember.Role, TeamMember.State


def browser_of(someone):
    """A browser where a co-entrepreneur is in their space, or where an account is signed in to the back office."""
    browser = Client()
    if hasattr(someone, "trade_name"):
        response = HttpResponse()
        sign_in(response, someone)
        browser.cookies[COOKIE] = response.cookies[COOKIE].value
    else:
        browser.force_login(getattr(someone, "user", someone))
    return browser


def viewer_of(someone):
    if hasattr(someone, "trade_name"):
        return Viewer(member=someone)
    return Viewer(user=getattr(someone, "user", someone))


def led(by=None, **kwargs):
    """A consultation that a member opened and leads."""
    by = by or CoEntrepreneurFactory(listed=True)
    consultation = ConsultationFactory(author_member=by, **kwargs)
    TeamMemberFactory(consultation=consultation, co_entrepreneur=by, role=Role.LEAD)
    return consultation


def lead_of(consultation):
    return consultation.team.get(role=Role.LEAD).co_entrepreneur


def seat(consultation, **kwargs):
    """A seat in a team; `state` is « accepted » unless it is said."""
    if kwargs.get("state") == State.INVITED:
        kwargs["answered_at"] = None
    return TeamMemberFactory(consultation=consultation, **kwargs)


def typed(**changed):
    """What a browser sends of a consultation's form filled in properly."""
    deadline = timezone.localtime(timezone.now() + timedelta(days=30))
    return {
        "client_name": "Ville de Lodève",
        "client_asked": "Ville de Lodève",
        "client_type": "commune",
        "subject": "Formation des agents d’accueil",
        "deadline": deadline.strftime("%Y-%m-%dT%H:%M"),
    } | changed


def everyone(consultation=None):
    """Each kind of person towards a consultation, by name.

    The lead isn't who opened it; the référent concerned follows a member of the team, who neither leads nor opened.
    """
    concerned, of_lead = ReferentFactory(), ReferentFactory()
    opener, lead = CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory(listed=True, referent=of_lead)
    consultation = consultation or ConsultationFactory(author_member=opener)
    seat(consultation, co_entrepreneur=lead, role=Role.LEAD)
    people = {
        "stranger": CoEntrepreneurFactory(listed=True),
        "invited": CoEntrepreneurFactory(listed=True),
        "accepted": CoEntrepreneurFactory(listed=True, referent=concerned),
        "declined": CoEntrepreneurFactory(listed=True),
        "lead": lead,
        "opener": opener,
        "concerned referent": concerned,
        "referent of the lead": of_lead,
        "other referent": ReferentFactory(),
        "administrator": AdministratorFactory(),
    }
    for name, state in (("invited", State.INVITED), ("accepted", State.ACCEPTED), ("declined", State.DECLINED)):
        seat(consultation, co_entrepreneur=people[name], state=state)
    return consultation, people
