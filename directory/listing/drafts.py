"""A request as far as it is written: kept under the verified address, as it was typed, until it is sent or given up."""

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from directory.decisions import Stale
from directory.models import ListingDraft
from directory.models.files import discard

from .forms import SERVED_CLIENTS, ServedClientForm

# What no field of the form takes, by far.
LONGEST = 10_000
MOST_VALUES = 300


def draft_of(email):
    """The draft of this address, or None."""
    return ListingDraft.objects.kept().with_address(email).first()


@transaction.atomic
def save(email, form, data, *, over):
    """Keep what was typed, `data`, whatever it is worth, and the photo that came with it, if it can be one.

    `form` is the bound form, whose validity was asked for; `over`, the draft as it was read, or None.

    Raises:
        Stale: it was saved, or sent, since it was read.
    """
    draft, is_new = ListingDraft.objects.select_for_update().get_or_create(email=email.lower())
    present = None if is_new or draft.kept_until <= timezone.now() else draft
    if (present and present.version) != (over and over.version):
        raise Stale
    names = {*form.fields, *_names_of_clients()} - {"photo"}
    draft.typed = {name: _bounded(data.getlist(name)) for name in names if name in data}
    draft.saved_at = timezone.now()
    photo = form.cleaned_data.get("photo")
    if photo or form.cleaned_data.get("drop_photo"):
        discard(draft.photo)
        draft.photo = ""
    if photo:
        draft.photo.save(photo.name, photo, save=False)
        # The box was about the one before.
        draft.typed.pop("drop_photo", None)
    draft.save()
    return draft


def keeps_photo(draft, photo):
    """Whether a draft has this very photo from now on: one that has none takes it, beside what was saved."""
    if not draft.photo:
        draft.photo.save(photo.name, photo)
        return True
    with draft.photo.open() as present:
        return present.read() == photo.read()


def forget(draft, *, keep_photo=False):
    """Erase a draft; its photo stays when something else has it from now on."""
    if not keep_photo:
        discard(draft.photo)
    draft.delete()


def initial_of(draft, form_class):
    """What a form shows first of a draft: the fields that it had, as they were typed."""
    typed = _query(draft)
    widgets = {name: field.widget for name, field in form_class.base_fields.items() if name != "photo"}
    return {
        name: widget.value_from_datadict(typed, {}, name)
        for name, widget in widgets.items()
        if not widget.value_omitted_from_data(typed, {}, name)
    }


def clients_of(draft):
    """The same, of the rows of clients where something is typed."""
    return clients_in(_query(draft))


def clients_in(data):
    """The rows of clients, among those sent, where something is typed."""
    rows = [
        {name: data.get(f"clients-{rank}-{name}", "") for name in ServedClientForm.base_fields}
        for rank in range(SERVED_CLIENTS)
    ]
    return [row for row in rows if any(row.values())]


def take_back(data, name, value):
    """Write in what was sent, `data`, what was saved of a field that is empty there.

    Returns:
        bool: whether it was; a box that is unticked says something, and stays so.
    """
    if name == "served_clients":
        return _take_back_clients(data, value)
    if isinstance(value, bool) or name == "consents" or any(data.getlist(name)) or not value:
        return False
    data.setlist(name, list(map(str, value)) if isinstance(value, list) else [str(getattr(value, "pk", value))])
    return True


def _take_back_clients(data, rows):
    """The rows beyond those that are filled in here."""
    rest = rows[len(clients_in(data)) :]
    blank = [
        rank
        for rank in range(SERVED_CLIENTS)
        if not any(data.get(f"clients-{rank}-{name}") for name in ServedClientForm.base_fields)
    ]
    for rank, row in zip(blank, rest, strict=False):
        for name, words in row.items():
            data[f"clients-{rank}-{name}"] = "" if words is None else str(words)
    return bool(rest)


def _names_of_clients():
    return [f"clients-{rank}-{name}" for rank in range(SERVED_CLIENTS) for name in ServedClientForm.base_fields]


def _bounded(values):
    return [value.replace("\x00", "")[:LONGEST] for value in values[:MOST_VALUES]]


def _query(draft):
    typed = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        typed.setlist(name, values)
    return typed
