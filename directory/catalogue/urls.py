from django.contrib.sitemaps import views as sitemap_views
from django.urls import path

from . import search_views, views
from .sitemaps import SITEMAPS

app_name = "catalogue"

urlpatterns = [
    path("", views.home, name="home"),
    path("acheter/", views.buying, name="buying"),
    path("acheter/pieces/<int:pk>.pdf", views.paper, name="paper"),
    path("catalogue/", views.catalogue, name="list"),
    path("catalogue/ordre/", views.order, name="order"),
    path("catalogue/carte/", search_views.zone_map, name="map"),
    path("catalogue/imprimer/", search_views.printed, name="print"),
    path("catalogue/cooperative/contact/", search_views.need, name="need"),
    path("catalogue/cooperative/contact/envoye/", search_views.need_sent, name="need_sent"),
    path("catalogue/<slug:slug>/", views.fiche, name="fiche"),
    path("catalogue/<slug:slug>/contact/", views.contact, name="contact"),
    path("catalogue/<slug:slug>/contact/envoye/", views.contact_sent, name="contact_sent"),
    path("catalogue/<slug:slug>/carte.vcf", views.fiche_vcard, name="vcard"),
    path("catalogue/<slug:slug>/photo.webp", views.photo, name="photo"),
    path("catalogue/<slug:slug>/portrait.webp", views.portrait, name="portrait"),
    path("catalogue/<slug:slug>/realisation-<int:pk>.webp", views.portfolio, name="portfolio"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
    path("robots.txt", views.robots, name="robots"),
]
