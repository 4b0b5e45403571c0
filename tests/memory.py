"""Runs code in a process of its own that may take so much memory and no more: what a hostile file would cost a worker."""

import atexit
import json
import os
import subprocess
import sys
from functools import cache

from django.conf import settings

# Imports once, then a child for each line that asks for one: it answers how it ended and what it printed.
PARENT = """
import contextlib, io, json, os, resource, sys, traceback, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crealead.settings")
django.setup()
exec(sys.argv[1])


def answer(megabytes, code, arguments):
    said = io.StringIO()
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 1024 * 1024,) * 2)
    sys.argv[1:] = arguments
    try:
        with contextlib.redirect_stdout(said):
            exec(code, globals())
    except BaseException:
        return [False, traceback.format_exc()[-2000:]]
    return [True, said.getvalue().strip()]


for line in sys.stdin:
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, json.dumps(answer(*json.loads(line))).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as said:
        print(said.read() or json.dumps([False, "it was killed"]), flush=True)
    os.wait()
"""


@cache
def _parent(imports):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, imports],
        cwd=settings.BASE_DIR,
        env=os.environ | {"ENVIRONMENT": "development", "SECRET_KEY": "of these processes alone" * 3},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(parent.communicate)
    return parent


def said_within(megabytes, imports, code, *arguments):
    """What the code prints, which may take so much more than `imports` did; its arguments are in `sys.argv[1:]`."""
    parent = _parent(imports)
    parent.stdin.write(json.dumps([megabytes, code, [*map(str, arguments)]]) + "\n")
    parent.stdin.flush()
    succeeded, said = json.loads(parent.stdout.readline())
    assert succeeded, said
    return said
