"""The demonstration's accounts, and the file that hands their passwords over."""

import csv
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils.text import slugify

from directory.models import Referent

ADMINISTRATOR = ("Maëlle", "Castan")
REFERENTS = (
    ("Nadège", "Ferrand"),
    ("Hugo", "Belmonte"),
    ("Samira", "Oukacine"),
    ("Élise", "Vernhes-Roca"),
    ("Thomas", "Kieffer"),
    ("Lucía", "Aragon"),
)
ADMINISTRATOR_ROLE = "administrateur"
REFERENT_ROLE = "referent"
CO_ENTREPRENEUR_ROLE = "co-entrepreneur"
REFERENT_GROUP = "Référents"


@dataclass(frozen=True)
class Account:
    """How someone comes in; a co-entrepreneur gives an e-mail and has no password."""

    role: str
    username: str
    password: str = ""


def create():
    """One administrator and the référents.

    Returns:
        tuple: the accounts with their passwords in clear, and the Referent objects.
    """
    names = [ADMINISTRATOR, *REFERENTS]
    roles = [ADMINISTRATOR_ROLE, *[REFERENT_ROLE] * len(REFERENTS)]
    usernames = [f"{slugify(first)}.{slugify(last)}" for first, last in names]
    passwords = [secrets.token_urlsafe(12) for _ in names]
    # Hashing is slow by design, and lets other threads run meanwhile.
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(make_password, passwords))
    user_model = get_user_model()
    users = user_model.objects.bulk_create(
        user_model(
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@example.org",
            password=password,
            is_staff=True,
            is_superuser=role == ADMINISTRATOR_ROLE,
        )
        for (first, last), role, username, password in zip(names, roles, usernames, hashes, strict=True)
    )
    group, _ = Group.objects.get_or_create(name=REFERENT_GROUP)
    group.user_set.add(*users[1:])
    referents = Referent.objects.bulk_create(
        Referent(user=user, name=user.get_full_name(), phone=f"04 65 71 00 {10 + number}")
        for number, user in enumerate(users[1:])
    )
    accounts = [Account(*fields) for fields in zip(roles, usernames, passwords, strict=True)]
    return accounts, referents


def write(accounts, path):
    """Write them to a CSV that only its owner ever could read, in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["role", "username", "password"])
        writer.writerows((account.role, account.username, account.password) for account in accounts)
    draft.replace(path)
