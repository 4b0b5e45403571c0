from django.urls import path

from . import answer_views, views

app_name = "group_messages"
urlpatterns = [
    path("nouveau/", views.new, name="new"),
    path("demande/", views.sent, name="sent"),
    path("confirmer/<str:token>/", views.confirm, name="confirm"),
    path("suivi/<str:token>/", views.message, name="message"),
    path("effacer/<str:token>/", views.delete, name="delete"),
    path("reponse/<str:token>/", answer_views.answer, name="answer"),
    path("equipe/<int:pk>/", answer_views.team, name="team"),
]
