"""An address tells nothing of what the pages don't show: filters, order, keys and look-ups of the forms."""

from decimal import Decimal
from itertools import product

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import FieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.test import RequestFactory

from directory.admin.reference import PRIVATE_FIELDS
from directory.models import Reference
from tests.cast import admin_url, administrator, browser_of, referent
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db

LOOKUPS = ["", "__exact", "__gte", "__lt", "__in", "__istartswith", "__regex", "__isnull", "__year", "__isempty"]
PRIVATE_COLUMNS = [name for entry in PRIVATE_FIELDS for name in (entry if isinstance(entry, tuple) else [entry])]
MODEL_ADMINS = pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)


@pytest.fixture
def reference():
    """A reference with all that a colleague may not read."""
    return ReferenceFactory(
        co_entrepreneur=CoEntrepreneurFactory(referent=referent(name="Claire Fabre")),
        amount=Decimal("18500.00"),
        contact_name="Odile Zwingelstein",
        contact_email="odile@example.org",
        contact_phone="04 67 00 00 00",
    )


@pytest.fixture
def colleague():
    return browser_of(referent(name="Nadia Belkacem"))


def request_of(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def offered_by_the_list(model_admin, request):
    """What the filters of a list read in the address, as Django's own classes say it."""
    names = {f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day") if model_admin.date_hierarchy}
    for item in model_admin.get_list_filter(request):
        if isinstance(item, type) and issubclass(item, SimpleListFilter):
            names.add(item.parameter_name)
            continue
        path, create = item if isinstance(item, tuple | list) else (item, FieldListFilter.create)
        field = get_fields_from_path(model_admin.model, path)[-1]
        names |= set(create(field, request, {}, model_admin.model, model_admin, field_path=path).expected_parameters())
    return names


def paths(model, depth=1):
    """Every field of a model and, through every relation, every field of the models around it."""
    for field in model._meta.get_fields():
        yield field.name
        if depth and field.related_model and not isinstance(field.related_model, str):
            yield from (f"{field.name}__{path}" for path in paths(field.related_model, depth - 1))


@MODEL_ADMINS
def test_a_list_filters_by_what_it_offers_and_by_nothing_else(model):
    model_admin, request = admin.site._registry[model], request_of(administrator())
    offered = offered_by_the_list(model_admin, request)

    allowed = {
        path + lookup
        for path, lookup in product([*paths(model), "pk", "inconnu"], LOOKUPS)
        if model_admin.lookup_allowed(path + lookup, "a", request)
    }

    # Whether there is a value at all may be asked of the same columns.
    assert {name for name in allowed - offered if not name.endswith("__isnull")} == set()
    assert {name.removesuffix("__isnull") for name in allowed - offered} <= set(map(str, model_admin.list_filter))
    assert [name for name in offered if not model_admin.lookup_allowed(name, "a", request)] == []


@MODEL_ADMINS
def test_every_link_of_the_filters_of_a_list_opens(model, reference):
    browser = browser_of(administrator())
    url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    changelist = browser.get(url).context["cl"]

    links = [choice["query_string"] for spec in changelist.filter_specs for choice in spec.choices(changelist)]

    assert {browser.get(url + link).status_code for link in links} <= {200}


@MODEL_ADMINS
def test_an_object_is_looked_up_by_its_key_only(model):
    model_admin, request = admin.site._registry[model], request_of(administrator())

    allowed = [path for path in [*paths(model), "pk"] if model_admin.to_field_allowed(request, path)]

    assert allowed == [model._meta.pk.name]


@pytest.mark.parametrize("column", PRIVATE_COLUMNS)
def test_a_colleague_does_not_filter_by_a_private_column(colleague, reference, column):
    url = admin_url("reference_changelist")

    statuses = [colleague.get(f"{url}?{column}{lookup}=1").status_code for lookup in LOOKUPS]

    assert set(statuses) == {400}


def test_nothing_private_moves_what_a_colleague_reads(colleague, reference):
    other = ReferenceFactory(
        subject=reference.subject,
        client=reference.client,
        co_entrepreneur=reference.co_entrepreneur,
        amount=Decimal("900.00"),
        contact_name="Anne Abadie",
        contact_email="anne@example.org",
    )
    orders = [f"o={sign}{number}" for sign, number in product(["", "-"], range(9))]
    searches = [f"q={word}" for word in ("Odile", "odile@example.org", "18500", "04 67 00 00 00")]
    queries = ["", "_facets=True", "o=amount", "o=1.contact_email", *orders, *searches]

    def read():
        return [
            [row.pk for row in colleague.get(f"{admin_url('reference_changelist')}?{query}").context["cl"].result_list]
            for query in queries
        ]

    before = read()
    swapped = {name: (getattr(reference, name), getattr(other, name)) for name in PRIVATE_COLUMNS}
    for pk, place in ((reference.pk, 1), (other.pk, 0)):
        Reference.objects.filter(pk=pk).update(**{name: pair[place] for name, pair in swapped.items()})

    assert read() == before


def test_the_look_ups_of_the_forms_tell_a_colleague_nothing_private(colleague, reference):
    sources = [
        {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field.name}
        for model in apps.get_models()
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation
    ]

    answers = [
        colleague.get("/admin/autocomplete/", source | {"term": term})
        for source, term in product(sources, ["", "Odile"])
    ]

    assert {answer.status_code for answer in answers} <= {200, 403}
    assert not [answer for answer in answers if "Odile" in answer.content.decode()]
