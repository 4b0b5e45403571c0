"""The form of a fiche in the back office: its address, what a browser sends of it, what it answers."""

from tests.cast import admin_url, typed_in_admin


def url_of(fiche):
    return admin_url("coentrepreneur_change", fiche.pk)


def filled(browser, fiche, **changes):
    return typed_in_admin(browser.get(url_of(fiche)), **changes)


def row(prefix, total, **values):
    """One row typed under what hangs from a fiche."""
    return {f"{prefix}-TOTAL_FORMS": total} | {f"{prefix}-0-{name}": value for name, value in values.items()}


def errors_of(response):
    return response.context["adminform"].form.errors
