from django.urls import path

from . import views

app_name = "sourcing"

urlpatterns = [
    path("selection/", views.selection, name="selection"),
    path("selection/envoyer/", views.send, name="send"),
]
