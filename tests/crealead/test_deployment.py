"""What docs/deployment/ promises."""

import re
import shutil
import subprocess

import pytest
from django.conf import settings

DEPLOYMENT = settings.BASE_DIR / "docs" / "deployment"
NGINX = (DEPLOYMENT / "nginx.conf").read_text(encoding="utf-8")


@pytest.mark.parametrize("status", ["413", "429", "502", "503", "504"])
def test_nginx_says_in_french_what_the_site_can_not_say(status):
    path = re.search(rf"error_page [\d ]*{status}[\d ]* (/\S+\.html);", NGINX)[1]

    page = (settings.BASE_DIR / "static" / path.removeprefix("/")).read_text(encoding="utf-8")

    assert '<html lang="fr">' in page
    assert not re.search(r"src=|<link", page), "it may be all that answers"
    assert '<a href="/">' in page


def test_nginx_limits_what_checks_a_password():
    assert "limit_req zone=crealead_password" in NGINX
    assert "POST /admin/(login|password_change)/" in NGINX


def test_a_redirect_keeps_to_the_name_of_the_site():
    assert "https://$host" not in NGINX


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx isn't installed here")
def test_nginx_takes_its_configuration(tmp_path):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=client-public.example.org"),
            *("-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    site = NGINX.replace("/etc/letsencrypt/live/client-public.example.org", str(tmp_path))
    (tmp_path / "site.conf").write_text(site.replace("/var/log/nginx", str(tmp_path)), encoding="utf-8")
    main = f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site.conf; }}"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")

    checked = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert "test is successful" in checked.stderr
