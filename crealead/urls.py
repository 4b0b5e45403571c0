from django.contrib import admin
from django.urls import include, path

from crealead.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("referencement/", include("directory.referencing.urls")),
    path("", include("directory.pages.urls")),
    path("", include("directory.catalogue.urls")),
]
