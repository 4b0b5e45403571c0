"""Who objected to being kept here, remembered as fingerprints."""


def record(sought):
    """Remember that the person of these marks objected.

    Returns:
        int: how many marks are remembered.
    """
    return sum(len(marks) for marks in (sought.emails, sought.phones, sought.names))
