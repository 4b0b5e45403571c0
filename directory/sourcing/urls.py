from django.urls import path, re_path

from .exports import views as exports
from .selection import views as selections

app_name = "sourcing"

urlpatterns = [
    path("selection/", selections.selection, name="selection"),
    path("selection/cartes.vcf", exports.vcards, name="vcards"),
    re_path(r"^selection/export\.(?P<kind>csv|xlsx|ods)$", exports.export_selection, name="export_selection"),
    re_path(r"^catalogue/export\.(?P<kind>csv|xlsx|ods)$", exports.export, name="export"),
    path("catalogue/flux.atom", exports.feed, name="feed"),
    path("selection/envoyer/", selections.send, name="send"),
]
