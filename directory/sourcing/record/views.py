"""The pages of a record: opened from a search or a selection, written by whoever has its link."""

from http import HTTPStatus

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from crealead.middleware import client_address
from directory.catalogue.search_urls import list_url
from directory.documents import DocumentError
from directory.doors import links
from directory.doors.dead_links import dead_link
from directory.doors.links import DeadLinkError
from directory.doors.session import private
from directory.forms.clients import near_clients
from directory.models import SourcingRecord
from directory.sourcing.selection.page import left_out_of

from . import actions, page, pasted
from .door import may_guess, record_of, with_open_record, with_record
from .files import file_of
from .forms import (
    TOO_LONG,
    AddForm,
    CloseForm,
    EmailForm,
    KeptForm,
    LinkForm,
    NeedForm,
    NewForm,
    SetAsideForm,
    over,
    public_clients,
    row_key,
)
from .limits import LIMITS, refusal_of
from .mails import subject_of
from .standing import Standing
from .typed import typed_in

NO_RECORD = "Ce lien n’ouvre aucun dossier\N{NO-BREAK SPACE}: recopiez-le en entier."
IS_CLOSED = "Ce dossier est clos\N{NO-BREAK SPACE}: ouvrez-en un autre."
MOST_SUGGESTED = 8
DEAD = "sourcing/record/dead_link.html"


# --- Opened ------------------------------------------------------------------------------------------------------


@private
def new(request):
    """Open a record with what the address says, results or a selection; or add that to one that is there already."""
    source = pasted.of_parameters(request.GET)
    need = source.search.filters["q"].text if source.search else ""
    form, link_form = NewForm(initial={"need": f"{need[:1].upper()}{need[1:]}"}), LinkForm()
    status = HTTPStatus.OK
    is_added = request.POST.get("action") == "add"
    if request.method == "POST" and source.is_too_long:
        form, link_form = (form, LinkForm(request.POST)) if is_added else (NewForm(request.POST), link_form)
        (link_form if is_added else form).add_error(None, TOO_LONG)
    elif request.method == "POST" and is_added:
        link_form = LinkForm(request.POST)
        if link_form.is_valid():
            answer, status = _added_to(request, link_form, source)
            if answer:
                return answer
    elif request.method == "POST":
        form = NewForm(request.POST)
        if form.is_valid():
            if form.cleaned_data["trap"]:
                return redirect("catalogue:list")
            passed = LIMITS.passed({"open": client_address(request)})
            if passed is None:
                data = form.cleaned_data
                record = actions.start(
                    need=data["need"],
                    organisation=data["organisation"],
                    search=source.search,
                    fiches=source.fiches,
                )
                return _back(record, "ouvert")
            form.add_error(None, LIMITS.told(passed))
            status = HTTPStatus.TOO_MANY_REQUESTS
    context = {
        "form": form,
        "link_form": link_form,
        "search": source.search,
        "number": len(source.fiches),
        "left_out": left_out_of(source.selection),
        "back_url": _back_url(request, source),
        **page.terms(),
    }
    return render(request, "sourcing/record/new.html", context, status=status)


def _added_to(request, form, source):
    """Add what one comes with to the record of a link: where that leads, or None and a status."""
    record = record_of(pasted.key_in(form.cleaned_data["link"]))
    if record is None and not may_guess(request):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS), None
    if record is None:
        form.add_error("link", NO_RECORD)
        return None, HTTPStatus.NOT_FOUND
    try:
        added = actions.add(record_pk=record.pk, search=source.search, fiches=source.fiches)
    except actions.ClosedError:
        form.add_error("link", IS_CLOSED if record_of(record.key) else NO_RECORD)
        return None, HTTPStatus.CONFLICT
    return _back(record, _word_of(added)), None


def _back_url(request, source):
    query = request.GET.urlencode()
    if source.fiches:
        return reverse("sourcing:selection") + (f"?{query}" if query else "")
    return list_url(source.search) if source.search else reverse("catalogue:list")


# --- Read and written --------------------------------------------------------------------------------------------


@with_record
def record(request, record):
    """Where it stands, or what it said when it was closed; and the small gestures of an open one."""
    if record.is_closed and request.method == "POST":
        raise actions.ClosedError
    if record.is_closed:
        return render(request, "sourcing/record/closed.html", page.closed(request, record))
    form = AddForm()
    if request.method == "POST":
        answer, form = _gesture(request, record)
        if answer:
            return answer
    context = page.opened(request, Standing(record)) | {"form": form}
    return render(request, "sourcing/record/open.html", context)


def _gesture(request, record):
    """Do what a button of the page says: (where that leads, or None; the form that adds).

    Raises:
        ClosedError
    """
    action, pk = request.POST.get("action", ""), row_key(request.POST.get("pk", ""))
    if action == "add":
        form = AddForm(request.POST)
        return (_pasted(record, form) if form.is_valid() else None), form
    if action == "keep" and pk:
        # Of those who answered alone.
        known = [pk] if pk in Standing(record).people else []
        added = actions.add(record_pk=record.pk, fiches=known)
        return _back(record, _word_of(added), "ecartees" if added.set_aside else "gardees"), None
    if action == "take_back":
        actions.take_back(record_pk=record.pk, line_pk=pk)
        return _back(record, "repris", "ecartees"), None
    if action == "drop_search":
        actions.drop_search(record_pk=record.pk, search_pk=pk)
        return _back(record, "retire", "recherches"), None
    return redirect(record), None


def _pasted(record, form):
    added = actions.add(record_pk=record.pk, search=form.pasted.search, fiches=form.pasted.fiches)
    if not added.is_full:
        return _back(record, _word_of(added))
    form.add_error("address", page.DONE["plein"])
    return None


@with_open_record
def need(request, record):
    """The need: what another wrote meanwhile is shown beside what was typed."""
    form, now, status = NeedForm(request.POST or None, initial=NeedForm.initial_of(record)), None, HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_need(record_pk=record.pk, seen=form.cleaned_data["seen"], values=form.values)
            return _back(record, "besoin", "besoin")
        except actions.ChangedError as changed:
            now, status = _differing(form, changed.record), HTTPStatus.CONFLICT
            form = _filled(form, changed.record)
    context = page.common(request, record) | {"form": form, "now": now, "is_changed": now is not None}
    return render(request, "sourcing/record/need.html", context, status=status)


def _filled(form, record):
    """The same as it was typed, with what another wrote meanwhile where nothing was: it would be emptied."""
    data, written = form.data.copy(), NeedForm.initial_of(record)
    for name in form.fields:
        if not data.get(name) and written.get(name):
            data[name] = written[name]
    return over(NeedForm(data, initial=written), record.need_version)


def _differing(form, record):
    """What the record says now where it isn't what was typed: (label, words)."""
    written = NeedForm.initial_of(record)
    bands = dict(form.fields["amount"].choices)
    return [
        (form.fields[name].label, (bands.get(written[name]) if name == "amount" else written[name]) or "rien")
        for name in ("need", "organisation", "cpv_codes", "amount")
        if str(written[name] if written[name] is not None else "") != str(form[name].value() or "")
    ]


@with_open_record
def kept(request, record):
    """The order of those kept, and a note for each."""
    standing = Standing(record)
    form = KeptForm(request.POST or None, places=standing.kept, seen=record.kept_version)
    now, lost, status = [], [], HTTPStatus.OK
    # A row that came meanwhile has no field in what was sent.
    if request.method == "POST" and request.POST.get("seen") != str(record.kept_version):
        form, now, lost = _merged(request.POST, standing)
        status = HTTPStatus.CONFLICT
    elif request.method == "POST" and form.is_valid():
        try:
            actions.save_kept(record_pk=record.pk, seen=form.cleaned_data["seen"], notes=form.notes, order=form.order)
            return _back(record, "gardees", "gardees")
        except actions.ChangedError as changed:
            form, now, lost = _merged(request.POST, Standing(changed.record))
            status = HTTPStatus.CONFLICT
    context = page.common(request, record) | {
        "form": form,
        "now": now,
        "lost": lost,
        "is_changed": status == HTTPStatus.CONFLICT,
    }
    return render(request, "sourcing/record/kept.html", context, status=status)


def _merged(data, standing):
    """The form of those kept now, with what was typed; the notes that another wrote; those of who is kept no more."""
    typed = KeptForm(data, places=[], seen=0).typed
    fresh = QueryDict(mutable=True)
    fresh["seen"] = str(standing.record.kept_version)
    now = []
    for rank, place in enumerate(standing.kept, 1):
        pk, note = place.row.pk, place.row.note
        fresh[f"rang-{pk}"] = data.get(f"rang-{pk}", str(rank))
        fresh[f"note-{pk}"] = typed.pop(pk, note)
        if f"retirer-{pk}" in data:
            fresh[f"retirer-{pk}"] = "on"
        if fresh[f"note-{pk}"] != note:
            now.append((place.who.title if place.who else place.gone, note or "pas de note"))
    form = KeptForm(fresh, places=standing.kept, seen=standing.record.kept_version)
    return form, now, list(typed.values())


@with_open_record
def set_aside(request, record):
    """Why some are set aside, or a whole group at once."""
    standing, status = Standing(record), HTTPStatus.OK
    form = SetAsideForm(request.POST or None, standing=standing, initial={"fiches": request.GET.getlist("qui")})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_aside(record_pk=record.pk, **form.values)
            return _back(record, "ecarte", "ecartees")
        except actions.FullError:
            form.add_error(None, page.NO_ROOM_FOR_MOTIVES)
        except actions.ChangedError as changed:
            standing, status = Standing(changed.record), HTTPStatus.CONFLICT
            form = SetAsideForm(request.POST, standing=standing)
    context = page.common(request, record) | {
        "form": form,
        "without_reason": standing.without_reason,
        "has_searches": bool(standing.searches),
        "now": page.decided_of(standing, request.POST) if form.errors else [],
        "typed": typed_in(request),
    }
    return render(request, "sourcing/record/set_aside.html", context, status=status)


@with_open_record
def clients(request, record):
    """The organisations that a name may mean, among those that the public reads of already: for the field's list."""
    name = request.GET.get("organisation", "")
    near = near_clients(name)
    shown = set(public_clients().filter(pk__in=[client.pk for client in near]).values_list("pk", flat=True))
    names = [client.name for client in near if client.pk in shown][:MOST_SUGGESTED]
    return render(request, "sourcing/record/_clients.html", {"names": names})


@with_record
def email(request, record):
    """The address, to be confirmed by its owner; or its erasure."""
    form, status = EmailForm(request.POST or None, seen=actions.state_of_email(record)), HTTPStatus.OK
    is_changed = False
    if request.method == "POST" and request.POST.get("action") == "forget":
        actions.forget_email(record_pk=record.pk)
        return _back(record, "oubliee", "lien")
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["email"]
        refusal = "" if form.cleaned_data["trap"] else refusal_of(client_address(request), to)
        if refusal:
            form.add_error(None, refusal)
            status = HTTPStatus.TOO_MANY_REQUESTS
        else:
            try:
                if not form.cleaned_data["trap"]:
                    actions.ask_email(record_pk=record.pk, email=to, seen=form.cleaned_data["seen"])
                return _back(record, "adresse", "lien")
            except actions.ChangedError as changed:
                record, is_changed, status = changed.record, True, HTTPStatus.CONFLICT
                form = over(form, actions.state_of_email(record))
    context = page.common(request, record) | {"form": form, "is_changed": is_changed}
    return render(request, "sourcing/record/email.html", context, status=status)


@private
def confirm(request, token):
    """Show a button, since programs that check mails follow links; only its click confirms the address."""
    try:
        record, may_write = links.RECORD_EMAIL.find(
            token, SourcingRecord.objects.alive().exclude(email=""), written="email_asked_at"
        )
    except DeadLinkError as dead:
        return dead_link(request, DEAD, is_forged=dead.is_forged)
    if not may_write:
        return dead_link(request, DEAD)
    if request.method == "POST":
        email = record.email
        actions.confirm_email(record_pk=record.pk, email=email)
        # As it is now: erased meanwhile, or another address was typed.
        record = SourcingRecord.objects.filter(pk=record.pk, email=email).exclude(email="").first()
        if record is None:
            return dead_link(request, DEAD)
    context = {"email": record.email, "is_confirmed": record.is_reachable, "subject": subject_of(record)}
    return render(request, "sourcing/record/confirm.html", context)


# --- Ended -------------------------------------------------------------------------------------------------------


@with_open_record
def close(request, record):
    """What will happen, then the step that freezes it."""
    standing = Standing(record)
    form = CloseForm(request.POST or None, initial={"seen": actions.outline(standing)})
    is_changed, status = False, HTTPStatus.OK
    if request.method == "POST" and form.is_valid() and not page.blocking(standing):
        try:
            data = form.cleaned_data
            # Read before anything is locked: the index that the process shares serves.
            actions.close(record_pk=record.pk, seen=data["seen"], years=data["years"], index=standing.index)
            return _back(record, "clos")
        except DocumentError as error:
            form.add_error(None, error.reason)
        except actions.ChangedError as changed:
            standing = Standing(changed.record)
            form, is_changed, status = over(form, actions.outline(standing)), True, HTTPStatus.CONFLICT
    context = page.closing(request, standing) | {"form": form, "is_changed": is_changed}
    return render(request, "sourcing/record/close.html", context, status=status)


@with_record
def erase(request, record):
    """What goes, then the step that erases it for good."""
    if request.method == "POST" and request.POST.get("action") == "erase":
        actions.erase(record_pk=record.pk)
        return render(request, "sourcing/record/erased.html")
    return render(request, "sourcing/record/erase.html", page.common(request, record))


@with_record
def file(request, record, kind):
    """A file of a closed record, the same bytes each time."""
    if not record.is_closed:
        return redirect(record)
    content, content_type = file_of(record.closed, kind)
    response = HttpResponse(content, content_type=content_type)
    day = timezone.localdate(record.closed.closed_at)
    name = slugify(f"dossier de sourcage {day:%Y-%m-%d}")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _word_of(added):
    """The word of what became of what was added."""
    if added.is_full:
        return "plein"
    if added.set_aside:
        return "ajoute-motif" if added.searches or added.fiches else "motif"
    return "ajoute" if added.searches or added.fiches else "deja"


def _back(record, done, anchor=""):
    return redirect(f"{record.get_absolute_url()}?fait={done}" + (f"#{anchor}" if anchor else ""))
