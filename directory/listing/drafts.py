"""A request as far as it is written: kept under the verified address, as it was typed, until it is sent or given up."""

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

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
def save(email, form, data):
    """Keep what was typed, `data`, whatever it is worth, and the photo that came with it, if it can be one.

    `form` is the bound form, whose validity was asked for.
    """
    draft, _ = ListingDraft.objects.select_for_update().get_or_create(email=email.lower())
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
    typed = _query(draft)
    rows = [
        {name: typed.get(f"clients-{rank}-{name}", "") for name in ServedClientForm.base_fields}
        for rank in range(SERVED_CLIENTS)
    ]
    return [row for row in rows if any(row.values())]


def _names_of_clients():
    return [f"clients-{rank}-{name}" for rank in range(SERVED_CLIENTS) for name in ServedClientForm.base_fields]


def _bounded(values):
    return [value.replace("\x00", "")[:LONGEST] for value in values[:MOST_VALUES]]


def _query(draft):
    typed = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        typed.setlist(name, values)
    return typed
