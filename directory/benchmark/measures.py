"""What a page costs, measured in this process through the whole middleware, and what a save costs."""

import gc
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median, quantiles
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import Left
from django.test import RequestFactory
from tqdm import tqdm

from directory.models import CoEntrepreneur
from directory.search.index import Index, catalogue_version, current

from .words import COMMON, COMMON_MISSPELT, RARE

LEAST_COLD_RUNS, MOST_COLD_RUNS, COLD_SECONDS = 30, 100, 5
HOT_RUNS = 300
WARM_UP_RUNS = 3
# Of the floors, after each page's cold runs: what else the machine does falls on all alike.
FLOOR_RUNS = 60
SAVES = 60
UNTICKS = 10
CATALOGUE = "/catalogue/"
BROWSER = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


@dataclass
class Times:
    """Durations in milliseconds."""

    values: list[float] = field(default_factory=list)

    @property
    def p50(self):
        return median(self.values)

    @property
    def p95(self):
        return quantiles(self.values, n=20, method="inclusive")[-1] if len(self.values) > 1 else self.values[0]


@dataclass
class PageCost:
    """One query's page: how many fiches answer, what it weighs compressed, and its costs.

    `first` is the cold page when nothing is kept of the fiches that it shows either.
    """

    name: str
    address: str
    answers: int
    weight: int
    queries: int
    database: Times
    cold: Times
    first: Times
    hot: Times
    not_modified: Times


@dataclass
class Measures:
    pages: list[PageCost]
    trivial: Times
    raw_query: Times
    plain_write: Times
    save: Times
    page_after_save: Times
    page_after_untick: Times
    index_load: float
    index_update: Times
    unticked_is_gone: bool
    database_bytes: int


def elapsed(call):
    """(Milliseconds, what it returned)."""
    start = time.perf_counter()
    returned = call()
    return (time.perf_counter() - start) * 1000, returned


class Site:
    """The site as its server calls it, without the server."""

    def __init__(self):
        self.requests = RequestFactory(SERVER_NAME="127.0.0.1", **BROWSER)
        self.forget_pages()

    def forget_fiches(self):
        """As when nobody has seen the cards of any page since the catalogue was read."""
        current().forget_fiches()

    def forget_pages(self):
        """As when nobody has asked for any page since the catalogue last moved."""
        cache.clear()
        current().forget_texts()
        self.handler = WSGIHandler()
        # What is forgotten isn't collected while a page is timed.
        gc.collect()

    def get(self, address, **headers):
        """(Milliseconds, response, body)."""
        environ = self.requests.get(address, **headers).environ
        start = time.perf_counter()
        response = self.handler(environ, lambda *_: None)
        body = b"".join(response)
        response.close()
        return (time.perf_counter() - start) * 1000, response, body

    def ask(self, address, etag=""):
        """(Status, ETag, text)."""
        _, response, body = self.get(address, HTTP_ACCEPT_ENCODING="", HTTP_IF_NONE_MATCH=etag)
        return response.status_code, response.get("ETag", ""), body.decode()


class DatabaseTime:
    """Times each query of its connection, while it is one of its wrappers."""

    def __init__(self):
        self.milliseconds = 0.0
        self.queries = 0

    def __call__(self, execute, *arguments):
        self.queries += 1
        milliseconds, returned = elapsed(lambda: execute(*arguments))
        self.milliseconds += milliseconds
        return returned


def addresses():
    """The page of each query, by its name, as {parameter: values}; the terms are those that most fiches hold."""
    skill, other_skill = _most_held("skills", F("skill__slug"))[:2]
    department = _most_held("departments", F("department_id"))[0]
    domain = _most_held("skills", F("skill__domain__slug"))[0]
    division = _most_held("cpv_codes", Left("cpvcode_id", 2))[0]
    return {
        "no filter": {},
        "a common word": {"q": COMMON},
        "a rare word": {"q": RARE},
        "one domain": {"domaine": domain},
        "two skills and a department": {"competence": [skill, other_skill], "departement": department},
        "a CPV division": {"cpv": division},
        "text and filters": {"q": COMMON, "domaine": domain, "departement": department},
        "a typo": {"q": COMMON_MISSPELT},
        "page 50": {"page": 50},
    }


def _most_held(relation, value):
    """The values of a list of the fiche, those that come most often first."""
    links = getattr(CoEntrepreneur, relation).through.objects.values(value=value)
    return list(links.annotate(held=Count("pk")).order_by("-held", "value").values_list("value", flat=True))


def measure(*, progress=True):
    """Measure everything on the database that `connection` leads to."""
    index_load, _ = elapsed(lambda: Index.load(catalogue_version()))
    # As the server does (crealead/wsgi.py).
    gc.freeze()
    site = Site()
    floors = Floors(site)
    pages = [
        page_cost(site, floors, name, f"{CATALOGUE}?{urlencode(query, doseq=True)}")
        for name, query in tqdm(addresses().items(), desc="Pages", disable=not progress)
    ]
    with tqdm(total=4, desc="Écritures", disable=not progress) as bar:
        plain_write = Times([elapsed(_plain_write)[0] for _ in range(SAVES)])
        bar.update()
        save, page_after_save, index_update = _saves(site)
        bar.update()
        page_after_untick = _unticks(site)
        bar.update()
        gone = all(
            unticked_is_gone(site.ask, fiche) for fiche in CoEntrepreneur.objects.published().order_by("-pk")[:3]
        )
        bar.update()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (database_bytes,) = cursor.fetchone()
    return Measures(
        pages=pages,
        trivial=floors.trivial,
        raw_query=floors.raw_query,
        plain_write=plain_write,
        save=save,
        page_after_save=page_after_save,
        page_after_untick=page_after_untick,
        index_load=index_load,
        index_update=index_update,
        unticked_is_gone=gone,
        database_bytes=database_bytes,
    )


class Floors:
    """What nothing can be quicker than, taken in turn with the pages that are held against it."""

    def __init__(self, site):
        self.site = site
        self.trivial, self.raw_query = Times(), Times()

    def take(self):
        for _ in range(FLOOR_RUNS):
            self.trivial.values.append(self.site.get("/essai/")[0])
            self.raw_query.values.append(elapsed(_raw_query)[0])


def page_cost(site, floors, name, address):
    database, cold, first = Times(), Times(), Times()
    began = time.perf_counter()
    for run in range(WARM_UP_RUNS + MOST_COLD_RUNS):
        site.forget_pages()
        site.forget_fiches()
        unseen, _, _ = site.get(address)
        site.forget_pages()
        timed = DatabaseTime()
        with connection.execute_wrapper(timed):
            milliseconds, response, body = site.get(address)
        if run >= WARM_UP_RUNS:
            first.values.append(unseen)
            cold.values.append(milliseconds)
            database.values.append(timed.milliseconds)
        if len(cold.values) >= LEAST_COLD_RUNS and time.perf_counter() - began > COLD_SECONDS:
            break
    floors.take()
    if response.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{address} answered {response.status_code}")
    etag = {"HTTP_IF_NONE_MATCH": response["ETag"]}
    page = site.get(address, HTTP_ACCEPT_ENCODING="")[2].decode()
    return PageCost(
        name=name,
        address=address,
        answers=int(page.partition('data-total="')[2].partition('"')[0]),
        weight=len(body),
        queries=timed.queries,
        database=database,
        cold=cold,
        first=first,
        hot=Times([site.get(address)[0] for _ in range(HOT_RUNS)]),
        not_modified=Times([site.get(address, **etag)[0] for _ in range(HOT_RUNS)]),
    )


def _raw_query():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _plain_write():
    """A row written and committed, with no trigger: what the disk asks for."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_user SET last_login = now() WHERE id = (SELECT min(id) FROM auth_user)")


def _write(pk, assignment):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE directory_coentrepreneur SET {assignment} WHERE id = %s", [pk])


def _some_fiches(number):
    pks = list(CoEntrepreneur.objects.published().order_by("pk").values_list("pk", flat=True)[: number * 7])
    return [pks[position * len(pks) // number] for position in range(number)]


def _saves(site):
    save, page, update = Times(), Times(), Times()
    for turn, pk in enumerate(_some_fiches(SAVES)):
        assignment = f"headline = left('Essai {turn} ' || headline, 140)"
        save.values.append(elapsed(lambda pk=pk, assignment=assignment: _write(pk, assignment))[0])
        if turn % 2:
            update.values.append(elapsed(current)[0])
        else:
            page.values.append(site.get(CATALOGUE)[0])
    return save, page, update


def _unticks(site):
    page = Times()
    for pk in _some_fiches(UNTICKS):
        _write(pk, "client_public = false")
        page.values.append(site.get(CATALOGUE)[0])
        _write(pk, "client_public = true")
    return page


def unticked_is_gone(ask, fiche, *, times=1):
    """Whether a hot page that showed the fiche no longer does once it is unticked, nor its own address.

    Args:
        ask: a function of an address and the ETag known of it, that returns a status, an ETag and a text.
        fiche: a published one.
        times: how often to ask, so that every worker does answer.
    """
    by_name = f"{CATALOGUE}?{urlencode({'q': f'{fiche.name} {fiche.trade_name}'})}"
    shown = f'data-fiche="{fiche.slug}"'
    before = [ask(by_name) for _ in range(2 * times)]
    _write(fiche.pk, "client_public = false")
    try:
        after = [ask(by_name, etag) for _, etag, _ in before[:times]]
        own_status, _, _ = ask(fiche.get_absolute_url())
    finally:
        _write(fiche.pk, "client_public = true")
    return (
        all(shown in text for _, _, text in before)
        and all(status == HTTPStatus.OK and shown not in text for status, _, text in after)
        and own_status == HTTPStatus.GONE
    )
