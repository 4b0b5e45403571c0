"""Runs code in a process of its own that may take so much memory and no more: what a hostile file would cost a worker."""

import os
import subprocess
import sys

from django.conf import settings

LIMITED = """
import os, resource, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crealead.settings")
django.setup()
{imports}
with open("/proc/self/statm") as statm:
    now = int(statm.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + {megabytes} * 1024 * 1024,) * 2)
{code}
"""


def said_within(megabytes, imports, code, *arguments):
    """What the code prints, which may take so much more than `imports` did; its arguments are in `sys.argv[1:]`."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED.format(imports=imports, megabytes=megabytes, code=code), *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"ENVIRONMENT": "development", "SECRET_KEY": "of these processes alone" * 3},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.strip()
