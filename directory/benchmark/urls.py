"""The site, and beside it the view that its pages are held against; served by the benchmark alone."""

from django.http import HttpResponse
from django.urls import include, path


def trivial(_request):
    """What any view costs here: the middleware, and nothing of its own."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("essai/", trivial), path("", include("crealead.urls"))]
