from django.urls import path

from .answers import document_views, kit_views
from .answers import views as answer_views
from .consultations import views
from .memo import views as memo_views
from .team import views as team_views

app_name = "tenders"
urlpatterns = [
    path("", views.register, name="register"),
    path("ouvrir/", views.add, name="add"),
    path("invitation/<str:token>/", team_views.invitation, name="invitation"),
    path("documents/cv.pdf", document_views.cv, name="cv"),
    path("documents/cv/<int:co_pk>.pdf", document_views.cv_of, name="cv_of"),
    path("documents/references/<int:pk>.pdf", document_views.reference_sheet, name="reference_sheet"),
    path("documents/presentation.pdf", document_views.presentation, name="presentation"),
    path("bibliotheque/", memo_views.library, name="library"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/modifier/", views.edit, name="edit"),
    path("<int:pk>/doublon/<int:notice_pk>/", views.duplicate, name="duplicate"),
    path("<int:pk>/equipe/", team_views.team, name="team"),
    path("<int:pk>/equipe/inviter/", team_views.invite, name="invite"),
    path("<int:pk>/equipe/<int:seat_pk>/", team_views.seat, name="seat"),
    path("<int:pk>/equipe/<int:seat_pk>/retirer/", team_views.remove, name="remove"),
    path("<int:pk>/memoire/", memo_views.memo, name="memo"),
    path("<int:pk>/memoire/trame/", memo_views.memo_trame, name="memo_trame"),
    path("<int:pk>/memoire/ajouter/", memo_views.memo_add, name="memo_add"),
    path("<int:pk>/memoire/<int:part_pk>/", memo_views.memo_part, name="memo_part"),
    path("<int:pk>/memoire/<int:part_pk>/garder/", memo_views.memo_autosave, name="memo_autosave"),
    path("<int:pk>/memoire/<int:part_pk>/deplacer/", memo_views.memo_move, name="memo_move"),
    path("<int:pk>/memoire/<int:part_pk>/retirer/", memo_views.memo_remove, name="memo_remove"),
    path("<int:pk>/memoire/memoire.docx", memo_views.memo_file, name="memo_file"),
    path("<int:pk>/dossier/", kit_views.kit, name="kit"),
    path("<int:pk>/dossier/references/", kit_views.kit_references, name="kit_references"),
    path("<int:pk>/dossier/dossier.zip", kit_views.kit_file, name="kit_file"),
    path("<int:pk>/dossier/<int:kit_pk>.zip", kit_views.kit_file, name="kit_file"),
    path("<int:pk>/envoi/", answer_views.send, name="send"),
    path("<int:pk>/envoi/<int:answer_pk>.zip", answer_views.answer_archive, name="answer_archive"),
    path("<int:pk>/envoi/fichiers/<int:file_pk>/", answer_views.answer_file, name="answer_file"),
    path("<int:pk>/issue/", answer_views.outcome, name="outcome"),
]
