from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crealead.middleware import client_address
from directory.catalogue.caching import public_page
from directory.search.index import current
from directory.sourcing.exports.exports import files_of

from . import actions, page
from .forms import SendForm
from .limits import LIMITS
from .selection import Selection


def _selection(request):
    return Selection(request.GET, current(getattr(request, "catalogue_version", None)))


@require_safe
@public_page
def selection(request):
    selection = _selection(request)
    response = render(request, "sourcing/selection.html", page.context_of(selection) | files_of(selection))
    # Who left the catalogue may ask to be forgotten, and no version tells it.
    response.is_kept = not selection.gone
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def send(request):
    """The form that mails a selection to a colleague, and the answer that says where it left to.

    The answer is to the form itself: the address is shown, and kept nowhere. Sent again, the same mails nothing more.
    """
    selection = _selection(request)
    if not selection.fiches:
        return redirect("sourcing:selection")
    form, status, sent_to = SendForm(request.POST or None), 200, ""
    if request.method == "POST" and form.is_valid():
        to, passed = form.cleaned_data["email"], None
        if not form.cleaned_data["trap"]:
            passed = LIMITS.passed({"network": client_address(request), "address": to})
            if passed is None:
                actions.send_selection(to=to, selection=selection)
        if passed is None:
            sent_to = to
        else:
            form.add_error(None, LIMITS.told(passed))
            status = 429
    context = {
        "form": form,
        "fiches": selection.fiches,
        "url": selection.url,
        "address": actions.mailed_address(selection),
        "is_without_words": selection.url_without_words != selection.url,
        "sent_to": sent_to,
    }
    return render(request, "sourcing/send.html", context, status=status)
