"""The embedded server: it stands, is shared, stops with its last user, and survives what can happen to it."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import nullcontext
from types import SimpleNamespace

import psutil
import psycopg
import pytest
from django.conf import settings

from crealead import embedded

FAST = ["fsync=off"]


def run(directory):
    return embedded.server(directory, options=FAST)


def ask(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def is_up(directory):
    return (directory / "data" / "postmaster.pid").exists()


def pid_of(directory):
    return int((directory / "data" / "postmaster.pid").read_text().split()[0])


def answers(url):
    try:
        return ask(url, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database made once, to be copied."""
    directory = tmp_path_factory.mktemp("made")
    with run(directory):
        pass
    return directory


@pytest.fixture
def directory(made, tmp_path):
    shutil.copytree(made, tmp_path / "postgres")
    for path in [data := tmp_path / "postgres" / "data", *data.rglob("*")]:
        os.chown(path, (made / "data").stat().st_uid, (made / "data").stat().st_gid)
    return tmp_path / "postgres"


@pytest.fixture
def other_process(directory):
    """Another program that uses the server, until it is killed."""
    program = (
        "import sys, time; from pathlib import Path; from crealead import embedded\n"
        "with embedded.server(Path(sys.argv[1]), options=['fsync=off']) as url:\n"
        "    print(url, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, directory], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    with process:
        process.url = process.stdout.readline().strip()
        yield process
        process.kill()


def test_it_knows_accents_in_any_case(directory):
    with run(directory) as url:
        assert ask(url, "SELECT lower('ÉCOLE À Œuvrer')") == "école à œuvrer"
        assert (
            ask(
                url,
                "SELECT string_agg(DISTINCT concat_ws(' ', datlocprovider, datlocale, datctype), ',') FROM pg_database",
            )
            == "b C.UTF-8 C.UTF-8"
        )


def test_it_listens_to_this_account_alone(directory):
    with run(directory) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method NOT IN ('peer', 'reject')") == 0
        assert (directory / "data").stat().st_mode & 0o077 == 0


def test_it_stops_when_it_is_no_longer_used(directory):
    with run(directory):
        assert is_up(directory)

    assert not is_up(directory)


def test_the_last_one_out_stops_it(directory, other_process):
    with run(directory) as url:
        assert url == other_process.url

    assert is_up(directory)
    other_process.kill()
    wait_for(lambda: not is_up(directory))


def test_nothing_is_lost_and_nothing_is_left_when_its_user_is_killed(directory, other_process):
    with psycopg.connect(other_process.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    other_process.kill()
    wait_for(lambda: not is_up(directory))

    with run(directory) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_it_is_back_within_ten_seconds_when_it_is_killed(directory, other_process):
    with psycopg.connect(other_process.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server = psutil.Process(pid_of(directory))

    server.kill()

    wait_for(lambda: answers(other_process.url), seconds=10)
    assert ask(other_process.url, "SELECT answer FROM kept") == 42
    assert pid_of(directory) != server.pid


def test_it_is_back_within_ten_seconds_when_its_keeper_is_killed(directory, other_process):
    keeper = psutil.Process(pid_of(directory)).parent()

    keeper.kill()
    wait_for(lambda: not is_up(directory))

    wait_for(lambda: answers(other_process.url), seconds=10)
    other_process.kill()
    wait_for(lambda: not is_up(directory))


def test_another_program_waits_for_one_that_comes_back(directory, other_process):
    psutil.Process(pid_of(directory)).kill()

    with run(directory) as url:
        assert ask(url, "SELECT 1") == 1


def test_one_that_is_halted_is_not_taken_for_dead(directory, other_process):
    server = psutil.Process(pid_of(directory))

    server.suspend()
    time.sleep(1)
    server.resume()

    assert pid_of(directory) == server.pid
    assert ask(other_process.url, "SELECT 1") == 1


def test_the_last_one_out_leaves_nothing_of_a_dead_one(directory, other_process):
    psutil.Process(pid_of(directory)).kill()
    other_process.kill()

    wait_for(lambda: not is_up(directory))
    with run(directory) as url:
        assert ask(url, "SELECT 1") == 1


def test_the_number_of_a_dead_server_may_belong_to_another_program(directory):
    (directory / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{directory}/data\n1\n5432\n{directory}\n\n")

    with run(directory) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_server_that_is_starting_is_not_taken_for_the_machine_s_own(directory):
    (directory / "data" / "postmaster.pid").write_text(f"1\n{directory}/data\n1\n5432\n\n\n")

    with pytest.raises(embedded.EmbeddedServerError, match="ne tourne pas"):
        embedded._url(directory, "crealead")


def test_a_database_whose_making_was_interrupted_is_made_again(tmp_path):
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "PG_VERSION").write_text("18")

    with run(tmp_path) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_or_with_any_sign_in_it_will_do(made, tmp_path):
    directory = tmp_path / ("très, long % chemin " * 5)
    shutil.copytree(made, directory)
    for path in [directory / "data", *(directory / "data").rglob("*")]:
        os.chown(path, (made / "data").stat().st_uid, (made / "data").stat().st_gid)

    with run(directory) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_temporary_one_leaves_nothing(tmp_path):
    directory = tmp_path / "temporary"

    with embedded.server(directory, options=FAST, temporary=True) as url:
        assert ask(url, "SELECT 1") == 1

    wait_for(lambda: not directory.exists())


def test_the_database_of_another_account_is_refused_in_one_sentence(directory, monkeypatch):
    monkeypatch.setattr(embedded, "_account", lambda: SimpleNamespace(pw_uid=12345))

    with pytest.raises(embedded.EmbeddedServerError, match="a été créée par un autre compte"), run(directory):
        pass


def test_a_directory_that_cannot_be_written_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(embedded.EmbeddedServerError, match="Impossible d’écrire dans"), run(tmp_path / "file"):
        pass


def test_a_full_disk_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "NEEDED_BYTES", 10**18)

    with pytest.raises(embedded.EmbeddedServerError, match="est plein"), run(tmp_path):
        pass


def test_a_machine_without_the_wheel_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(embedded.EmbeddedServerError, match="donnez son adresse dans DATABASE_URL"), run(tmp_path):
        pass


def test_a_server_that_does_not_start_says_why(directory):
    (directory / "data" / "postgresql.conf").write_text("shared_buffers = beaucoup\n")

    with pytest.raises(embedded.EmbeddedServerError, match=r"n’a pas démarré : .*postgresql\.conf"), run(directory):
        pass


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (["manage.py"], False),
        (["manage.py", "help", "migrate"], False),
        (["manage.py", "migrate", "--help"], False),
        (["manage.py", "check"], False),
        (["manage.py", "collectstatic"], False),
        (["manage.py", "migrate"], True),
        (["manage.py", "serve"], True),
    ],
)
def test_only_the_commands_that_need_it_start_it(arguments, starts, monkeypatch):
    started = []
    monkeypatch.setattr(
        embedded, "server", lambda directory: started.append(directory) or nullcontext("postgresql:///x")
    )
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("DATABASE_URL", "")

    with embedded.for_command(arguments):
        pass

    assert bool(started) is starts


def test_a_database_that_is_named_is_used(monkeypatch):
    monkeypatch.setattr(embedded, "server", None)
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("DATABASE_URL", "postgresql:///mine")

    with embedded.for_command(["manage.py", "migrate"]):
        assert os.environ["DATABASE_URL"] == "postgresql:///mine"
