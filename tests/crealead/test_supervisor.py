"""Programs that live and die together."""

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings

from crealead import supervisor

URL = "http://127.0.0.1:8000/"
PROGRAM = """
import os, sys, time
from pathlib import Path
from crealead import supervisor
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
parent = os.getppid() if "with-parent" in sys.argv else None
if "frail" in sys.argv:
    supervisor.AILING_SECONDS = 0
try:
    with supervisor.stop_requests(), supervisor.alone(Path(sys.argv[1]), url="http://127.0.0.1:8000/") as remember:
        with supervisor.running({"Le premier": sleep, "Le second": sleep}, remember=remember) as programs:
            print("up", flush=True)
            supervisor.watch(programs, parent=parent)
except supervisor.StopRequested:
    print("stopped")
except supervisor.SupervisorError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def supervise(tmp_path):
    """A function that starts a supervisor of two programs that sleep, and comes back when they are up."""
    started = []

    def supervise(*prefix, arguments=()):
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", PROGRAM, tmp_path, *arguments],
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "up\n"
        return process

    yield supervise
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def children(tmp_path):
    """A function that gives the programs that the supervisor last started."""

    def children():
        pids = json.loads((tmp_path / "serve.json").read_text())["children"]
        return [psutil.Process(int(pid)) for pid in pids]

    return children


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_everything_in_good_order(supervise, children, number):
    process = supervise()
    running = children()

    process.send_signal(number)
    said, complained = process.communicate(timeout=10)

    assert (process.returncode, said, complained) == (0, "stopped\n", "")
    assert not any(child.is_running() for child in running)


def test_a_second_one_is_told_where_the_first_serves(supervise, tmp_path):
    process = supervise()

    with pytest.raises(supervisor.SupervisorError) as refused, supervisor.alone(tmp_path, url=URL):
        pass

    assert f"déjà, sur {URL}" in str(refused.value)
    assert f"kill {process.pid}" in str(refused.value)


def test_the_next_one_waits_for_one_that_is_stopping(supervise, tmp_path):
    process = supervise()
    process.send_signal(signal.SIGTERM)
    wait_for(lambda: json.loads((tmp_path / "serve.json").read_text())["stopping"])

    with supervisor.alone(tmp_path, url=URL):
        assert process.wait(timeout=10) == 0


def test_a_program_that_dies_is_started_again(supervise, children, tmp_path):
    process = supervise()
    first, second = children()

    second.kill()
    wait_for(lambda: str(second.pid) not in json.loads((tmp_path / "serve.json").read_text())["children"])
    wait_for(lambda: len(children()) == 2)

    assert process.poll() is None
    assert first.is_running()


def test_a_program_that_can_not_live_stops_the_others_and_is_named(supervise, children):
    process = supervise(arguments=["frail"])
    first, second = children()

    second.kill()
    _, complained = process.communicate(timeout=10)

    assert process.returncode == 1
    assert complained == "Le second s’est arrêté (code -9) : son message est au-dessus.\n"
    assert not first.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_nothing_lingers_when_the_supervisor_is_killed(supervise, children):
    process = supervise()
    running = children()

    process.kill()

    wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in running))


def test_it_stops_with_the_program_that_started_it_when_asked_to(supervise, children):
    shell = supervise("sh", "-c", '"$@"; true', "sh", arguments=["with-parent"])
    running = children()

    shell.kill()

    wait_for(lambda: not any(child.is_running() for child in running))


def test_the_next_one_ends_what_was_left_behind_and_nothing_else(tmp_path):
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(sleep, start_new_session=True) as leftover,
        subprocess.Popen(sleep, start_new_session=True) as stranger,
    ):
        born = psutil.Process(leftover.pid).create_time()
        state = {"children": {leftover.pid: born, stranger.pid: born - 3600}}
        (tmp_path / "serve.json").write_text(json.dumps(state))

        with supervisor.alone(tmp_path, url=URL):
            ended = [process.poll() is not None for process in (leftover, stranger)]
        leftover.kill()
        stranger.kill()

    assert ended == [True, False]
