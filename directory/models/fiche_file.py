from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models

from .files import fiche_file_path
from .sent_file import SentFile


class FicheFile(SentFile):
    """A spreadsheet of fiches: tried to be previewed, then, once confirmed, imported for good."""

    file = models.FileField("fichier", upload_to=fiche_file_path, blank=True)
    rows = models.PositiveIntegerField("lignes")
    rows_done = models.PositiveIntegerField("lignes faites", default=0)
    is_confirmed = models.BooleanField("confirmé", default=False)
    tells = models.BooleanField("prévient les personnes", default=False)
    result = models.JSONField("ce qu’il apporte", default=dict, encoder=DjangoJSONEncoder)

    class Meta(SentFile.Meta):
        verbose_name = "fichier de fiches"
        verbose_name_plural = "fichiers de fiches"

    @property
    def share(self):
        """How much of it is done, out of a hundred."""
        return 100 * self.rows_done // self.rows if self.rows else 0

    @property
    def verb(self):
        return "Import" if self.is_confirmed else "Lecture"

    @property
    def how(self):
        if self.is_confirmed:
            return (
                "il s’importe en arrière-plan. Tout est écrit à la fin, ou rien : interrompu, l’import reprend de "
                "lui-même depuis le début."
            )
        return "il se lit en arrière-plan, et rien n’est encore écrit."

    @property
    def stage(self):
        """Where it stands, in its sender's words."""
        return {
            self.State.READ: "à confirmer",
            self.State.FAILED: "rien n’est importé",
            self.State.IMPORTED: "importé",
        }.get(self.state, f"{self.verb.lower()} en cours, {self.share} %")

    def progress(self, rows_done):
        """Say how far it is, at once and beside the transaction of the import, whose end is all or nothing."""
        beside = connections.create_connection("default")
        try:
            with beside.cursor() as cursor:
                cursor.execute("UPDATE directory_fichefile SET rows_done = %s WHERE id = %s", [rows_done, self.pk])
        finally:
            beside.close()
