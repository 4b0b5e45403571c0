import secrets
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from pyroaring import BitMap

from . import masking
from .address import AddressedQuerySet
from .answer import NOT_EMPTIED, frozen
from .co_entrepreneur import CoEntrepreneur
from .email import EmailField
from .query import LONGEST_QUERY

# Of the key, the only way in: 256 bits.
KEY_BYTES, KEY_PATTERN = 32, "[A-Za-z0-9_-]{43}"
# How long an open one is there after its last change, how long before any end that is said, when the outcome is asked.
OPEN_FOR = timedelta(days=90)
WARNED_BEFORE = timedelta(days=14)
ASKED_AFTER = timedelta(days=30)
# How long an address has to be confirmed; what nobody confirms is forgotten then.
EMAIL_TO_CONFIRM = timedelta(days=7)
# What one holds: searches, fiches kept, lines of what is set aside.
MOST_SEARCHES, MOST_KEPT, MOST_SET_ASIDE = 10, 30, 300


# Of the choices below, what constraints name too.
KEPT_YEARS, NO_CONTRACT = (1, 2, 3), "none"


def new_key():
    return secrets.token_urlsafe(KEY_BYTES)


def open_until():
    return timezone.localdate() + OPEN_FOR


class SourcingRecordQuerySet(AddressedQuerySet):
    def over(self):
        """Those whose end has come, and was said before if there is whom to tell."""
        was_said = Q(email_confirmed_at=None) | Q(warned_on__isnull=False)
        return self.filter(was_said, ends_on__lt=timezone.localdate())

    def alive(self):
        """Those that their key opens."""
        return self.exclude(pk__in=SourcingRecord.objects.over().values("pk"))

    def open(self):
        return self.alive().filter(closed=None)

    def reachable(self):
        """Those with an address that its owner has confirmed."""
        return self.filter(email_confirmed_at__isnull=False)

    def to_warn(self):
        """Those that end soon, and of which nobody was told so."""
        return self.reachable().filter(ends_on__lte=timezone.localdate() + WARNED_BEFORE, warned_on=None)

    def to_ask(self):
        """Those closed long enough ago for their outcome to be asked, once."""
        closed = self.reachable().alive().filter(closed__closed_at__lte=timezone.now() - ASKED_AFTER)
        return closed.filter(outcome="", outcome_asked_on=None)


class SourcingRecord(models.Model):
    """What a buyer writes down of a sourcing: the need, what was searched, who is kept, why the others aren't.

    Its key is the only way in. Once closed, all that it says stands in `ClosedRecord`, and nothing of it here.
    """

    LONGEST_NEED, LONGEST_WORDS = 3000, 1000

    class Years(models.IntegerChoices):
        """How long a closed one is kept, as the buyer chooses."""

        ONE, TWO, THREE = zip(KEPT_YEARS, ("un an", "deux ans", "trois ans"), strict=True)

    class Outcome(models.TextChoices):
        CONTRACT = "contract", "Oui, un marché a été passé"
        NONE = NO_CONTRACT, "Non, il n’y en aura pas"
        NOT_YET = "not_yet", "Pas encore"

    class WhyNone(models.TextChoices):
        DROPPED = "dropped", "Le besoin est abandonné ou reporté"
        PROCEDURE = "procedure", "Une procédure avec mise en concurrence a été préférée"
        ANOTHER = "another", "Une autre offre convenait mieux"
        NOBODY = "nobody", "Personne n’était disponible"
        BUDGET = "budget", "Le budget ne le permettait pas"
        OTHER = "other", "Autre raison"

    key = models.CharField("clé", max_length=43, unique=True, default=new_key, editable=False)
    need = models.TextField("objet du besoin", max_length=LONGEST_NEED, blank=True)
    organisation = models.CharField("organisme", max_length=200, blank=True)
    cpv_codes = ArrayField(models.CharField(max_length=8), verbose_name="codes CPV", default=list, blank=True)
    # A band, as `sourcing.record.bands` has them: no end is no amount below which it is.
    amount_from = models.PositiveIntegerField("montant estimé, en euros HT, à partir de", null=True, blank=True)
    amount_below = models.PositiveIntegerField("montant estimé, en euros HT, moins de", null=True, blank=True)
    # Raised by each change of the need, and of who is kept: who writes over another's change is told so.
    need_version = models.PositiveIntegerField("version du besoin", default=0)
    kept_version = models.PositiveIntegerField("version des fiches gardées", default=0)
    created_at = models.DateTimeField("ouvert le", default=timezone.now)
    changed_at = models.DateTimeField("modifié le", default=timezone.now)
    ends_on = models.DateField("se termine le", default=open_until)
    warned_on = models.DateField("fin annoncée le", null=True, blank=True)
    kept_years = models.PositiveSmallIntegerField("gardé", choices=Years, null=True, blank=True)
    email = EmailField("adresse", blank=True)
    email_asked_at = models.DateTimeField("adresse donnée le", null=True, blank=True)
    email_confirmed_at = models.DateTimeField("adresse confirmée le", null=True, blank=True)
    outcome_asked_on = models.DateField("suite demandée le", null=True, blank=True)
    outcome = models.CharField("suite", max_length=10, choices=Outcome, blank=True)
    outcome_on = models.DateField("suite dite le", null=True, blank=True)
    why_none = models.CharField("pourquoi aucun marché", max_length=10, choices=WhyNone, blank=True)
    outcome_words = models.TextField("mots sur la suite", max_length=LONGEST_WORDS, blank=True)

    objects = SourcingRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier de sourçage"
        verbose_name_plural = "dossiers de sourçage"
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=f"^{KEY_PATTERN}$"), name="sourcing_record_key_is_long"),
            models.CheckConstraint(
                condition=~Q(email="") | Q(email_asked_at=None, email_confirmed_at=None),
                name="sourcing_record_confirms_an_address",
            ),
            models.CheckConstraint(
                condition=Q(amount_below=None) | Q(amount_from__lt=F("amount_below"), amount_from__isnull=False),
                name="sourcing_record_amount_is_a_band",
            ),
            models.CheckConstraint(
                condition=Q(outcome=NO_CONTRACT) | Q(why_none=""), name="sourcing_record_why_is_of_no_contract"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome_on__isnull=False), name="sourcing_record_outcome_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(kept_years=None) | Q(kept_years__in=KEPT_YEARS), name="sourcing_record_kept_some_years"
            ),
        ]
        indexes = [models.Index(F("ends_on"), name="sourcing_record_ends")]

    def __str__(self):
        return f"dossier de sourçage du {timezone.localtime(self.created_at):%d/%m/%Y}"

    def get_absolute_url(self):
        return reverse("sourcing:record", args=[self.key])

    @property
    def is_closed(self):
        return hasattr(self, "closed")

    @property
    def is_reachable(self):
        return self.email_confirmed_at is not None


class RecordSearch(models.Model):
    """A search that was made, and who answered it at that moment."""

    record = models.ForeignKey(
        SourcingRecord, on_delete=models.CASCADE, related_name="searches", verbose_name="dossier"
    )
    # As `CatalogueFilter.question` writes it; empty for the whole catalogue.
    query = models.CharField("recherche", max_length=LONGEST_QUERY, blank=True)
    sentence = models.TextField("phrase")
    # Relative, with the seed: it leads to the same order.
    address = models.CharField("adresse", max_length=LONGEST_QUERY + 200)
    order = models.CharField("ordre", max_length=100)
    seed = models.CharField("graine", max_length=40)
    version = models.CharField("version du catalogue", max_length=80, blank=True)
    made_at = models.DateTimeField("faite le", default=timezone.now)
    total = models.PositiveIntegerField("réponses")
    # Keys of fiches, as a serialised bitmap.
    answers = models.BinaryField("fiches qui répondaient", default=bytes)

    class Meta:
        verbose_name = "recherche d’un dossier"
        verbose_name_plural = "recherches de dossiers"
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "query"], name="record_search_once")]

    def __str__(self):
        return f"recherche du {timezone.localtime(self.made_at):%d/%m/%Y}"

    @property
    def fiches(self):
        return BitMap.deserialize(bytes(self.answers)) if self.answers else BitMap()


class RecordFiche(models.Model):
    """A fiche that is kept, and why; who is erased leaves an empty place."""

    record = models.ForeignKey(SourcingRecord, on_delete=models.CASCADE, related_name="kept", verbose_name="dossier")
    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="co-entrepreneur"
    )
    position = models.PositiveSmallIntegerField("rang")
    note = models.TextField("note", max_length=SourcingRecord.LONGEST_WORDS, blank=True)

    class Meta:
        verbose_name = "fiche gardée d’un dossier"
        verbose_name_plural = "fiches gardées de dossiers"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "co_entrepreneur"], name="record_fiche_once")]

    def __str__(self):
        return f"fiche gardée, rang {self.position}"


class SetAside(models.Model):
    """Why a fiche is set aside, or all those that a criterion leaves out: then the criterion is kept, not a list."""

    class Whom(models.TextChoices):
        ONE = "one", "une fiche"
        WITHOUT = "without", "celles qui ne répondent pas à un critère"
        REST = "rest", "toutes les autres"

    class Reason(models.TextChoices):
        REFERENCE = "reference", "Sans référence comparable"
        ZONE = "zone", "N’intervient pas sur le lieu"
        SKILL = "skill", "Compétence attendue non déclarée"
        LABEL = "label", "Sans le label ou l’assurance attendus"
        FIT = "fit", "Offre moins adaptée au besoin"
        RECENT = "recent", "Sollicité récemment : ne pas retenir toujours le même"
        UNAVAILABLE = "unavailable", "Indisponible, ou sans réponse"
        OTHER = "other", "Autre motif"

    record = models.ForeignKey(
        SourcingRecord, on_delete=models.CASCADE, related_name="set_aside", verbose_name="dossier"
    )
    whom = models.CharField("qui", max_length=10, choices=Whom)
    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="fiche"
    )
    query = models.CharField("critère", max_length=LONGEST_QUERY, blank=True)
    label = models.TextField("critère, en mots", blank=True)
    reason = models.CharField("motif", max_length=15, choices=Reason)
    words = models.TextField("précisions", max_length=SourcingRecord.LONGEST_WORDS, blank=True)
    created_at = models.DateTimeField("écrit le", default=timezone.now)

    class Meta:
        verbose_name = "motif d’un dossier"
        verbose_name_plural = "motifs de dossiers"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "co_entrepreneur"], name="set_aside_fiche_once"),
            models.UniqueConstraint(
                fields=["record", "query"], condition=Q(whom="without"), name="set_aside_criterion_once"
            ),
            models.UniqueConstraint(fields=["record"], condition=Q(whom="rest"), name="set_aside_rest_once"),
            models.CheckConstraint(
                condition=Q(whom="one", query="")
                | (Q(whom="without", co_entrepreneur=None) & ~Q(query=""))
                | Q(whom="rest", co_entrepreneur=None, query=""),
                name="set_aside_is_of_one_or_of_a_criterion",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | Q(words__regex=r"\S"),
                name="set_aside_other_says_which",
                violation_error_message="Dites quel est ce motif.",
            ),
        ]

    def __str__(self):
        return self.get_reason_display()


class ClosedRecord(models.Model):
    """A record as it was closed. A trigger forbids any change but the masking of who left, and its erasure.

    `fingerprint` is the SHA-256 of the data as they were closed, `pdf_fingerprint` that of the PDF: they stay.
    """

    record = models.OneToOneField(
        SourcingRecord, on_delete=models.PROTECT, related_name="closed", verbose_name="dossier"
    )
    closed_at = models.DateTimeField("clos le", default=timezone.now)
    data = models.JSONField("contenu", help_text="Ce que le dossier dit, tel que clos.")
    fingerprint = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    pdf = models.BinaryField("PDF")
    pdf_fingerprint = models.CharField("empreinte du PDF", max_length=64, db_index=True)
    # Whom it names, as keys: who leaves is found by it, and taken out of it.
    fiches = ArrayField(models.BigIntegerField(), verbose_name="fiches nommées", default=list)

    class Meta:
        verbose_name = "dossier clos"
        verbose_name_plural = "dossiers clos"
        ordering = ["-closed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fingerprint__regex="^[0-9a-f]{64}$", pdf_fingerprint__regex="^[0-9a-f]{64}$"),
                name="closed_record_has_fingerprints",
            )
        ]
        triggers = [
            frozen(
                "closed",
                forever=["id", "record_id", "closed_at", "fingerprint", "pdf_fingerprint"],
                refused=masking.REFUSED,
            ),
            NOT_EMPTIED,
        ]

    def __str__(self):
        return f"dossier clos le {timezone.localtime(self.closed_at):%d/%m/%Y}"
