from importlib import import_module

from django.contrib.admin import apps


class BackOfficeConfig(apps.AdminConfig):
    """Django's admin, with the référents' site in place of the stock one."""

    default_site = "directory.admin.site.BackOffice"

    def ready(self):
        """Load our pages last: they replace some of those that other parts register."""
        super().ready()
        import_module("directory.admin.pages")
