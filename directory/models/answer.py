import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .author import Authored
from .consultation import Consultation
from .files import answer_path, kit_path

# What is frozen doesn't change, but for the erasure of a person, the purge and a few more (`Unfreezing.Purpose`), which
# say who they are in this setting of their transaction (`privacy.frozen`): « erasure:12 », « purge: »; what they did is
# written down.
UNFROZEN_BY = "directory.unfrozen"
REFUSED = "RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;"


def frozen(name="frozen", *, forever=(), refused=()):
    """The trigger of a table whose rows don't change.

    Args:
        name: of the trigger.
        forever: the columns that not even what opens it changes.
        refused: conditions, in SQL, of what else it doesn't let through; `opened_by` is the setting.
    """
    changed = [f"TG_OP = 'UPDATE' AND NEW.{column} IS DISTINCT FROM OLD.{column}" for column in forever]
    kept = "".join(
        f"""
        IF {condition} THEN
            {REFUSED}
        END IF;"""
        for condition in [*changed, *refused]
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("opened_by", "TEXT")],
        func=f"""
        opened_by := coalesce(current_setting('{UNFROZEN_BY}', true), '');
        IF opened_by = '' THEN
            {REFUSED}
        END IF;{kept}
        INSERT INTO directory_unfreezing (of_table, row, operation, columns, at, purpose, by_id)
        SELECT TG_TABLE_NAME, OLD.id, lower(TG_OP),
            ARRAY(
                SELECT before.key::varchar FROM jsonb_each(to_jsonb(OLD)) AS before
                JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
                WHERE before.value IS DISTINCT FROM after.value ORDER BY before.key
            ),
            now(), split_part(opened_by, ':', 1), nullif(split_part(opened_by, ':', 2), '')::integer;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    """,
    )


FROZEN = frozen()
# Nothing opens this one: whoever erases says which rows.
NOT_EMPTIED = pgtrigger.Trigger(
    name="not_emptied", when=pgtrigger.Before, operation=pgtrigger.Truncate, level=pgtrigger.Statement, func=REFUSED
)


class Kit(Authored):
    """The files of an answer, asked for by someone and made in the background."""

    class State(models.TextChoices):
        QUEUED = "queued", "En attente"
        RUNNING = "running", "En cours"
        DONE = "done", "Prêt"
        FAILED = "failed", "Échec"
        DROPPED = "dropped", "Retiré"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="kits", verbose_name="consultation"
    )
    state = models.CharField("état", max_length=10, choices=State, default=State.QUEUED)
    made = models.PositiveSmallIntegerField("documents faits", default=0)
    total = models.PositiveSmallIntegerField("documents à faire", default=0)
    problems = models.JSONField("problèmes", default=list, help_text="Liste d’objets : document, reason.")
    sources = models.JSONField(
        "sources",
        default=dict,
        editable=False,
        help_text="Empreintes de ce qui y est de chacun.",
    )
    archive = models.FileField("dossier", upload_to=kit_path, blank=True)
    asked_at = models.DateTimeField("demandé le", default=timezone.now)
    finished_at = models.DateTimeField("fini le", null=True, blank=True)

    class Meta(Authored.Meta):
        verbose_name = "dossier"
        verbose_name_plural = "dossiers"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            *Authored.Meta.constraints,
            models.UniqueConstraint(
                fields=["consultation"],
                condition=Q(state__in=["queued", "running"]),
                name="kit_one_under_way",
                violation_error_message="Un dossier est déjà en préparation.",
            ),
        ]

    def __str__(self):
        return f"dossier du {timezone.localtime(self.asked_at):%d/%m/%Y à %H h %M}"

    @property
    def is_ready(self):
        return self.state == self.State.DONE

    @property
    def is_dropped(self):
        """Whether its files are gone, since what was in them has changed or been withdrawn."""
        return self.state == self.State.DROPPED

    @property
    def has_failed(self):
        return self.state == self.State.FAILED


class Answer(Authored):
    """What was sent to a buyer: the exact files, and the data they were made from. Nothing changes it afterwards."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="answers", verbose_name="consultation"
    )
    number = models.PositiveSmallIntegerField("numéro", default=1)
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    data = models.JSONField("données", help_text="Ce dont les documents ont été faits.")

    class Meta(Authored.Meta):
        verbose_name = "réponse envoyée"
        verbose_name_plural = "réponses envoyées"
        ordering = ["-number", "pk"]
        constraints = [
            *Authored.Meta.constraints,
            models.UniqueConstraint(fields=["consultation", "number"], name="answer_number_unique"),
        ]
        triggers = [FROZEN, NOT_EMPTIED]

    def __str__(self):
        return f"réponse {self.number} du {timezone.localtime(self.sent_at):%d/%m/%Y}"


class AnswerFile(models.Model):
    """A file of an answer, as it was sent."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="files", verbose_name="réponse")
    name = models.CharField("nom", max_length=200)
    # Empty once its person was erased: what is left of it is what it weighed, and its fingerprint.
    file = models.FileField("fichier", upload_to=answer_path)
    size = models.PositiveIntegerField("octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)

    class Meta:
        verbose_name = "fichier envoyé"
        verbose_name_plural = "fichiers envoyés"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["answer", "name"], name="answer_file_name_unique")]
        triggers = [FROZEN, NOT_EMPTIED]

    def __str__(self):
        return self.name


class Unfreezing(models.Model):
    """That something frozen was changed, by what alone may change it: see `Purpose`; the trigger writes it, by itself.

    It says which row and which columns, who and when, and names nobody.
    """

    class Purpose(models.TextChoices):
        ERASURE = "erasure", "Effacement d’une personne"
        PURGE = "purge", "Purge"
        RETIRING = "retiring", "Départ ou opposition d’un co-entrepreneur"
        BUYER = "buyer", "Effacement demandé par l’acheteur"

    of_table = models.CharField("table", max_length=63)
    row = models.PositiveBigIntegerField("ligne")
    operation = models.CharField("opération", max_length=10)
    columns = ArrayField(models.CharField(max_length=63), verbose_name="colonnes", default=list)
    at = models.DateTimeField("le", default=timezone.now)
    purpose = models.CharField("pour", max_length=10, choices=Purpose)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="par",
    )

    class Meta:
        verbose_name = "changement d’un envoi gardé"
        verbose_name_plural = "changements d’envois gardés"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.of_table} {self.row}, {timezone.localtime(self.at):%d/%m/%Y}"
