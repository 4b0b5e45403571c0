"""What the cells of fiches mean, as people and spreadsheets write it: yes and no, days, lists, names of référents."""

import re
from datetime import date, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from import_export import widgets

from crealead.words import plain
from directory.forms.cpv import known_cpv_codes
from directory.forms.days import read_period
from directory.models import CoEntrepreneur, Referent

from .spreadsheet.reading import folded

YES = {"oui", "o", "x", "1", "vrai", "true"}
NO = {"non", "n", "0", "faux", "false"}
# Spreadsheets keep a day as how many passed since this one; ours are from 1990 to 2099.
FIRST_OF_SERIALS = date(1899, 12, 30)
SERIALS = range(32_874, 73_051)


class TextWidget(widgets.CharWidget):
    def __init__(self):
        super().__init__(allow_blank=True)


class YesNoWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value or value.casefold() in NO:
            return False
        if value.casefold() in YES:
            return True
        raise ValueError(f"« {value} » : écrivez « oui » ou « non ».")

    def render(self, value, obj=None, **kwargs):
        return "oui" if value else "non"


class DayWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        first, last = read_period(_with_century(value)) or _of_serial(value) or (None, None)
        if first is None or first != last:
            raise ValueError(f"« {value} » n’est pas une date : écrivez 31/12/2027 ou 2027-12-31.")
        return first

    def render(self, value, obj=None, **kwargs):
        return value.strftime("%d/%m/%Y") if value else ""


def _with_century(text):
    """« 31/12/27 » as « 31/12/2027 », and a day without the midnight that some programs write."""
    text = re.sub(r"[ T]00:00(:00)?$", "", text)
    return re.sub(r"^([0-9]{1,2}[/. -][0-9]{1,2}[/. -])([0-9]{2})$", r"\g<1>20\2", text)


def _of_serial(text):
    """The day, twice, of a number of days since 1900, as spreadsheets keep dates; None for what isn't one of ours."""
    if not re.fullmatch(r"[0-9]{5}", text) or int(text) not in SERIALS:
        return None
    return (FIRST_OF_SERIALS + timedelta(days=int(text)),) * 2


class ContractWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        stages = CoEntrepreneur.ContractStage
        known = {name.casefold(): code for code, label in stages.choices for name in (code, label)}
        if value and value.casefold() not in known:
            raise ValueError(f"« {value} » n’est pas un contrat connu : {', '.join(stages.labels)}.")
        return known.get(value.casefold(), "") if value else ""

    def render(self, value, obj=None, **kwargs):
        return dict(CoEntrepreneur.ContractStage.choices).get(value, "")


def _by_name(rows, names):
    known = {}
    for row in rows:
        for name in {plain(name) for name in names(row)}:
            known.setdefault(name, []).append(row)
    return known


class ReferentWidget(widgets.Widget):
    """The référent by their account, its name or its address, or else by their own name when nobody shares it.

    An empty cell leaves the one there is.
    """

    @cached_property
    def referents(self):
        return list(Referent.objects.select_related("user"))

    @cached_property
    def accounts(self):
        return _by_name(self.referents, lambda referent: {referent.user.username, referent.user.email})

    @cached_property
    def names(self):
        return _by_name(self.referents, lambda referent: {referent.name})

    def clean(self, value, row=None, **kwargs):
        name = plain(value)
        referents = self.accounts.get(name) or self.names.get(name, [])
        if not referents:
            raise ValueError(f"« {value} » n’est aucun référent : écrivez son nom, ou l’adresse de son compte.")
        if len(referents) > 1:
            raise ValueError(f"Plusieurs référents s’appellent « {value} » : écrivez l’adresse de son compte.")
        return referents[0]

    def render(self, value, obj=None, **kwargs):
        return value.user.email or value.user.username if value else ""


class ListWidget(widgets.ManyToManyWidget):
    """Several words in a cell, parted by `|`, `;`, a comma or a new line, each known under one or several names."""

    def __init__(self, model, *, names, shown):
        super().__init__(model, separator="|")
        self.names, self.shown = names, shown

    @cached_property
    def known(self):
        return {folded(name): row for row in self.model.objects.all() for name in self.names(row) if name}

    def clean(self, value, row=None, **kwargs):
        words = [word for part in re.split(r"[|;\n]", value or "") for word in self._words(part.strip()) if word]
        rows = [self.row(word) for word in words]
        if unknown := [word for word, row in zip(words, rows, strict=True) if row is None]:
            raise ValueError(f"Valeurs inconnues : {', '.join(unknown)}.")
        return list(dict.fromkeys(rows))

    def row(self, word):
        """What a word names; None for nothing."""
        return self.known.get(folded(word))

    def render(self, value, obj=None, **kwargs):
        return " | ".join(self.shown(row) for row in value.all()) if value is not None else ""

    def _words(self, part):
        """A name may hold a comma itself."""
        return [part] if self.row(part) else [word.strip() for word in part.split(",")]


class DepartmentsWidget(ListWidget):
    """Numbers, of which spreadsheets drop the first zero, or names, or both: « 9 », « 34 - Hérault »."""

    def clean(self, value, row=None, **kwargs):
        if re.fullmatch(r"[0-9]{1,2}[.,][0-9]", value or ""):
            raise ValueError(
                f"« {value} » : votre tableur a pris ces départements pour un nombre. Écrivez-les avec « ; » : 34 ; 30."
            )
        return super().clean(value, row, **kwargs)

    def row(self, word):
        number = re.fullmatch(r"([0-9]{1,3}|2[ab])(?:\W+(.*))?", word, re.IGNORECASE)
        if number is None:
            return super().row(re.sub(r"\s*\([0-9AB]{1,3}\)$", "", word))
        department = super().row(number[1].zfill(2))
        return department if not number[2] or super().row(number[2]) == department else None


class CpvWidget(ListWidget):
    """Codes as notices print them, or as spreadsheets leave them."""

    def clean(self, value, row=None, **kwargs):
        try:
            return known_cpv_codes(value or "", self.known)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error
