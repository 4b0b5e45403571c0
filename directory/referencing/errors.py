"""Why a decision can't be taken; each reads as a French sentence, ready to be shown."""

# These names say what happened to a decision, as `PermissionDenied` does.
# ruff: noqa: N818

from django.core.exceptions import PermissionDenied


class NotYours(PermissionDenied):
    """The person isn't the référent of this co-entrepreneur, nor an administrator."""


class AlreadyDecided(Exception):
    """The request no longer waits for a decision; the sentence says who decided what, and when."""


class Incomplete(Exception):
    """What is asked lacks something.

    Attributes:
        missing: what is lacking, a list of French noun phrases.
    """

    def __init__(self, missing):
        self.missing = missing
        super().__init__(f"Il manque : {', '.join(missing)}.")
