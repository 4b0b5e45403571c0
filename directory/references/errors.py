"""Why something can't be done to a reference; each reads as a French sentence, ready to be shown."""

# These names say what happened, as `PermissionDenied` does.
# ruff: noqa: N818

from django.core.exceptions import PermissionDenied


class NotYours(PermissionDenied):
    """The person neither follows who keeps this reference, nor is an administrator."""


class AlreadyDecided(Exception):
    """It no longer waits for a decision; the sentence says who decided what, and when."""


class Changed(Exception):
    """Someone else saved it meanwhile.

    Attributes:
        version: the one to write over, now that the person has been told.
    """

    def __init__(self, sentence, version):
        self.version = version
        super().__init__(sentence)


class Incomplete(Exception):
    """What is asked lacks something; the sentence says what."""
