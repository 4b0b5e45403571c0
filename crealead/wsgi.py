import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters


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

# What is loaded by now stays: the collector would go through it while somebody waits for a page.
gc.collect()
gc.freeze()
