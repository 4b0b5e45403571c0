from django.urls import path

from . import views

app_name = "alerts"
urlpatterns = [
    path("nouvelle/", views.new, name="new"),
    path("demandee/", views.sent, name="sent"),
    path("confirmer/<str:token>/", views.confirm, name="confirm"),
    path("suivi/<str:token>/", views.alert, name="alert"),
    path("arreter/<str:token>/", views.stop, name="stop"),
]
