from django.apps import AppConfig
from django.utils import dateformat


class SiteConfig(AppConfig):
    """The site itself, which writes dates as French does."""

    name = "crealead"

    def ready(self):
        """Write « 1er janvier » wherever a day is written: in our sentences, and in the lists of Django's admin."""
        dateformat.DateFormat.j = lambda written: "1er" if written.data.day == 1 else written.data.day
