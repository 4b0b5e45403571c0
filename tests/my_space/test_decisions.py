"""What a référent decides of a proposal, through the actions; the page is in tests/admin."""

import pytest
from django.utils import timezone

from directory.decisions import AlreadyDecided, Incomplete, NotYours, Stale
from directory.forms.files import reencode_photo
from directory.models import CoEntrepreneur, FicheProposal, Skill
from directory.my_space import actions
from directory.my_space.proposals import content_of, open_proposal, version_of
from tests.cast import photo
from tests.factories import ReferentFactory, UserFactory
from tests.jobs import run_jobs
from tests.my_space.proposing import propose

pytestmark = pytest.mark.django_db
State = FicheProposal.State


def accept(proposal, by, **kwargs):
    """Accept what is proposed, as seen now."""
    seen = version_of(content_of(CoEntrepreneur.objects.get(pk=proposal.co_entrepreneur_id)))
    fields = kwargs.pop("fields", list(proposal.changes))
    return actions.accept_proposal(proposal_pk=proposal.pk, by=by, fields=fields, seen=seen, **kwargs)


def test_accepting_writes_every_field_on_the_fiche_and_tells_the_person(member):
    skills = sorted(skill.pk for skill in Skill.objects.all()[2:4])
    proposal = propose(member, headline="Former, sur place", skills=skills, nationwide=True, departments=[])
    run_jobs()

    accept(proposal, member.referent.user, comment="Bravo")

    member.refresh_from_db()
    assert (member.headline, member.nationwide) == ("Former, sur place", True)
    assert sorted(skill.pk for skill in member.skills.all()) == skills
    assert not member.departments.exists()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.ACCEPTED, member.referent.user)
    [message] = run_jobs()
    assert message.to == [member.email]
    assert "Claire Fabre" in message.body
    assert "Bravo" in message.body
    assert "ne reprend pas" not in message.body


def test_accepting_in_part_writes_those_fields_only_and_says_why(member):
    proposal = propose(member, headline="Former, sur place", city="Sète")
    run_jobs()

    accept(proposal, member.referent.user, fields=["city", "email"], comment="L’accroche est trop longue.")

    member.refresh_from_db()
    assert (member.headline, member.city) == ("Formation des agents à l’accueil du public", "Sète")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.accepted_fields) == (State.PARTLY, ["city"])
    [message] = run_jobs()
    assert "Elle ne reprend pas\N{NO-BREAK SPACE}:\n\n- Accroche" in message.body
    assert "trop longue" in message.body


def test_accepting_a_photo_moves_it_to_the_fiche_and_erases_the_former(member, django_capture_on_commit_callbacks):
    member.photo.save("x.webp", photo("red"))
    former = member.photo.name
    proposal = propose(member, photo=reencode_photo(photo()))

    with django_capture_on_commit_callbacks(execute=True):
        accept(proposal, member.referent.user)

    member.refresh_from_db()
    assert member.photo.name == proposal.photo.name
    assert member.photo.storage.exists(member.photo.name)
    assert not member.photo.storage.exists(former)
    proposal.refresh_from_db()
    assert not proposal.photo


def test_refusing_leaves_the_fiche_and_says_why(member):
    proposal = propose(member, headline="Former, sur place")
    run_jobs()

    actions.refuse_proposal(proposal_pk=proposal.pk, by=member.referent.user, comment="Parlons-en.")

    member.refresh_from_db()
    assert member.headline == "Formation des agents à l’accueil du public"
    [message] = run_jobs()
    assert "Parlons-en." in message.body
    assert "- Accroche" in message.body


def test_what_lacks_a_reason_or_a_field_is_incomplete(member):
    proposal = propose(member, headline="Former, sur place", city="Sète")
    user = member.referent.user

    for decide in (
        lambda: accept(proposal, user, fields=["city"]),
        lambda: accept(proposal, user, fields=[], comment="Rien"),
        lambda: actions.refuse_proposal(proposal_pk=proposal.pk, by=user, comment=" "),
    ):
        with pytest.raises(Incomplete):
            decide()
    assert open_proposal(member) == proposal


def test_another_referent_may_not_decide(member):
    proposal = propose(member, headline="Former, sur place")

    for stranger in (ReferentFactory().user, UserFactory(is_staff=True)):
        with pytest.raises(NotYours):
            accept(proposal, stranger)
        with pytest.raises(NotYours):
            actions.refuse_proposal(proposal_pk=proposal.pk, by=stranger, comment="Non")


def test_the_second_to_decide_is_told_who_did(member):
    proposal = propose(member, headline="Former, sur place")
    accept(proposal, member.referent.user)

    with pytest.raises(AlreadyDecided, match="déjà été acceptée par Claire Fabre"):
        accept(proposal, member.referent.user)


def test_deciding_on_what_was_replaced_is_told(member):
    first = propose(member, headline="Première")
    propose(member, headline="Seconde")

    with pytest.raises(AlreadyDecided, match="retirée ou remplacée"):
        accept(first, member.referent.user)


def test_a_fiche_that_changed_since_it_was_compared_is_not_written_over(member):
    proposal = propose(member, headline="Former, sur place")
    seen = version_of(content_of(member))
    CoEntrepreneur.objects.filter(pk=member.pk).update(headline="Corrigée entre-temps")

    with pytest.raises(Stale):
        actions.accept_proposal(proposal_pk=proposal.pk, by=member.referent.user, fields=["headline"], seen=seen)


def test_a_listed_fiche_never_loses_what_it_needs(member):
    proposal = propose(member, public_offer="")
    CoEntrepreneur.objects.filter(pk=member.pk).update(client_public=True, listed_since=timezone.localdate())

    with pytest.raises(Incomplete, match="offre"):
        accept(proposal, member.referent.user)


def test_a_skill_deleted_since_is_left_out(member):
    skill = Skill.objects.create(domain=Skill.objects.first().domain, name="Éphémère", slug="ephemere")
    proposal = propose(member, skills=[skill.pk])
    skill.delete()

    accept(proposal, member.referent.user)

    assert not member.skills.exists()


def test_the_history_tells_who_proposed_and_who_accepted(member):
    proposal = propose(member, headline="Former, sur place")
    accept(proposal, member.referent.user, comment="Bravo")

    contexts = [event.pgh_context.metadata for event in proposal.events.order_by("pgh_id")]
    assert contexts[0]["member"] == member.pk
    assert contexts[1] == {"user": member.referent.user.pk, "reason": "Proposition acceptée : Bravo"}
    assert member.events.order_by("pgh_id").last().pgh_context.metadata == contexts[1]
