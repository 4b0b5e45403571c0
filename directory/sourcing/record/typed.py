"""What was sent to a record that can't take it any more, as whoever typed it reads it: to be copied elsewhere."""

from directory.models import CoEntrepreneur, SetAside

from . import bands, pasted
from .forms import AddForm, CloseForm, EmailForm, KeptForm, NeedForm, OutcomeForm, SetAsideForm, row_key
from .standing import without_number

# What nobody typed.
UNTYPED = {"csrfmiddlewaretoken", "seen", "action", "pk", "trap"}
# By page, the form that it sends.
FORMS = {
    "record": AddForm,
    "record_need": NeedForm,
    "record_kept": KeptForm,
    "record_set_aside": SetAsideForm,
    "record_email": EmailForm,
    "record_close": CloseForm,
    "record_outcome": OutcomeForm,
}


def typed_in(request):
    """All that a form sent, in the order of its page.

    Returns:
        list: (label, text); a choice is told by its words.
    """
    form = FORMS.get(request.resolver_match.url_name)
    fields = form.base_fields if form else {}
    return [
        (_label(name, fields.get(name)), text)
        for name, values in request.POST.lists()
        if name not in UNTYPED
        for text in _texts(name, values, fields.get(name))
        if text.strip()
    ]


def _label(name, field):
    return KeptForm.LABELS.get(name.partition("-")[0]) or (field.label if field else "")


def _texts(name, values, field):
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
    words = {str(value): str(label) for value, label in getattr(field, "choices", ())}
    return [words.get(value, value) for value in values]


def _criterion(value):
    whom, _, query = value.partition(":")
    if not query:
        return dict(SetAside.Whom.choices).get(whom, whom)
    results = pasted.read(f"/catalogue/?{query}")
    return without_number(results.search.summary) if results else query
