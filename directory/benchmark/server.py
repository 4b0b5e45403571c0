"""Throughput over HTTP: Granian as `serve` starts it, asked by wrk."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.db import connection
from tqdm import tqdm

from directory.models import CoEntrepreneur
from directory.search.index import current

from .measures import CATALOGUE, unticked_is_gone
from .words import RARER, repeatable, vocabulary

HOST = "127.0.0.1"
READY_SECONDS = 60
CONNECTIONS = 8
ROUNDS, ROUND_SECONDS = 3, 2
COLD_ADDRESSES = 6000
# Of one core: beyond, the client waits for nobody.
CLIENT_IS_FULL = 0.9
# With so many connections a worker, none goes without: by chance alone, one in a thousand million would.
ASKED_EACH = 16
# Each address once: wrk's own script language goes through a file of them.
ONCE_EACH = """
local paths, next_path = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
function request()
  next_path = next_path + 1
  return wrk.format("GET", paths[(next_path - 1) % #paths + 1])
end
"""


@dataclass
class Throughput:
    """Requests a second of each page, median of the rounds; the memory of each worker in bytes.

    `client_share` is how much of one core the client took, page by page: near 1, it is the client that was measured.
    """

    workers: int
    rates: dict[str, float]
    memory: list[int]
    unticked_is_gone: bool
    client_share: dict[str, float] = field(default_factory=dict)

    @property
    def bound_by_client(self):
        """The pages that the client could not have asked for any quicker."""
        return [name for name, share in self.client_share.items() if share >= CLIENT_IS_FULL]


def throughputs(var_dir, *, progress=True):
    """One `Throughput` for one worker, one for two."""
    cold = _cold_addresses()
    return [_throughput(workers, var_dir, cold, progress=progress) for workers in (1, 2)]


def _throughput(workers, var_dir, cold, *, progress):
    fiche = CoEntrepreneur.objects.published().order_by("pk").first()
    with _served(workers, var_dir) as (port, process):
        for _ in range(ASKED_EACH * workers):
            # Each worker has read its index before any is measured.
            etag = _get(port, CATALOGUE)
        asked = {
            "trivial view": lambda: _rate(port, "/essai/"),
            "fiche, hot": lambda: _rate(port, fiche.get_absolute_url()),
            "catalogue, hot": lambda: _rate(port, CATALOGUE),
            "catalogue, 304": lambda: _rate(port, CATALOGUE, headers={"If-None-Match": etag}),
            "catalogue, cold": lambda: _rate(port, cold=[next(cold) for _ in range(COLD_ADDRESSES)]),
        }
        rates, shares = {name: [] for name in asked}, {name: [] for name in asked}
        # In turn, so that what else the machine does falls on all alike.
        with tqdm(total=ROUNDS * len(asked), desc=f"HTTP, {workers} worker(s)", disable=not progress) as bar:
            for _ in range(ROUNDS):
                for name, rate in asked.items():
                    before, began = _client_seconds(), time.perf_counter()
                    rates[name].append(rate())
                    shares[name].append((_client_seconds() - before) / (time.perf_counter() - began))
                    bar.update()
        memory = [_memory(worker) for worker in _workers(process)]
        gone = unticked_is_gone(lambda *asked: _ask(port, *asked), fiche, times=ASKED_EACH * workers)
    return Throughput(workers, _medians(rates), memory, gone, _medians(shares))


def _medians(values):
    return {name: median(each) for name, each in values.items()}


def _cold_addresses():
    """Addresses of the catalogue, each once: two facets, or a word and a facet, as buyers would."""
    draw = repeatable()
    vocabulary_of = {name: list(terms) for name, terms in current().vocabulary.items()}
    words = vocabulary(repeatable())
    given = set()
    while True:
        query = {
            "departement": draw.choice(vocabulary_of["departement"]),
            **draw.choice(
                [
                    {"competence": draw.choice(vocabulary_of["competence"])},
                    {"cpv": draw.choice(vocabulary_of["cpv"])},
                    {"q": draw.choice(words[-RARER:])},
                ]
            ),
        }
        address = f"{CATALOGUE}?{urlencode(query)}"
        if address not in given:
            given.add(address)
            yield address


# --- The server -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _served(workers, var_dir):
    """The site on a port of its own, as (port, process)."""
    port = int(os.environ.get("PORT") or _free_port())
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
            *("--host", HOST, "--port", str(port), "--workers", str(workers), "--blocking-threads", "2"),
            *(
                "--workers-kill-timeout",
                "3",
                "--working-dir",
                settings.BASE_DIR,
                "directory.benchmark.wsgi:application",
            ),
        ],
        env=_environment(var_dir),
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _environment(var_dir):
    parameters = connection.get_connection_params()
    query = urlencode({key: parameters[key] for key in ("host", "port", "user", "password") if parameters.get(key)})
    environment = {name: value for name, value in os.environ.items() if name not in {"CACHE_URL", "PORT"}}
    return environment | {
        "ENVIRONMENT": "development",
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": f"postgresql:///{parameters['dbname']}?{query}",
    }


def _free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _wait_until_ready(port, process):
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            _get(port, "/essai/")
            return
        time.sleep(0.1)
    raise RuntimeError("The server of the benchmark did not start: its message is above.")


def _get(port, address):
    status, etag, _ = _ask(port, address)
    if status != HTTPStatus.OK:
        raise RuntimeError(f"{address} answered {status}")
    return etag


def _ask(port, address, etag=""):
    """(Status, ETag, text), through a connection of its own, which any of the workers may take."""
    server = http.client.HTTPConnection(HOST, port, timeout=READY_SECONDS)
    try:
        server.request("GET", address, headers={"If-None-Match": etag} if etag else {})
        response = server.getresponse()
        return response.status, response.headers.get("ETag", ""), response.read().decode()
    finally:
        server.close()


def _workers(process):
    return [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if "resource_tracker" not in " ".join(child.cmdline())
    ]


def _memory(process):
    """What it takes of the machine: its own pages, and its share of those that it shares."""
    memory = process.memory_full_info()
    return getattr(memory, "pss", memory.uss)


# --- The client -----------------------------------------------------------------------------------------------------


def _client_seconds():
    """What this process, and the clients that it ran to their end, have taken of the processor."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _rate(port, address="/", *, headers=None, cold=None):
    """Requests a second; `cold` is the addresses to ask for, each once, in place of one."""
    headers = {"Accept-Encoding": "br", **(headers or {})}
    if shutil.which("wrk"):
        return _wrk(port, address, headers, cold)
    return _python(port, cold or [address], headers)


def _wrk(port, address, headers, cold):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_SECONDS}s", "--timeout", "10s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as directory:
        paths = Path(directory, "paths")
        if cold:
            paths.write_text("\n".join(cold), encoding="utf-8")
            script = Path(directory, "once_each.lua")
            script.write_text(ONCE_EACH, encoding="utf-8")
            command += ["-s", script]
        said = subprocess.run(
            [*command, f"http://{HOST}:{port}{address}"],
            env=os.environ | {"BENCH_PATHS": str(paths)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    if wrong := re.search(r"(Non-2xx|Socket errors).*", said):
        raise RuntimeError(f"{address}: {wrong[0]}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])


def _python(port, addresses, headers):
    """The same with Python's own client, a connection for each thread."""
    end = time.perf_counter() + ROUND_SECONDS
    asked = iter(addresses * (1 if len(addresses) > 1 else 1_000_000))
    lock, answers = threading.Lock(), []

    def ask():
        server = http.client.HTTPConnection(HOST, port, timeout=10)
        while time.perf_counter() < end:
            with lock:
                address = next(asked, None)
            if address is None:
                break
            server.request("GET", address, headers=headers)
            response = server.getresponse()
            response.read()
            answers.append(response.status)
        server.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong := set(answers) - {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
        raise RuntimeError(f"{addresses[0]} answered {wrong}")
    return len(answers) / (time.perf_counter() - began)
