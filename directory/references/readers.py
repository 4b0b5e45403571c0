"""Who may read a reference whole, its private parts too."""

from django.db.models import Exists, OuterRef

from directory.models import Participation, Reference


def shared_with(member):
    """The references in which a member takes part, kept by them or by a colleague."""
    return _with_participant(co_entrepreneur=member)


def known_to(user):
    """Those that a user of the back office may read whole: a référent when they follow someone who took part."""
    if user.is_superuser:
        return Reference.objects.all()
    return _with_participant(co_entrepreneur__referent__user=user)


def readable_by(viewer):
    """The same, for whoever looks from the public site."""
    return shared_with(viewer.member) if viewer.member else known_to(viewer.user)


def _with_participant(**criteria):
    return Reference.objects.filter(Exists(Participation.objects.filter(reference=OuterRef("pk"), **criteria)))
