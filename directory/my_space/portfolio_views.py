"""A member’s portfolio: the images of their work, in the order they choose."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crealead.files import serve_private
from directory.doors.session import member_required, reader_required
from directory.models import Consent
from directory.models.portfolio import MOST_IMAGES

from . import actions
from .forms import PortfolioImageForm, PortfolioWordsForm


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def portfolio(request):
    """The images, and the form that adds one."""
    member = request.member
    if request.method != "POST":
        return _page(request, PortfolioImageForm(member=member))
    form = PortfolioImageForm(request.POST, request.FILES, member=member)
    if not form.is_valid():
        form.keep_photo_of(member)
        return _page(request, form)
    if actions.add_image(co_entrepreneur_pk=member.pk, **form.content()) is None:
        form.keep_photo_of(member)
        form.add_error(None, f"Vous avez déjà {MOST_IMAGES} images : retirez-en une pour ajouter celle-ci.")
        return _page(request, form, status=409)
    messages.success(request, "L’image est dans vos réalisations.")
    return redirect("my_space:portfolio")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def image(request, pk):
    """Correct what is said of an image."""
    image = _image_of(request, pk)
    form = PortfolioWordsForm(request.POST if request.method == "POST" else None, instance=image)
    if form.is_valid():
        form.save()
        messages.success(request, "C’est enregistré.")
        return redirect("my_space:portfolio")
    return render(request, "my_space/portfolio_image.html", {"form": form, "image": image})


@require_POST
@member_required
def move(request, pk):
    """One place up or down the list; from the first or the last, nothing moves."""
    image = _image_of(request, pk)
    step = 1 if request.POST.get("sens") == "bas" else -1
    actions.move_image(co_entrepreneur_pk=request.member.pk, image_pk=image.pk, step=step)
    order = list(request.member.portfolio_images.values_list("pk", flat=True))
    messages.success(request, f"« {image} » est l’image {order.index(image.pk) + 1} sur {len(order)}.")
    return redirect(f"{reverse('my_space:portfolio')}#image-{image.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def remove(request, pk):
    """Take an image away for good, once confirmed."""
    image = _image_of(request, pk)
    if request.method != "POST":
        return render(request, "my_space/portfolio_remove.html", {"image": image})
    actions.remove_image(co_entrepreneur_pk=request.member.pk, image_pk=image.pk)
    messages.success(request, "L’image est retirée, partout où elle se montrait.")
    return redirect("my_space:portfolio")


@require_safe
@reader_required
def file(request, pk):
    return serve_private(_image_of(request, pk).photo, filename="realisation.webp", as_attachment=False)


def _image_of(request, pk):
    return get_object_or_404(request.member.portfolio_images, pk=pk)


def _page(request, form, *, status=200):
    images = list(request.member.portfolio_images.all())
    context = {
        "form": form,
        "images": images,
        "most": MOST_IMAGES,
        "is_published": request.member.is_published,
        "has_room": len(images) < MOST_IMAGES,
        "has_consent": request.member.consents.active().filter(item=Consent.Item.PORTFOLIO).exists(),
    }
    return render(request, "my_space/portfolio.html", context, status=status)
