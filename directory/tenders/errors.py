"""Why something can't be done to a consultation; each reads as a French sentence, ready to be shown."""

# These names say what happened, as `PermissionDenied` does.
# ruff: noqa: N818


class Refused(Exception):
    """What is asked can't be done as things stand; nothing was written."""


class Unsettled(Refused):
    """Another team may be answering the same lot, and this one hasn't said what it makes of it."""


class Stale(Refused):
    """Someone saved since the form was opened.

    Attributes:
        current: the consultation as it is now.
    """

    def __init__(self, current):
        self.current = current
        by = f" par {current.updated_by}" if current.updated_by else ""
        super().__init__(f"Cette consultation a été changée{by} pendant que vous l’écriviez : rien n’est enregistré.")
