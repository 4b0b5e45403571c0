"""What the history kept, in words: what it is about, what happened to it, and values as people read them."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import BooleanField, DateField, DateTimeField, FileField, ForeignKey
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from directory.models import CoEntrepreneur
from directory.models.author import name_of

# The lists of a fiche, by what follows them.
LISTS = {
    "directory.FicheSkillEvent": "skills",
    "directory.FicheCpvCodeEvent": "cpv_codes",
    "directory.FicheDepartmentEvent": "departments",
}
HAPPENED = {
    "insert": "création",
    "update": "modification",
    "delete": "suppression",
    "add": "ajout",
    "remove": "retrait",
}


def model_of(event):
    """What an event is about: a model; of a list of the fiche, the fiche."""
    if event.pgh_model in LISTS:
        return CoEntrepreneur
    return apps.get_model(event.pgh_model).pgh_tracked_model


def happened(event):
    """What happened, in a word; « skill.add » is « ajout »."""
    label = event.pgh_label.rpartition(".")[2]
    return HAPPENED.get(label, label)


def field_of(model, column):
    """The field that a column of an event is."""
    return next(field for field in model._meta.concrete_fields if field.column == column)  # noqa: SLF001


def name_of_row(row):
    """How people name a row that another leads to; an account by its person, never by its login."""
    return name_of(row) if isinstance(row, get_user_model()) else str(row)


class Names:
    """The names behind the keys that events hold, fetched once for all of them."""

    def __init__(self, events, *, named=()):
        """`named` are foreign keys whose value is read of every event; others are when they changed."""
        wanted = {}
        for event in events:
            if list_field := self._list_field(event):
                wanted.setdefault(list_field, set()).add(self._listed_key(event))
                continue
            for field in model_of(event)._meta.concrete_fields:  # noqa: SLF001
                if isinstance(field, ForeignKey):
                    keys = wanted.setdefault(field, set())
                    keys.update((event.pgh_diff or {}).get(field.column, ()))
                    if field in named:
                        keys.add(event.pgh_data[field.column])
        self._rows = {field: self._by_key(field.related_model, keys - {None}) for field, keys in wanted.items()}

    def text(self, field, value):  # noqa: PLR0911 a line for each kind of field
        """A value that an event holds of a field, as people read it."""
        if value in (None, ""):
            return ""
        if isinstance(field, ForeignKey):
            return self._rows.get(field, {}).get(str(value), f"supprimé ({value})")
        if isinstance(field, BooleanField):
            return "oui" if value else "non"
        if isinstance(field, DateTimeField):
            return date_format(timezone.localtime(parse_datetime(value)), "DATETIME_FORMAT")
        if isinstance(field, DateField):
            return date_format(parse_date(value), "d/m/Y")
        if isinstance(field, FileField):
            return "un fichier"
        return dict(field.flatchoices).get(value, str(value))

    def listed(self, event):
        """What a list gained or lost: (its field, before, after); None when the event isn't about a list."""
        field = self._list_field(event)
        if field is None:
            return None
        key = self._listed_key(event)
        name = self._rows[field].get(str(key), f"supprimé ({key})")
        return (field, "", name) if event.pgh_label.endswith(".add") else (field, name, "")

    @staticmethod
    def _list_field(event):
        name = LISTS.get(event.pgh_model)
        return CoEntrepreneur._meta.get_field(name) if name else None  # noqa: SLF001

    def _listed_key(self, event):
        """The key of what was added or removed."""
        return event.pgh_data[f"{self._list_field(event).related_model._meta.model_name}_id"]  # noqa: SLF001

    @staticmethod
    def _by_key(model, keys):
        rows = model._default_manager  # noqa: SLF001
        if model is get_user_model():
            rows = rows.select_related("referent")
        return {str(key): name_of_row(row) for key, row in rows.in_bulk(list(keys)).items()}
