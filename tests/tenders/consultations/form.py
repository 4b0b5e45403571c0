"""What a browser sends of the form of a consultation."""

from datetime import timedelta

from django.utils import timezone


def filled(**changed):
    """Filled in properly, for a new client."""
    deadline = timezone.localtime(timezone.now() + timedelta(days=30))
    return {
        "client_name": "Ville de Lodève",
        "client_asked": "Ville de Lodève",
        "client_type": "commune",
        "subject": "Formation des agents d’accueil",
        "deadline": deadline.strftime("%Y-%m-%dT%H:%M"),
    } | changed
