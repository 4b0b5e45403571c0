"""Whether a member is visible, and why a search finds them or doesn’t."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from directory.doors.session import member_required
from directory.search.filters import CatalogueFilter

from . import actions
from . import visibility as page
from .forms import NotMyTradeForm
from .standing import YOU


@require_safe
@member_required
def visibility(request):
    """Whether the member's fiche is visible, and what a search answers of it; an address pasted is read as a search."""
    if (address := page.pasted(request.GET)) is not None:
        return redirect(reverse("my_space:visibility") + address)
    context = page.context_of(
        request.member.pk,
        request.GET,
        change_url=reverse("my_space:fiche"),
        add_url=reverse("references:add"),
        verb="Proposer d’ajouter",
        person=YOU,
    )
    return render(request, "my_space/visibility.html", context | {"query": request.GET.urlencode()})


@require_POST
@member_required
def not_my_trade(request):
    """Note that a word or a value isn't the member's trade, or take it back, and show the same search again."""
    if request.POST.get("retirer", "").isdecimal():
        actions.take_back_not_my_trade(co_entrepreneur_pk=request.member.pk, pk=int(request.POST["retirer"]))
        messages.success(request, "C’est effacé : nous vous le proposerons de nouveau.")
    else:
        form = NotMyTradeForm(request.POST)
        if form.is_valid():
            actions.say_not_my_trade(co_entrepreneur_pk=request.member.pk, **form.cleaned_data)
            messages.success(request, "C’est noté : nous ne vous le proposerons plus.")
        else:
            messages.error(request, "Ce critère n’existe pas : rien n’a changé.")
    # Nothing but a search comes back.
    query = QueryDict(request.POST.get("recherche", ""))
    pairs = [(name, value) for name in CatalogueFilter.base_filters for value in query.getlist(name) if value]
    return redirect(reverse("my_space:visibility") + (f"?{urlencode(pairs)}" if pairs else ""))
