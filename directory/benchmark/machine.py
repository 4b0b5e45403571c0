"""What the figures were taken on."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil
from django.db import connection

SERVER_SETTINGS = ["shared_buffers", "work_mem", "jit", "fsync", "synchronous_commit"]
PACKAGES = ["django", "psycopg", "granian", "pyroaring", "brotli"]


def description():
    """Lines of (what, value)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (server,) = cursor.fetchone()
        cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY (%s)", [SERVER_SETTINGS])
        server_settings = ", ".join(f"{name} {value}" for name, value in cursor.fetchall())
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{psutil.virtual_memory().total / 2**30:.0f} GB"),
        ("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("Python", platform.python_version()),
        ("Packages", ", ".join(f"{name} {version(name)}" for name in PACKAGES)),
        ("PostgreSQL", f"{server} ({server_settings})"),
        ("HTTP client", _client()),
    ]


def load_average():
    """Programs that wanted a core over the last minute: above the number of cores, figures are too high."""
    return os.getloadavg()[0]


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _client():
    wrk = shutil.which("wrk")
    if not wrk:
        return "Python’s http.client (wrk isn’t on this machine): it tops out long before a server does"
    said = subprocess.run([wrk, "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])
