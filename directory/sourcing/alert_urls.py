from django.urls import path

from . import alert_views

app_name = "alerts"
urlpatterns = [
    path("nouvelle/", alert_views.new, name="new"),
    path("demandee/", alert_views.sent, name="sent"),
    path("confirmer/<str:token>/", alert_views.confirm, name="confirm"),
    path("suivi/<str:token>/", alert_views.alert, name="alert"),
    path("arreter/<str:token>/", alert_views.stop, name="stop"),
]
