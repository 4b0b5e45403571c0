"""« Droits d’une personne »: one page where an administrator finds somebody, and does what they ask for.

Everything goes by the body of a form: neither an address nor the log of the machine ever names who is looked for.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crealead.words import clipped, counted
from directory.decisions import Refused
from directory.models import CoEntrepreneur, RightsUse
from directory.models.author import name_of
from directory.privacy import export, gestures, person
from directory.rights import is_administrator

from .confirmation import confirmed_first
from .decisions import moment
from .roles import ForAdministrators, ReadOnly

# What the page shows of each: the archive has it all.
ROWS, MENTIONS, USES, LONGEST = 20, 50, 5, 300
WORD = "effacer"


class SearchForm(forms.Form):
    typed = forms.CharField(
        label="Nom entier, adresse électronique ou téléphone",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 40}),
        error_messages={"required": "Tapez un nom entier, une adresse électronique ou un téléphone."},
    )


class ReplaceForm(forms.Form):
    former = forms.ChoiceField(label="Remplacer", error_messages={"required": "Choisissez ce qui est à remplacer."})
    new = forms.CharField(
        label="Par",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 40}),
        error_messages={"required": "Tapez la nouvelle adresse, ou le nouveau téléphone."},
    )

    def __init__(self, *args, sought, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["former"].choices = [(mark, mark) for mark in (*sought.emails, *sought.phones)]


class ObjectForm(forms.Form):
    sure = forms.BooleanField(
        label="La personne s’oppose : c’est elle qui le demande, et j’ai vérifié que c’est elle.",
        error_messages={"required": "Cochez la case : ce geste n’est pas repris d’ici."},
    )


class EraseForm(forms.Form):
    word = forms.CharField(
        label=f"Tapez « {WORD} » pour effacer pour de bon",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": f"Tapez « {WORD} »."},
    )

    def clean_word(self):
        word = self.cleaned_data["word"]
        if word.strip().strip("«»\"' \N{NO-BREAK SPACE}").casefold() != WORD:
            raise forms.ValidationError(f"Ce n’est pas « {WORD} » : rien n’a été effacé.")
        return word


@require_http_methods(["GET", "HEAD", "POST"])
def person_rights(request):
    """The page, for administrators who gave their password lately."""
    if not is_administrator(request.user):
        raise PermissionDenied
    return _confirmed(request)


@sensitive_post_parameters()
@never_cache
@confirmed_first()
def _confirmed(request):
    gesture = request.POST.get("gesture")
    if request.method != "POST" or gesture is None:
        return _page(request, "start", form=SearchForm())
    if gesture not in GESTURES:
        raise BadRequest("No such gesture.")
    try:
        sought = person.sought_of(request.POST.getlist("mark"))
    except person.UnreadableError as error:
        raise BadRequest("A mark was made up.") from error
    if gesture != "search" and person.is_empty(sought):
        return _page(request, "start", form=SearchForm())
    return GESTURES[gesture](request, sought)


# --- To find ---------------------------------------------------------------------------------------------------------


def _search(request, sought):
    """What is typed is added to the marks that are ticked; with nothing typed, these alone are looked for."""
    if not request.POST.get("typed", "").strip() and not person.is_empty(sought):
        if request.POST.get("chosen"):
            sought = _alone(person.widened(sought))
        return _found(request, sought)
    form = SearchForm(request.POST)
    if form.is_valid():
        try:
            typed = person.read(form.cleaned_data["typed"])
        except person.UnreadableError as error:
            form.add_error("typed", str(error))
    if not form.is_valid():
        return _page(request, "start", form=form)
    found = person.widened(typed)
    if person.namesakes(typed) > 1:
        candidates = person.candidates_of(typed, found)
        return _page(
            request,
            "choose",
            title="Laquelle de ces personnes ?",
            count=person.namesakes(typed),
            marks=list(person.marks_of(candidates)),
            kept=list(person.marks_of(sought)),
        )
    return _found(request, person.together(sought, _alone(found)))


def _alone(sought):
    """The same marks, without a name that is another's too."""
    is_shared = person.namesakes(person.Sought(names=sought.names)) > 1
    return person.without_names(sought) if is_shared else sought


def _found(request, sought, **context):
    lines = gestures.search(sought, by=request.account)
    mentions, mentions_count = person.mentions_of(sought, lines, MENTIONS)
    inside = bool(request.POST.get("inside"))
    rows = sum(line.count for line in lines)
    told = {
        "title": "Ce qui est gardé de cette personne",
        "marks": list(person.marks_of(sought)),
        "form": _search_more(),
        "rows_words": f"{counted(rows, 'ligne', 'lignes')} dans {counted(len(lines), 'table', 'tables')}",
        "lines": [_line(line, sought) for line in lines],
        "mentions": [_mention(mention) for mention in mentions],
        "mentions_words": counted(mentions_count, "ligne la nomme", "lignes la nomment"),
        "mentions_left": mentions_count - len(mentions),
        "inside": inside,
        "files": person.files_naming(sought) if inside else [],
        "uses": [_use(use) for use in gestures.uses_about(sought)[1 : USES + 1]],
        "replace_form": ReplaceForm(sought=sought) if sought.emails or sought.phones else None,
        "object_form": ObjectForm(),
        "has_names_alone": bool(sought.names),
    }
    return _page(request, "found", **(told | context))


def _search_more():
    form = SearchForm()
    form.fields["typed"].label = "Chercher aussi par un autre nom, une autre adresse ou un autre téléphone"
    return form


def _line(line, sought):
    rows = line.rows(ROWS)
    return {
        "title": export.title_of(line.entry),
        "count": line.count,
        "left": max(0, line.count - ROWS),
        "until": str(line.entry.term),
        "eraser": line.entry.eraser.value,
        "why": line.entry.purpose.why,
        "rows": [(_link_to(row), _words(export.told_of(line, row, sought.fiches))) for row in rows],
    }


def _words(told):
    return [(label, clipped(text, LONGEST)) for label, text in export.in_words(told)]


def _mention(mention):
    return {"what": export.title_of(mention.of), "url": _link_to(mention.row), "excerpts": mention.excerpts}


def _link_to(row):
    """Where a row, or the fiche that it hangs on, is changed; empty when nowhere."""
    opts = row._meta
    if type(row) in admin.site._registry:
        try:
            return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        except NoReverseMatch:
            return ""
    fiche = getattr(row, "co_entrepreneur_id", None)
    is_there = fiche is not None and CoEntrepreneur.objects.filter(pk=fiche).exists()
    return reverse("admin:directory_coentrepreneur_change", args=[fiche]) if is_there else ""


def _use(use):
    who = name_of(use.by) if use.by else "un compte effacé"
    return f"{moment(use.at)}, {who} : {use.get_gesture_display()}, {counted(use.total, 'ligne', 'lignes')}"


# --- To do -----------------------------------------------------------------------------------------------------------


def _export(request, sought):
    name = f"droits-{timezone.localtime():%Y-%m-%d-%H-%M}.zip"
    return FileResponse(gestures.export(sought, by=request.account), as_attachment=True, filename=name)


def _replace(request, sought):
    form = ReplaceForm(request.POST, sought=sought)
    if not form.is_valid():
        return _found(request, sought, replace_form=form)
    former, new = form.cleaned_data["former"], form.cleaned_data["new"]
    try:
        counts = gestures.replace(sought, former=former, new=new, by=request.account)
    except (person.UnreadableError, Refused) as error:
        form.add_error("new", str(error))
        return _found(request, sought, replace_form=form)
    rows = counted(sum(counts.values()), "ligne", "lignes")
    done = f"Remplacé dans {rows}. L’historique garde l’ancien jusqu’à son terme."
    return _found(request, person.together(sought, person.read(new)), done=done)


def _object(request, sought):
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return _found(request, sought, object_form=form)
    did = gestures.oppose(sought, by=request.account)
    done = (
        f"Opposition notée : {counted(did.fiches, 'fiche retirée', 'fiches retirées')} du catalogue, "
        f"{counted(did.contacts, 'contact retiré', 'contacts retirés')} de références."
    )
    return _found(request, sought, done=done)


def _rehearse(request, sought):
    return _report(request, sought, EraseForm())


def _erase(request, sought):
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _report(request, sought, form)
    try:
        report = gestures.erase(sought, by=request.account, dry_run=False)
    except Refused as error:
        form.add_error(None, str(error))
        return _report(request, sought, form)
    context = _told_report(report) | {
        "title": "C’est effacé",
        "at": moment(timezone.now()),
        "who": name_of(request.user),
    }
    return _page(request, "erased", **context)


def _report(request, sought, form):
    """What would be erased, before the word that erases it."""
    context = {"title": "Ce qui serait effacé", "form": form, "marks": list(person.marks_of(sought))}
    try:
        context |= _told_report(gestures.erase(sought, by=request.account, dry_run=True))
    except Refused as error:
        context["refused"] = str(error)
    return _page(request, "erase", **context)


def _told_report(report):
    return {
        "report_lines": [(line.words, line.erased, line.masked) for line in report.lines],
        "report_files": report.files,
        "report_kept": report.kept,
        "report_words": counted(report.erased + report.masked, "ligne", "lignes"),
    }


GESTURES = {
    "search": _search,
    "export": _export,
    "replace": _replace,
    "object": _object,
    "rehearse": _rehearse,
    "erase": _erase,
}


def _page(request, template, **context):
    context = {"title": "Droits d’une personne"} | context
    return TemplateResponse(request, f"admin/person_rights/{template}.html", admin.site.each_context(request) | context)


# --- The journal -----------------------------------------------------------------------------------------------------


@admin.register(RightsUse)
class RightsUseAdmin(ReadOnly, ForAdministrators, admin.ModelAdmin):
    """Who used the tool, when and for what: whose data it was, nobody can read."""

    list_display = ["when", "who", "gesture", "how_many"]
    list_display_links = None
    list_filter = ["gesture"]
    list_select_related = ["by__referent"]
    ordering = ["-at", "-pk"]
    date_hierarchy = "at"

    @admin.display(description="quand", ordering="at")
    def when(self, use):
        return moment(use.at)

    @admin.display(description="par")
    def who(self, use):
        return name_of(use.by) if use.by else "un compte effacé"

    @admin.display(description="lignes")
    def how_many(self, use):
        return use.total
