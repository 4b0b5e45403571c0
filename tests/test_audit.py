"""The audit of the dependencies, against a source that a test plays."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

spec = importlib.util.spec_from_file_location("audit", settings.BASE_DIR / ".ci" / "audit.py")
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)


@pytest.fixture
def source(monkeypatch):
    """A function that has a source answer so: the holes of each package, or the bytes as they are."""
    servers = []

    def answer_with(holes):
        class Source(BaseHTTPRequestHandler):
            def do_POST(self):
                queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
                results = [
                    {"vulns": [{"id": holes[query["package"]["name"]]}]} if query["package"]["name"] in holes else {}
                    for query in queries
                ]
                body = holes if isinstance(holes, bytes) else json.dumps({"results": results}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}")
        return server

    yield answer_with
    for server in servers:
        server.shutdown()
        server.server_close()


def test_every_locked_version_is_asked_about(source, capsys):
    source({})

    assert audit.main() == 0
    assert f"aucune faille connue dans {len(audit.locked(settings.BASE_DIR))} versions" in capsys.readouterr().out
    assert {"django", "psycopg", "pytest"} <= {name for name, _ in audit.locked(settings.BASE_DIR)}


def test_a_known_hole_fails_and_is_named(source, capsys):
    source({"django": "PYSEC-2026-1"})

    assert audit.main() == 1
    assert "https://osv.dev/vulnerability/PYSEC-2026-1" in capsys.readouterr().out


@pytest.mark.parametrize("body", [b"<html>portal</html>", b"{}", b'{"results": []}', b"[1]"])
def test_an_answer_that_is_none_is_not_taken_for_a_clean_one(source, capsys, body):
    source(body)

    assert audit.main() == 0
    assert "NON VÉRIFIÉES" in capsys.readouterr().out


def test_without_a_network_it_says_so_and_since_when_each_version_is_locked(monkeypatch, capsys):
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:9")

    assert audit.main() == 0

    said = capsys.readouterr().out
    assert "NON VÉRIFIÉES" in said
    assert said.count("\n  ") == len(audit.locked(settings.BASE_DIR))
