from django.urls import path

from . import cv_views, entry_views, fiche_views, portfolio_views, views, visibility_views

app_name = "my_space"
urlpatterns = [
    path("", views.home, name="home"),
    path("connexion/", entry_views.start, name="start"),
    path("connexion/envoyee/", entry_views.sent, name="sent"),
    path("connexion/<str:token>/", entry_views.link, name="link"),
    path("deconnexion/", entry_views.sign_out, name="sign_out"),
    path("deconnexion/partout/", entry_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("apercu/", fiche_views.preview, name="preview"),
    path("apercu/photo.webp", fiche_views.photo, name="photo"),
    path("fiche/", fiche_views.fiche, name="fiche"),
    path("fiche/photo-proposee.webp", fiche_views.proposed_photo, name="proposed_photo"),
    path("fiche/retrait-de-la-proposition/", fiche_views.withdraw_proposal, name="withdraw_proposal"),
    path("demande/", views.ask, name="ask"),
    path("cv/", cv_views.cv, name="cv"),
    path("cv/a-jour/", cv_views.confirm, name="confirm_cv"),
    path("realisations/", portfolio_views.portfolio, name="portfolio"),
    path("realisations/<int:pk>/", portfolio_views.image, name="portfolio_image"),
    path("realisations/<int:pk>/image.webp", portfolio_views.file, name="portfolio_file"),
    path("realisations/<int:pk>/deplacer/", portfolio_views.move, name="portfolio_move"),
    path("realisations/<int:pk>/retirer/", portfolio_views.remove, name="portfolio_remove"),
    path("visibilite/", visibility_views.visibility, name="visibility"),
    path("visibilite/pas-mon-metier/", visibility_views.not_my_trade, name="not_my_trade"),
    path("accords/", views.consents, name="consents"),
    path("quitter-le-catalogue/", views.withdraw, name="withdraw"),
    path("mes-donnees/", views.export, name="export"),
]
