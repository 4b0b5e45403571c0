from django.contrib.admin import apps


class BackOfficeConfig(apps.AdminConfig):
    """Django's admin, with the référents' site in place of the stock one."""

    default_site = "crealead.admin.BackOffice"
    # Named in INSTALLED_APPS: without this, Django would take it for the configuration of `crealead` itself.
    default = False
