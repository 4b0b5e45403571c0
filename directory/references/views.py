"""The pages of references in a co-entrepreneur's space. Whoever may not see one is told that it doesn't exist."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import floatformat
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from crealead.files import serve_private, split_ending
from directory.decisions import Refused, Stale
from directory.doors.session import member_required, viewer_required
from directory.forms.clients import ClientForm
from directory.models import Consultation, Reference
from directory.rights import references_kept_by, references_read_by, references_shared_with

from . import actions, emails
from .charter import lacks
from .forms import Entry, of_won
from .people import colleagues

SHOWN = ["client", "co_entrepreneur"]


@require_safe
@member_required
def references(request):
    mine = references_shared_with(request.member).select_related(*SHOWN).prefetch_related("cpv_codes")
    parts = dict(request.member.participations.values_list("reference_id", "part"))
    for reference in mine:
        reference.is_own = reference.co_entrepreneur_id == request.member.pk
        reference.keeping = _keeping(reference, parts[reference.pk])
        reference.lacks = lacks(reference) if reference.is_own else []
    return render(request, "references/list.html", {"references": mine, "member": request.member})


@require_safe
@member_required
def detail(request, pk):
    reference = get_object_or_404(references_shared_with(request.member).select_related(*SHOWN), pk=pk)
    return render(
        request,
        "references/detail.html",
        {
            "reference": reference,
            "participations": reference.participations.select_related("co_entrepreneur"),
            "is_keeper": reference.co_entrepreneur_id == request.member.pk,
            "lacks": lacks(reference),
            "praise": reference.comment if reference.state == Reference.State.VALIDATED else "",
            "amount": _amount(reference),
            "member": request.member,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def add(request):
    """A new reference; one of a won answer, `?consultation=`, comes with what the consultation knows."""
    won = None
    if (key := request.GET.get("consultation", "")).isascii() and key.isdecimal():
        won = Consultation.objects.won_without_reference(request.member).filter(pk=int(key)).first()
    return _entry(request, of_won(won, request.member) if won else Reference(co_entrepreneur=request.member), won)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def edit(request, pk):
    return _entry(request, _kept_by(request.member, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def delete(request, pk):
    reference = _kept_by(request.member, pk)
    if request.method == "POST":
        actions.delete(reference_pk=reference.pk, by=request.member)
        messages.success(request, f"La référence « {reference.subject} » est supprimée.")
        return redirect("references:list")
    others = reference.participants.exclude(pk=request.member.pk)
    return render(request, "references/delete.html", {"reference": reference, "others": others})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def leave(request, pk):
    reference = get_object_or_404(
        references_shared_with(request.member).exclude(co_entrepreneur=request.member).select_related(*SHOWN), pk=pk
    )
    if request.method == "POST":
        actions.leave(reference_pk=reference.pk, by=request.member)
        messages.success(request, f"Vous ne participez plus à la référence « {reference.subject} ».")
        return redirect("references:list")
    return render(request, "references/leave.html", {"reference": reference})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def contact(request, pk):
    """Tell the client's contact what is kept of them, by mail or oneself, in the words that the page shows."""
    reference = _kept_by(request.member, pk)
    if not reference.has_contact:
        return redirect("references:detail", pk=pk)
    if request.method == "POST":
        by_mail = request.POST.get("how") == "mail"
        try:
            actions.tell_contact(reference_pk=pk, by=request.member, by_mail=by_mail)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Le courriel est parti." if by_mail else "C’est noté.")
        return redirect("references:detail", pk=pk)
    context = {
        "reference": reference,
        "contact": reference.contact_name or reference.contact_email,
        "notice": emails.contact_notice(reference),
    }
    return render(request, "references/contact.html", context)


@require_safe
@viewer_required
def attestation(request, pk):
    """The file, for who keeps the reference, those who took part, who follows one of them, and administrators."""
    reference = get_object_or_404(references_read_by(request.viewer), pk=pk)
    name, (_, ending) = slugify(f"attestation {reference.subject}")[:80], split_ending(reference.attestation.name or "")
    return serve_private(reference.attestation, filename=f"{name}{ending}", as_attachment=True)


@require_safe
@member_required
def near_clients(request):
    """The part of the form that proposes the clients a name may mean, as it is typed."""
    form = ClientForm(initial={"client_name": request.GET.get("client_name", "")})
    return render(request, "references/_near_clients.html", {"client": form})


@require_safe
@member_required
def near_colleagues(request):
    """The names that a browser proposes under a field, as one is typed."""
    typed = next((value for name, value in request.GET.items() if name.endswith("-name")), "")
    return render(request, "references/_near_colleagues.html", {"colleagues": colleagues(typed)})


def _entry(request, reference, won=None):
    """The form of one reference, new or not, of a won consultation or not."""
    posted = request.method == "POST"
    was_validated = reference.state == Reference.State.VALIDATED
    is_new = reference.pk is None
    referent = request.member.referent
    entry = Entry(request.member, reference, request.POST if posted else None, request.FILES if posted else None, won)
    if posted and entry.is_valid():
        try:
            _save(request, entry, won)
        except Stale as error:
            entry.refuse_stale(error)
        else:
            return redirect("references:list")
    context = {
        "entry": entry,
        "is_new": is_new,
        "title": "Ajouter une référence" if is_new else "Modifier une référence",
        "which": "" if is_new else reference.subject,
        "crumb": "Nouvelle" if is_new else "Modifier",
        "was_validated": was_validated,
        "member": request.member,
        "send_label": f"Envoyer à {referent.name}" if referent else "Envoyer pour validation",
    }
    return render(request, "references/form.html", context)


def _save(request, entry, won):
    if not entry.has_changed():
        messages.info(request, "Rien n’a changé.")
        return
    reference = actions.propose(
        reference=entry.reference,
        client=entry.client.chosen,
        parts=entry.parts,
        cpv_codes=entry.form.cpv_codes,
        by=request.member,
        version=entry.form.cleaned_data["version"],
        won=won,
    )
    referent = request.member.referent
    reader = referent.name if referent else "l’administration de la coopérative"
    messages.success(request, f"La référence « {reference.subject} » est envoyée : {reader} va la lire.")


def _keeping(reference, part):
    """Who keeps a reference when the member doesn't, and their own part, as a sentence; maybe empty."""
    if reference.is_own:
        return f"Votre part : {part}." if part else ""
    keeper = reference.co_entrepreneur
    kept = f"Tenue par {keeper.name}" if keeper else "Plus personne ne la tient"
    return f"{kept} ; votre part : {part}." if part else f"{kept}."


def _amount(reference):
    """The exact amount, and what the public reads of it."""
    if reference.amount is None:
        return "Non dit"
    shown = f"le public lit « {reference.amount_band} »" if reference.amount_band else "le public n’en lit rien"
    return f"{floatformat(reference.amount, '-2g')} € HT ; {shown}"


def _kept_by(member, pk):
    return get_object_or_404(references_kept_by(member).select_related(*SHOWN), pk=pk)
