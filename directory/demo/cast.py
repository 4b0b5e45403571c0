"""Who plays what is written by trade rather than by name."""

from .plan import Standing


def listed(plans, fiches):
    """The listed fiches of each trade, by its name, in the order of the plan."""
    found = {}
    for planned, fiche in zip(plans, fiches, strict=True):
        if planned.standing is Standing.LISTED:
            found.setdefault(planned.trade.name, []).append(fiche)
    return found
