"""Programs started, watched and stopped together, by one supervisor at a time."""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import subprocess
import time

import psutil

logger = logging.getLogger(__name__)

STOP_SECONDS = 15
# The next supervisor waits for one that is stopping.
HANDOVER_SECONDS = 30
WATCH_SECONDS = 0.3
# One that only has lives shorter than that, for so long, can't live: the database may be away for some seconds.
SHORT_LIFE_SECONDS = 5
AILING_SECONDS = 30
AGAIN_SECONDS = 1


class SupervisorError(Exception):
    """One French sentence says what is wrong, and what to do."""


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM, or the end of the program that started this one."""


@contextlib.contextmanager
def stop_requests():
    """Turn the first SIGINT or SIGTERM into `StopRequested`; what follows doesn't disturb the stop."""

    def request(*_):
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def alone(directory, *, url):
    """Be the only supervisor of `directory`; end what one that was killed left behind.

    Raises:
        SupervisorError: another one serves; the sentence says where.
    """
    directory.mkdir(parents=True, exist_ok=True)
    state_file = directory / "serve.json"
    with (directory / "serve.lock").open("a") as lock:
        deadline = time.monotonic() + HANDOVER_SECONDS
        while not _taken(lock):
            state = _read(state_file)
            if not state.get("stopping") or time.monotonic() > deadline:
                raise SupervisorError(
                    f"Le site tourne déjà, sur {state.get('url')} : servez-vous de celui-là, ou arrêtez-le d’abord "
                    f"(Ctrl-C là où il tourne, ou « kill {state.get('pid')} »)."
                )
            time.sleep(0.1)
        for pid, created in _read(state_file).get("children", {}).items():
            _end_leftover(int(pid), created)
        state = {"pid": os.getpid(), "url": url, "stopping": False, "children": {}}
        _write(state_file, state)

        def remember(children):
            state["children"] = {child.pid: psutil.Process(child.pid).create_time() for child in children}
            _write(state_file, state)

        try:
            yield remember
        finally:
            _write(state_file, state | {"stopping": True})


class Programs:
    """What one supervisor runs.

    Args:
        commands: `{name: command}`; the name is shown when one stops by itself.
        remember: what `alone` gave.
    """

    def __init__(self, commands, *, remember):
        self._commands = commands
        self._remember = remember
        self._children = {}
        self._started_at = {}
        self._ailing_since = {}

    def start(self, name):
        # Linux tells them when this process is killed; elsewhere the next supervisor ends them.
        prefix = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        # In a session of its own: Ctrl-C comes to the supervisor, which stops them in order.
        self._children[name] = subprocess.Popen(
            [*prefix, *self._commands[name]], stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._started_at[name] = time.monotonic()
        self._remember(self._children.values())

    def check_alive(self):
        """Raise `SupervisorError` when one stopped by itself."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise SupervisorError(f"{name} s’est arrêté (code {child.returncode}) : son message est au-dessus.")

    def revive(self):
        """Start again what stopped by itself.

        Raises:
            SupervisorError: it has stopped each time for a while, and can't live.
        """
        for name, child in list(self._children.items()):
            if child.poll() is None:
                continue
            now = time.monotonic()
            if now - self._started_at[name] >= SHORT_LIFE_SECONDS:
                self._ailing_since.pop(name, None)
            if now - self._ailing_since.setdefault(name, now) >= AILING_SECONDS:
                self.check_alive()
            logger.warning("%s s’est arrêté (code %s) : il repart.", name, child.returncode)
            # What it had started holds its port.
            _kill_group(child.pid)
            time.sleep(AGAIN_SECONDS)
            self.start(name)

    def end(self):
        for child in self._children.values():
            _end(child)


@contextlib.contextmanager
def running(commands, *, remember):
    """Run these commands, and stop them in that order: see `Programs`."""
    programs = Programs(commands, remember=remember)
    try:
        for name in commands:
            programs.start(name)
        yield programs
    finally:
        programs.end()


def watch(programs, *, parent):
    """Watch until `StopRequested` or `SupervisorError`; `parent` is the process to stop with, or None."""
    while True:
        programs.revive()
        if parent and os.getppid() != parent:
            raise StopRequested
        time.sleep(WATCH_SECONDS)


def _end(child):
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(STOP_SECONDS)
    _kill_group(child.pid)
    child.wait()


def _end_leftover(pid, created):
    with contextlib.suppress(psutil.NoSuchProcess):
        leftover = psutil.Process(pid)
        # Another program may have taken the number since.
        if abs(leftover.create_time() - created) > 1:
            return
        leftover.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            leftover.wait(STOP_SECONDS)
        _kill_group(pid)


def _kill_group(pid):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _taken(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(state_file):
    try:
        return json.loads(state_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _write(state_file, state):
    fresh = state_file.with_suffix(".new")
    fresh.write_text(json.dumps(state), encoding="utf-8")
    fresh.replace(state_file)
