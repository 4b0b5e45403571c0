from django.apps import AppConfig
from django.utils import dateformat


class SiteConfig(AppConfig):
    """The site itself, which writes dates as French does."""

    name = "crealead"

    def ready(self):
        """Hear who signs in, whatever door leads them.

        Write « 1er janvier » wherever a day is written: in our sentences, and in the lists of Django's admin.
        """
        from crealead import sign_in  # noqa: F401 models can't be imported before

        dateformat.DateFormat.j = lambda written: "1er" if written.data.day == 1 else written.data.day
