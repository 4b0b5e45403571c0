"""What production refuses to start without, and what it answers with."""

import os
import re
import runpy
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client, override_settings

EXAMPLE = settings.BASE_DIR / "docs" / "deployment" / "crealead.env"
WITH_A_DEFAULT = {"ENVIRONMENT", "VAR_DIR", "TRUSTED_PROXIES", "SECOND_FACTOR"}


def example():
    """The variables of the example file, with the key that it leaves to be drawn."""
    lines = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: value.strip("'") for name, value in lines} | {"SECRET_KEY": "0123456789abcdef" * 4}


@pytest.fixture
def read_settings(monkeypatch):
    """A function that reads the settings as production would, with these variables changed; None takes one away."""

    def read_settings(**changes):
        for name, value in (example() | changes).items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings.BASE_DIR / "crealead" / "settings.py"))

    return read_settings


@pytest.mark.parametrize("name", sorted(example().keys() - WITH_A_DEFAULT))
def test_production_refuses_to_start_without_a_variable_and_names_it(read_settings, name):
    with pytest.raises(ImproperlyConfigured, match=rf"\b{name} manque"):
        read_settings(**{name: None})


def test_an_empty_variable_is_a_missing_one(read_settings):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY manque"):
        read_settings(SECRET_KEY="")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COOPERATIVE_SIRET", "73282932000075"),
        ("COOPERATIVE_VAT", "FR45732829320"),
        ("TRUSTED_PROXIES", "un"),
        ("ENVIRONMENT", "prod"),
        ("SECOND_FACTOR", "oui"),
    ],
)
def test_a_wrong_value_is_refused_by_name(read_settings, name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        read_settings(**{name: value})


@pytest.mark.parametrize(
    ("changes", "compulsory"),
    [
        ({"SECOND_FACTOR": None}, True),
        ({"SECOND_FACTOR": "off"}, False),
        ({"ENVIRONMENT": "development", "SECOND_FACTOR": None}, False),
        ({"ENVIRONMENT": "development", "SECOND_FACTOR": "on"}, True),
    ],
)
def test_a_second_factor_is_compulsory_in_production_unless_it_is_said(read_settings, changes, compulsory):
    assert read_settings(**changes)["SECOND_FACTOR"] is compulsory


@pytest.mark.parametrize(
    ("site_url", "host", "origin"),
    [
        ("https://client-public.example.org/", "client-public.example.org", "https://client-public.example.org"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_passkeys_belong_to_the_site(read_settings, site_url, host, origin):
    read = read_settings(SITE_URL=site_url)

    assert (read["OTP_WEBAUTHN_RP_ID"], read["OTP_WEBAUTHN_ALLOWED_ORIGINS"]) == (host, [origin])


def test_a_siret_may_be_written_with_spaces(read_settings):
    read = read_settings(COOPERATIVE_SIRET="732 829 320 00074")

    assert read["COOPERATIVE"]["siret"] == "73282932000074"


@pytest.mark.parametrize("written", ["FR 44 732 829 320", "44732829320", "fr44732829320"])
def test_a_vat_number_is_shown_in_one_way(read_settings, written):
    assert read_settings(COOPERATIVE_VAT=written)["COOPERATIVE"]["vat"] == "FR44732829320"


def test_a_secret_may_be_in_a_file(read_settings, tmp_path, monkeypatch):
    (tmp_path / "key").write_text("k" * 60)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert read_settings(SECRET_KEY=None)["SECRET_KEY"] == "k" * 60


def test_mail_is_kept_in_a_directory_of_any_name(read_settings):
    read = read_settings(ENVIRONMENT="development", EMAIL_URL=None, VAR_DIR="/tmp/a b+c#d?e%41é")

    assert read["EMAIL_FILE_PATH"] == "/tmp/a b+c#d?e%41é/mail"
    assert read["EMAIL_BACKEND"] == "crealead.mail_on_disk.EmailBackend"


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-c", "import crealead.wsgi"]])
def test_the_refusal_is_one_sentence_and_no_traceback(command):
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": "production", "PYTHONIOENCODING": "utf-8"}

    ended = subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr == "La variable d’environnement SECRET_KEY manque : voir docs/deployment.md.\n"


@pytest.fixture
def production(read_settings):
    """The security of production, over the settings of the tests."""
    read = read_settings()
    secure = {name: value for name, value in read.items() if name.startswith(("SECURE_", "SESSION_", "CSRF_", "X_"))}
    with override_settings(**secure, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.mark.django_db
def test_production_answers_in_https_only(production):
    answer = Client().get("/mentions-legales/?a=b")

    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/mentions-legales/?a=b"


@pytest.mark.django_db
def test_production_sends_its_headers_and_no_cookie(production):
    answer = Client().get("/mentions-legales/", headers={"x-forwarded-proto": "https"})

    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.django_db
def test_the_cookies_of_the_admin_are_secure_and_closed_to_scripts(production):
    answer = Client().get("/admin/login/", headers={"x-forwarded-proto": "https"})

    assert answer.cookies["csrftoken"]["secure"]
    assert answer.cookies["csrftoken"]["httponly"]


@pytest.mark.django_db
def test_the_health_check_needs_neither_https_nor_cookie(production):
    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert not answer.cookies


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_example_holds_every_variable_that_production_wants():
    source = (settings.BASE_DIR / "crealead" / "settings.py").read_text(encoding="utf-8")

    assert set(re.findall(r'_required\(\s*"([A-Z_]+)"', source)) == example().keys() - WITH_A_DEFAULT
