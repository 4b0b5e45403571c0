"""The site in a thread of the tests, on their transaction: a browser sees what they made, and nothing of it is kept."""

import contextlib
import threading

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections, transaction
from django.test.testcases import QuietWSGIRequestHandler


class _Server(ThreadedWSGIServer):
    def _close_connections(self):
        """Leave the connection open: it is the tests' own."""


class _OneAtATime(WSGIHandler):
    """Requests wait for each other, on the one connection; what a form does is undone as soon as it has answered."""

    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self._lock, contextlib.ExitStack() as stack:
            if environ["REQUEST_METHOD"] == "POST":
                stack.enter_context(transaction.atomic())
                stack.callback(transaction.set_rollback, True)
            answer = super().__call__(environ, start_response)
            body = b"".join(answer)
            answer.close()
        return [body]


class _Static(StaticFilesHandler):
    def serve(self, request):
        answer = super().serve(request)
        # As the site has it: a sheet is fetched once, not by each page.
        answer["Cache-Control"] = "max-age=3600"
        return answer


@contextlib.contextmanager
def serving():
    """Give the address where the site answers meanwhile."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    # As the test's client does: in a transaction, a connection passes for one that must be closed.
    between = (request_started, request_finished)
    for signal in between:
        signal.disconnect(close_old_connections)
    server = _Server(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={"default": connection})
    server.set_app(_Static(_OneAtATime()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for signal in between:
            signal.connect(close_old_connections)
        connection.dec_thread_sharing()
