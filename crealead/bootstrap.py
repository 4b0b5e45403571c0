"""Make `.venv` hold the packages of the given requirements, or say in one sentence why it can't.

Runs before anything is installed, with whatever Python is found: standard library only, and no syntax newer than 3.6.
Nothing is done, and the network isn't touched, as long as the requirements are those of the last time.
"""

import hashlib
import importlib.util
import os
import platform
import subprocess
import sys

OLDEST_PYTHON = (3, 11)
OLDEST_GLIBC = (2, 28)
EMBEDDED = "requirements-embedded.txt"


def main(files):
    if sys.version_info < OLDEST_PYTHON:
        return (
            "Il faut Python 3.11 ou plus récent, et {} est un Python {} : installez-en un, ou dites où il est avec "
            "« make run PYTHON=/chemin/vers/python3 »."
        ).format(sys.executable, platform.python_version())
    if not os.environ.get("DATABASE_URL"):
        files = [*files, EMBEDDED]
    missing = _missing_binaries() if EMBEDDED in files else None
    if missing:
        return (
            "Le PostgreSQL embarqué n’existe pas pour cette machine ({}) : installez PostgreSQL, puis donnez son "
            "adresse, par exemple « DATABASE_URL=postgresql:///crealead make run »."
        ).format(missing)
    return _install(files)


def _missing_binaries():
    """What this machine is, when the embedded PostgreSQL isn't built for it."""
    machine = "{} {}".format(platform.system(), platform.machine())
    if platform.system() == "Darwin" and platform.machine() in ("arm64", "x86_64"):
        return None
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "aarch64"):
        return machine
    name, version = platform.libc_ver()
    if name != "glibc":
        return machine + ", sans glibc"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GLIBC:
        return "{}, glibc {}".format(machine, version)
    return None


def _install(files):
    python = os.path.join(".venv", "bin", "python")
    wanted = hashlib.sha256(b"".join(_read(name) for name in files)).hexdigest()
    stamp = os.path.join(".venv", "installed-" + files[0])
    if os.path.exists(python) and os.path.exists(stamp) and _read(stamp).decode("ascii") == wanted:
        return None
    if importlib.util.find_spec("ensurepip") is None:
        return (
            "Il manque à ce Python de quoi faire un environnement : « apt install python3-venv » sur Debian et Ubuntu."
        )
    directory = ".venv" if os.path.exists(".venv") else "."
    if not os.access(directory, os.W_OK):
        return "Impossible d’écrire dans {} : lancez la commande avec le compte à qui ce dossier appartient.".format(
            os.path.abspath(directory)
        )
    print("Installation des paquets Python dans .venv (une fois, une minute environ)…", flush=True)
    healthy = os.path.exists(python) and not subprocess.call([python, "-c", "import pip"], stderr=subprocess.DEVNULL)
    if not healthy and subprocess.call([sys.executable, "-m", "venv", "--clear", ".venv"]):
        return "La création de .venv a échoué : le message de Python est au-dessus."
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    pip += ["--only-binary=:all:", "--root-user-action=ignore"]
    for name in files:
        pip += ["--requirement", name]
    if subprocess.call(pip):
        return (
            "Les paquets Python n’ont pas pu être installés : vérifiez l’accès à Internet et la place sur le disque, "
            "puis relancez ; le message de pip est au-dessus."
        )
    with open(stamp, "w") as file:
        file.write(wanted)
    return None


def _read(path):
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
