from django.urls import path, re_path

from . import export_views, views

app_name = "sourcing"

urlpatterns = [
    path("selection/", views.selection, name="selection"),
    path("selection/cartes.vcf", export_views.vcards, name="vcards"),
    re_path(r"^selection/export\.(?P<kind>csv|xlsx|ods)$", export_views.export_selection, name="export_selection"),
    re_path(r"^catalogue/export\.(?P<kind>csv|xlsx|ods)$", export_views.export, name="export"),
    path("catalogue/flux.atom", export_views.feed, name="feed"),
    path("selection/envoyer/", views.send, name="send"),
]
