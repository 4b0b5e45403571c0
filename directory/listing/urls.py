from django.urls import path

from . import views

app_name = "listing"
urlpatterns = [
    path("", views.article, name="article"),
    path("accord/<str:token>/", views.agreement, name="agreement"),
    path("opposition/<str:token>/", views.objection, name="objection"),
    path("demande/", views.start, name="start"),
    path("demande/envoyee/", views.sent, name="sent"),
    path("demande/lien/<str:token>/", views.link, name="link"),
    path("demande/formulaire/", views.form, name="form"),
    path("demande/enregistree/", views.saved, name="saved"),
    path("demande/photo.webp", views.photo, name="photo"),
    path("demande/suivi/<str:token>/", views.status, name="status"),
    path("demande/suivi/<str:token>/retrait/", views.withdraw, name="withdraw"),
]
