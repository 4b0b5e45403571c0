"""Who goes to the back office, and what they send there."""

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AdministratorFactory, ReferentFactory, UserFactory


def referent(**kwargs):
    """A référent, with the group that opens the back office."""
    person = ReferentFactory(**kwargs)
    person.user.groups.add(Group.objects.get(name="Référents"))
    return person


def administrator():
    return AdministratorFactory()


def staff_without_role():
    """A member of staff who has the group's permissions, but follows nobody."""
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Référents"))
    return user


def client_of(person):
    """A browser where this user, or this référent, is logged in."""
    client = Client()
    client.force_login(getattr(person, "user", person))
    return client


def admin_url(name, *args):
    return reverse(f"admin:directory_{name}", args=args)


def form_data(response):
    """What a browser would send back of the change form in this response, untouched."""
    form = response.context["adminform"].form
    data = {}
    for bound in [*form, *_inline_fields(response)]:
        value = bound.value()
        if value is None or value is False or bound.widget_type in {"privatefile", "clearablefile"}:
            continue
        data[bound.html_name] = [str(getattr(v, "pk", v)) for v in value] if isinstance(value, list) else value
        if value is True:
            data[bound.html_name] = "on"
    return data


def _inline_fields(response):
    for inline in response.context["inline_admin_formsets"]:
        yield from inline.formset.management_form
        for form in inline.formset.initial_forms:
            yield from form


def count_queries(browser, url):
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    return len(queries)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]
