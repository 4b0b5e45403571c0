from datetime import datetime, timedelta

import pytest
from django.utils import timezone


def test_whom_to_tell_of_a_hole(client, settings):
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == f"mailto:{settings.COOPERATIVE['email']}"
    assert fields["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    assert timedelta(days=30) < datetime.fromisoformat(fields["Expires"]) - timezone.now() < timedelta(days=365)


@pytest.mark.parametrize(
    ("path", "ends"), [("/.well-known/change-password", "/admin/password_change/"), ("/favicon.ico", "favicon.ico")]
)
def test_where_programs_are_sent(client, path, ends):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"].endswith(ends)


@pytest.mark.django_db
def test_ones_space_is_in_the_header(client):
    header = client.get("/").text.partition("</header>")[0]

    assert 'href="/mon-espace/"' in header
