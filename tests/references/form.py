"""What a browser sends of the form of a reference."""

from directory.models import Reference
from directory.references.colleague_forms import BLANK_ROWS


def filled(**changed):
    """Filled in properly for a new client, nobody else taking part."""
    return (
        {
            "client_name": "Communauté de communes du Test",
            "client_type": "intercommunalite",
            "subject": "Schéma directeur des mobilités actives",
            "starts_on": "2025-03-01",
            "ends_on": "2025-09-30",
            "role": Reference.Role.SOLE,
            "amount_shown": Reference.AmountShown.BAND,
            "version": "1",
        }
        | rows()
        | changed
    )


def rows(*people):
    """The rows of colleagues: (name, part) or (name, part, key of who was chosen among those proposed for the name)."""
    sent = {"collegues-TOTAL_FORMS": str(max(BLANK_ROWS, len(people))), "collegues-INITIAL_FORMS": "0"}
    for number, (name, part, *key) in enumerate(people):
        sent |= {f"collegues-{number}-name": name, f"collegues-{number}-part": part}
        if key:
            sent |= {f"collegues-{number}-asked": name, f"collegues-{number}-member": str(key[0])}
    return sent


def showing(reference, **changed):
    """Of a form that shows this reference, untouched but for what is `changed`."""
    return filled(
        client_name=reference.client.name,
        client_asked=reference.client.name,
        client=reference.client_id,
        client_type="",
        subject=reference.subject,
        starts_on=str(reference.starts_on),
        ends_on="",
        publishable="on",
        version=reference.version,
    ) | {name: value for name, value in changed.items() if value is not None}
