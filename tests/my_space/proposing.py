"""A proposal, as the form of the space makes it."""

from directory.my_space import actions
from directory.my_space.proposals import content_of, open_proposal, version_of


def propose(member, *, photo=None, **changes):
    content = content_of(member) | changes
    seen = version_of(content_of(member), open_proposal(member))
    content.pop("photo")
    return actions.propose(co_entrepreneur_pk=member.pk, seen=seen, content=content, photo=photo)
