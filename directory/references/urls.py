from django.urls import path

from . import views

app_name = "references"
urlpatterns = [
    path("", views.references, name="list"),
    path("nouvelle/", views.add, name="add"),
    path("clients/", views.near_clients, name="near_clients"),
    path("collegues/", views.near_colleagues, name="near_colleagues"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/modifier/", views.edit, name="edit"),
    path("<int:pk>/supprimer/", views.delete, name="delete"),
    path("<int:pk>/quitter/", views.leave, name="leave"),
    path("<int:pk>/contact/", views.contact, name="contact"),
    path("<int:pk>/attestation/", views.attestation, name="attestation"),
]
