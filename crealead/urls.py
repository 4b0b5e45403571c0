from django.contrib import admin
from django.urls import include, path

from crealead.health import healthz

handler400 = "crealead.faults.unreadable"
handler500 = "crealead.faults.fault"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("crealead.well_known")),
    path("admin/", admin.site.urls),
    path("referencement/", include("directory.listing.urls")),
    path("mon-espace/", include("directory.my_space.urls")),
    path("mon-espace/references/", include("directory.references.urls")),
    path("consultations/", include("directory.tenders.urls")),
    path("alertes/", include("directory.sourcing.alerts.urls")),
    path("messages/", include("directory.sourcing.message.urls")),
    path("", include("directory.pages.urls")),
    path("", include("directory.sourcing.urls")),
    path("", include("directory.catalogue.urls")),
]
