"""Consultations that ask for something, and who may bring it."""

from tests.cast import led
from tests.factories import CoEntrepreneurFactory


def team_url(consultation, *parts):
    return "/".join([f"/consultations/{consultation.pk}/equipe", *map(str, parts), ""])


def listed(**kwargs):
    return CoEntrepreneurFactory(listed=True, **kwargs)


def asking(skills=(), cpv=(), departments=(), **kwargs):
    """A consultation that asks for these."""
    consultation = led(**kwargs)
    consultation.skills.set(skills)
    consultation.cpv_codes.set(cpv)
    consultation.departments.set(departments)
    return consultation
