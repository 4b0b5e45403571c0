import re
import unicodedata
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator

from .email import EmailField
from .phone import PhoneField
from .reference import AMOUNT_BANDS, HIGHEST_BAND

# Then `purge_personal_data` erases it.
KEPT = timedelta(days=365)
# What a budget is told in: the bands in which the amounts of references are read.
BUDGETS = [*((f"{bound:.0f}", label) for bound, label in AMOUNT_BANDS), ("plus", HIGHEST_BAND)]
# How a letter begins, which says nothing of the need.
GREETING = re.compile(
    r"^(?:(?:bonjour|bonsoir|mesdames|messieurs|madame|monsieur)\b[^\n,.!:;]{0,25}[\n,.!:;]+\s*)+", re.IGNORECASE
)


def one_line(text):
    """A text on one line, without any sign that a mailbox would show as another, or that turns the reading round."""
    signs = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return " ".join(signs.split(" ")).strip()


class ContactMessage(models.Model):
    """What a public buyer wrote to a co-entrepreneur from their fiche; erased by `purge_personal_data`."""

    LONGEST_DETAIL = 120
    # In letters: of the need as the subject of a mail says it.
    LONGEST_NEED = 80

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="contact_messages", verbose_name="co-entrepreneur"
    )
    name = models.CharField("nom", max_length=120)
    organisation = models.CharField("organisme", max_length=200)
    email = EmailField("adresse de réponse")
    phone = PhoneField("téléphone", blank=True)
    message = models.TextField("message", max_length=5000)
    place = models.CharField("lieu", max_length=LONGEST_DETAIL, blank=True, db_default="")
    timing = models.CharField("quand", max_length=LONGEST_DETAIL, blank=True, db_default="")
    budget = models.CharField("budget", max_length=10, choices=BUDGETS, blank=True, db_default="")
    created_at = models.DateTimeField("reçu le", default=timezone.now)

    class Meta:
        verbose_name = "message reçu"
        verbose_name_plural = "messages reçus"
        ordering = ["-created_at", "pk"]

    def __str__(self):
        return f"{self.organisation}, {self.created_at:%d/%m/%Y}"

    @property
    def need(self):
        """The first line of the message, cut short: what the subject of a mail says of it."""
        text = self.message.strip()
        line = next(iter((GREETING.sub("", text, count=1) or text).splitlines()), "")
        return Truncator(one_line(line)).chars(self.LONGEST_NEED)

    @property
    def details(self):
        """What was said of the place, the time and the budget: (name, value)."""
        told = [("Lieu", self.place), ("Quand", self.timing), ("Budget", self.get_budget_display())]
        return [(name, value) for name, value in told if value]
