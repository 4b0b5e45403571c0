"""Whether a hole is known in the locked dependencies, asked of OSV, which gathers what PyPI and GitHub publish.

Ends with 1 for a known hole. When nobody could be asked it says so, lists since when each version is locked, and ends
with 0: a network that is away is no fault of the change under test. `OSV_URL` names a mirror.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-embedded.txt"]
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
SECONDS = 20
UNANSWERED = (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError)


def locked(directory):
    """The versions of the locks: a set of `(name, version)`."""
    lines = [line for lock in LOCKS for line in (directory / lock).read_text(encoding="utf-8").splitlines()]
    return sorted({match.groups() for match in map(LOCKED.match, lines) if match})


def known_holes(versions):
    """Names of the holes of each version that has some.

    Raises:
        UNANSWERED: nobody answered, or not what was asked.
    """
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in versions]
    request = urllib.request.Request(
        f"{os.environ.get('OSV_URL', 'https://api.osv.dev').rstrip('/')}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        results = json.load(answer)["results"]
    pairs = zip(versions, results, strict=True)
    return {version: [hole["id"] for hole in result["vulns"]] for version, result in pairs if result.get("vulns")}


def locked_since(directory):
    """The day when each locked line was last written: `{(name, version): date}`; empty without its history."""
    days = {}
    for lock in LOCKS:
        blame = subprocess.run(
            ["git", "blame", "--line-porcelain", "--", lock], cwd=directory, capture_output=True, text=True, check=False
        )
        for line in blame.stdout.splitlines():
            if line.startswith("committer-time "):
                day = datetime.fromtimestamp(int(line.split()[1]), tz=UTC).date()
            elif match := LOCKED.match(line.removeprefix("\t")):
                days.setdefault(match.groups(), day)
    return days


def main(directory=BASE_DIR):
    versions = locked(directory)
    try:
        holes = known_holes(versions)
    except UNANSWERED as error:
        print(
            f"Dépendances : failles NON VÉRIFIÉES, personne n’a pu répondre ({error}). Versions verrouillées depuis :"
        )
        days = locked_since(directory)
        for version in sorted(versions, key=lambda version: days.get(version, date.min)):
            day = days.get(version)
            age = f"{(datetime.now(tz=UTC).date() - day).days} jours" if day else "on ne sait quand"
            print(f"  {'=='.join(version)} : {age}")
        return 0
    for (name, version), names in holes.items():
        links = ", ".join(f"https://osv.dev/vulnerability/{hole}" for hole in names)
        print(f"Dépendances : {name} {version} a des failles connues : {links}")
    if not holes:
        print(f"Dépendances : aucune faille connue dans {len(versions)} versions verrouillées.")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
