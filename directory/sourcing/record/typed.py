"""What was sent to a record that can't take it any more, as whoever typed it reads it: to be copied elsewhere."""

from directory.models import CoEntrepreneur, SetAside

from . import bands, pasted
from .forms import AddForm, CloseForm, EmailForm, KeptForm, NeedForm, OutcomeForm, SetAsideForm, row_key
from .standing import without_number

# What nobody typed.
UNTYPED = {"csrfmiddlewaretoken", "seen", "action", "pk", "trap"}
FIELDS = {
    name: field
    for form in (NeedForm, AddForm, OutcomeForm, SetAsideForm, EmailForm, CloseForm)
    for name, field in form.base_fields.items()
}


def typed_in(data):
    """All that a form sent, in the order of its page.

    Returns:
        list: (label, text); a choice is told by its words.
    """
    return [
        (_label(name), text)
        for name, values in data.lists()
        if name not in UNTYPED
        for text in _texts(name, values)
        if text.strip()
    ]


def _label(name):
    column = name.partition("-")[0]
    return KeptForm.LABELS.get(column) or (FIELDS[name].label if name in FIELDS else "")


def _texts(name, values):
    if name == "fiches":
        keys = [key for value in values if (key := row_key(value))]
        fiches = CoEntrepreneur.objects.published().in_bulk(keys)
        return [fiches[key].name for key in keys if key in fiches]
    if name == "group":
        # Of a list to choose one from, the last is what counts, and reading a search takes time.
        return [_criterion(value) for value in values[-1:]]
    if name.startswith("retirer-"):
        return ["oui" for _ in values]
    if name == "amount":
        return [band.words if (band := bands.read(value)) else value for value in values]
    words = {str(value): str(label) for value, label in getattr(FIELDS.get(name), "choices", ())}
    return [words.get(value, value) for value in values]


def _criterion(value):
    whom, _, query = value.partition(":")
    if not query:
        return dict(SetAside.Whom.choices).get(whom, whom)
    results = pasted.read(f"/catalogue/?{query}")
    return without_number(results.search.summary) if results else query
