"""Why what a member sends isn't written; nothing of it is lost, the page shows it again."""

# The name says what happened, as `PermissionDenied` does.
# ruff: noqa: N818


class ChangedMeanwhile(Exception):
    """What was written over is no longer what the form showed: someone saved since."""
