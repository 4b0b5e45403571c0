from django.urls import path, re_path, register_converter

from .exports import views as exports
from .record import after_views, door
from .record import views as records
from .selection import views as selections

app_name = "sourcing"
register_converter(door.KeyConverter, "record")

urlpatterns = [
    path("selection/", selections.selection, name="selection"),
    path("selection/cartes.vcf", exports.vcards, name="vcards"),
    re_path(r"^selection/export\.(?P<kind>csv|xlsx|ods)$", exports.export_selection, name="export_selection"),
    re_path(r"^catalogue/export\.(?P<kind>csv|xlsx|ods)$", exports.export, name="export"),
    path("catalogue/flux.atom", exports.feed, name="feed"),
    path("selection/envoyer/", selections.send, name="send"),
    path("selection/dossier/", records.new, name="record_new"),
    path("selection/dossier/empreinte/", after_views.check, name="record_check"),
    path("selection/dossier/confirmer/<str:token>/", records.confirm, name="record_confirm"),
    path("selection/<record:record>/", records.record, name="record"),
    path("selection/<record:record>/besoin/", records.need, name="record_need"),
    path("selection/<record:record>/besoin/organismes/", records.clients, name="record_clients"),
    path("selection/<record:record>/gardees/", records.kept, name="record_kept"),
    path("selection/<record:record>/ecarter/", records.set_aside, name="record_set_aside"),
    path("selection/<record:record>/adresse/", records.email, name="record_email"),
    path("selection/<record:record>/cloturer/", records.close, name="record_close"),
    path("selection/<record:record>/suite/", after_views.outcome, name="record_outcome"),
    path("selection/<record:record>/effacer/", records.erase, name="record_erase"),
    re_path(
        rf"^selection/(?P<record>{door.KeyConverter.regex})/dossier\.(?P<kind>pdf|ods|json)$",
        records.file,
        name="record_file",
    ),
]
