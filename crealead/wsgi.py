import gc
import logging
import os
import sys
import threading

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import Error, connections
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string


class Request(WSGIRequest):
    """A request whose text is UTF-8, whatever charset it declares: a page is the same for all who ask for it."""

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}


WSGIHandler.request_class = Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crealead.settings")
# A page waits so long for what another writes (a long import holds its fiches), then says when to come back; the worker
# and the commands wait as long as it takes. libpq reads it.
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=8s")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(str(error))


def _warm_up():
    try:
        import_string(settings.WARM_UP)()
    except Error as error:
        # Not its words, which may quote data.
        logging.getLogger(__name__).warning("not warmed up: %s", type(error).__qualname__)
    finally:
        connections.close_all()


# What every reader needs is read before this worker takes its first; the others answer meanwhile. In a thread, whose
# connection goes with it.
_warming = threading.Thread(target=_warm_up)
_warming.start()
_warming.join()

# What is loaded by now stays: the collector would go through it while somebody waits for a page.
gc.collect()
gc.freeze()
# Of what a page makes nearly nothing is a cycle: to look for them some times less often costs a few MB.
gc.set_threshold(20_000, 10, 20)
