import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crealead.files import serve_private
from crealead.middleware import client_address
from crealead.rate_limit import allow, end_of
from directory.models import CoEntrepreneur, FormerSlug
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import PAGE_SIZE, Results
from directory.search.rotation import order_of

from . import actions, fiche_page, home_page, list_page
from .caching import is_fragment, public_page
from .formats import vcard
from .forms import ContactForm
from .sitemaps import SITEMAPS, FicheSitemap

# Who says to be a program, or nothing.
PROGRAM = re.compile(r"^(?!Mozilla/)|bot\b|crawl|spider|slurp|preview|monitor|headless|\+http", re.IGNORECASE)
CONTACT_WINDOW = timedelta(hours=1)
# How many messages leave in a window from one network, where a whole town hall may be; from it to one fiche, which it
# can’t close to others; from one buyer; to one fiche.
CONTACT_LIMITS = {"network": 60, "share": 15, "buyer": 10, "fiche": 40}
TOO_MANY = {
    "network": "Beaucoup de messages partent de votre réseau depuis une heure.",
    "share": "Plusieurs messages sont partis de votre réseau vers cette personne depuis une heure.",
    "buyer": f"Vous avez envoyé {CONTACT_LIMITS['buyer']} messages avec cette adresse depuis une heure.",
    "fiche": "Cette personne a reçu beaucoup de messages depuis une heure.",
}


def _index(request):
    return current(getattr(request, "catalogue_version", None))


@require_safe
@public_page
def home(request):
    return render(request, "catalogue/home.html", home_page.context_of(_index(request)))


@require_safe
@public_page
def catalogue(request):
    search = CatalogueFilter(request.GET, _index(request))
    page = Paginator(Results(search), PAGE_SIZE).get_page(search.values["page"])
    template = "catalogue/_search.html" if is_fragment(request) else "catalogue/list.html"
    response = render(request, template, list_page.context_of(search, page))
    if page.number == 1 and not PROGRAM.search(request.headers.get("User-Agent", "")):
        actions.count_search(query=list_page.counted_as(search), shown=[fiche.pk for fiche in page])
    for text in list_page.fruitless(search):
        actions.count_fruitless(text=text)
        response.is_kept = False
    return response


def _moved_or_gone(request, slug):
    """What an address that no published fiche has answers: its new address, 410 for one that left, or 404."""
    former = FormerSlug.objects.filter(slug__iexact=slug).select_related("co_entrepreneur").first()
    fiche = former.co_entrepreneur if former else CoEntrepreneur.objects.filter(slug__iexact=slug).first()
    if fiche and fiche.is_published:
        return redirect(fiche, permanent=True)
    if fiche and fiche.listed_since:
        return render(request, "catalogue/gone.html", status=410)
    raise Http404


@require_safe
@public_page
def fiche(request, slug):
    fiche = CoEntrepreneur.objects.published().with_fiche().filter(slug=slug).first()
    if fiche is None:
        return _moved_or_gone(request, slug)
    return render(request, "catalogue/fiche.html", fiche_page.context_of(fiche))


@require_safe
@public_page
def fiche_vcard(request, slug):
    fiche = get_object_or_404(CoEntrepreneur.objects.published().with_fiche(), slug=slug)
    shown = fiche_page.shown_with_consent(fiche)
    response = HttpResponse(
        vcard(fiche, phone=shown["phone"], website=shown["website"]), content_type="text/vcard; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{fiche.slug}.vcf"'
    return response


@require_safe
@public_page
def photo(request, slug):
    fiche = get_object_or_404(CoEntrepreneur.objects.published().with_fiche(), slug=slug)
    if not fiche_page.shown_with_consent(fiche)["photo"]:
        raise Http404
    return serve_private(fiche.photo, filename="photo.webp", as_attachment=False)


@require_safe
@public_page
def portfolio(request, slug, pk):
    """An image of the portfolio of someone who accepts to show it."""
    fiche = get_object_or_404(CoEntrepreneur.objects.published().with_fiche(), slug=slug)
    image = next((image for image in fiche_page.shown_with_consent(fiche)["portfolio"] if image.pk == pk), None)
    if image is None:
        raise Http404
    return serve_private(image.photo, filename="realisation.webp", as_attachment=False)


@never_cache
def contact(request, slug):
    """The form that writes to a co-entrepreneur; the only page of the catalogue that sets a cookie (CSRF)."""
    fiche = CoEntrepreneur.objects.published().filter(slug=slug).first()
    if fiche is None:
        return _moved_or_gone(request, slug)
    form = ContactForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        form.instance.co_entrepreneur = fiche
        if form.cleaned_data["trap"]:
            return redirect("catalogue:contact_sent", slug=slug)
        network = client_address(request)
        senders = {"network": network, "share": f"{network}/{fiche.pk}"}
        senders |= {"buyer": form.instance.email, "fiche": str(fiche.pk)}
        passed = _first_limit_passed(senders)
        if passed is None:
            actions.send_message(message=form.instance)
            return redirect("catalogue:contact_sent", slug=slug)
        form.add_error(None, f"{TOO_MANY[passed]} {_when_to_come_back()}")
        status = 429
    return render(request, "catalogue/contact.html", {"fiche": fiche, "form": form}, status=status)


def _first_limit_passed(senders):
    """Count this message, and tell which limit it is over; None for one that may leave."""
    for name, sender in senders.items():
        if not allow(scope=f"contact-{name}", sender=sender, limit=CONTACT_LIMITS[name], window=CONTACT_WINDOW):
            return name
    return None


def _when_to_come_back():
    hour = date_format(timezone.localtime(end_of(CONTACT_WINDOW)), r"H \h i")
    phone = settings.COOPERATIVE["phone"]
    return (
        f"Le vôtre n’est pas parti : gardez cette page ouverte et envoyez-le à partir de {hour}, ou téléphonez-nous "
        f"au {phone}."
    )


@require_safe
def contact_sent(request, slug):
    fiche = get_object_or_404(CoEntrepreneur.objects.published(), slug=slug)
    return render(request, "catalogue/contact_sent.html", {"fiche": fiche})


@require_safe
@public_page
def order(request):
    """How the catalogue is put in order, and the order of the day."""
    seed = CatalogueFilter(request.GET).seed
    return render(request, "catalogue/order.html", {"seed": seed, "order_of": order_of(seed)})


@require_safe
def sitemap(request):
    """Every public page; past what one file may hold, the index of the files that hold them."""
    if FicheSitemap().paginator.num_pages > 1:
        index = sitemap_views.index(request, SITEMAPS, sitemap_url_name="catalogue:sitemap_section")
        for file in index.context_data["sitemaps"]:
            path = urlsplit(file.location)._replace(scheme="", netloc="").geturl()
            file.location = settings.SITE_URL + path
        return index
    return sitemap_views.sitemap(request, SITEMAPS)


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /referencement/demande/",
        "Disallow: /mon-espace/",
        "Disallow: /consultations/",
        "Disallow: /catalogue/*/contact/",
        f"Sitemap: {settings.SITE_URL}{reverse('catalogue:sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
