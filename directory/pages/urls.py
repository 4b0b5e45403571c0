from django.urls import path

from directory.models import Page

from . import views

app_name = "pages"
urlpatterns = [
    path("plan-du-site/", views.site_map, name="site_map"),
    path("mentions-legales/", views.page, {"slug": Page.Slug.LEGAL}, name="legal"),
    path("confidentialite/", views.page, {"slug": Page.Slug.PRIVACY}, name="privacy"),
    path("accessibilite/", views.page, {"slug": Page.Slug.ACCESSIBILITY}, name="accessibility"),
]
