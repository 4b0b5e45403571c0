"""The demonstration, filled once for all that reads it: its database is copied, its files are shared."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.test import override_settings

ACCOUNTS = "demo-accounts.csv"
SAID = "said.txt"


class QuickHasher(PBKDF2PasswordHasher):
    """What the site reads too, in no time."""

    iterations = 1


@dataclass(frozen=True)
class Demonstration:
    """The name of its database, to copy, and the directory that stands for `var/`."""

    database: str
    var: Path

    @property
    def media(self):
        return self.var / "media"

    @property
    def accounts(self):
        """Those handed over, as dicts of `role`, `username`, `password`."""
        with (self.var / ACCOUNTS).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def said(self):
        """What `fill_demo` said."""
        return (self.var / SAID).read_text(encoding="utf-8")


def fill(var):
    """Fill the database as `fill_demo` does, which hands the accounts over in `var`."""
    said = StringIO()
    with override_settings(VAR_DIR=var, MEDIA_ROOT=var / "media"):
        call_command("fill_demo", stdout=said)
    (var / SAID).write_text(said.getvalue(), encoding="utf-8")
