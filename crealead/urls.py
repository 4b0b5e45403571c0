from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("referencement/", include("directory.referencing.urls")),
    path("", include("directory.catalogue.urls")),
]
