"""A member's CV, which is theirs to write."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory.decisions import Stale
from directory.doors.session import member_required
from directory.models import Cv

from . import actions
from .cv_forms import CvEditor


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def cv(request):
    """Write the CV; « add » only makes room for more lines."""
    present = _cv_of(request.member)
    editor = CvEditor(present, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and "add" not in request.POST and editor.is_valid():
        try:
            actions.save_cv(co_entrepreneur=request.member, **editor.content)
        except Stale:
            editor.tell_changed(_cv_of(request.member))
            status = 409
        else:
            messages.success(request, "Votre CV est enregistré.")
            return redirect("my_space:cv")
    return render(request, "my_space/cv.html", {"cv": present, "editor": editor}, status=status)


@require_POST
@member_required
def confirm(request):
    """Say that the CV still holds."""
    actions.confirm_cv(co_entrepreneur=request.member)
    messages.success(request, "C’est noté : votre CV est à jour.")
    return redirect("my_space:cv")


def _cv_of(member):
    return Cv.objects.filter(co_entrepreneur=member).first()
