from datetime import timedelta

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crealead.middleware import client_address
from crealead.rate_limit import allow
from directory.models import CoEntrepreneur, FormerSlug
from directory.search.index import current

from . import actions
from .caching import is_fragment, public_page
from .fiche_page import context_of, shown_with_consent
from .formats import vcard
from .forms import ContactForm
from .search import Search, domains_with_counts, latest_listed
from .sitemaps import SITEMAPS, FicheSitemap

PAGE_SIZE = 20
LATEST = 6
CONTACT_LIMIT = 5
CONTACT_WINDOW = timedelta(hours=1)


@require_safe
@public_page
def home(request):
    index = current()
    return render(
        request,
        "catalogue/home.html",
        {
            "total": len(index.published),
            "domains": domains_with_counts(index),
            "latest": latest_listed(index, LATEST),
        },
    )


@require_safe
@public_page
def catalogue(request):
    search = Search(request.GET)
    page = Paginator(search.fiches, PAGE_SIZE).get_page(request.GET.get("page"))
    response = render(
        request,
        "catalogue/_search.html" if is_fragment(request) else "catalogue/list.html",
        {"search": search, "page": page, "address": _address(search, page), **_page_links(search, page)},
    )
    if search.is_fruitless:
        actions.count_fruitless(text=search.q)
        response.is_kept = False
    return response


def _address(search, page):
    """The address of this page of this search, without what strangers add to it: it is printed for everyone."""
    query = search.filter.url_without(page=page.number if page.number > 1 else None)
    return settings.SITE_URL + reverse("catalogue:list") + (query if query != "." else "")


def _page_links(search, page):
    def url(number):
        return search.filter.url_without(page=number if number > 1 else None)

    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        gap = not isinstance(number, int)
        links.append(
            {
                "number": number,
                "gap": gap,
                "url": None if gap else url(number),
                "current": number == page.number,
            }
        )
    return {
        "pages": links,
        "previous_url": url(page.number - 1) if page.has_previous() else None,
        "next_url": url(page.number + 1) if page.has_next() else None,
    }


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
    found = CoEntrepreneur.objects.published().with_fiche().filter(slug=slug).first()
    if found is None:
        return _moved_or_gone(request, slug)
    return render(request, "catalogue/fiche.html", context_of(found))


@require_safe
@public_page
def fiche_vcard(request, slug):
    found = get_object_or_404(CoEntrepreneur.objects.published().with_fiche(), slug=slug)
    shown = shown_with_consent(found)
    response = HttpResponse(
        vcard(found, phone=shown["phone"], website=shown["website"]), content_type="text/vcard; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.vcf"'
    return response


@require_safe
@public_page
def photo(request, slug):
    found = get_object_or_404(CoEntrepreneur.objects.published().with_fiche(), slug=slug)
    if not shown_with_consent(found)["photo"]:
        raise Http404
    try:
        return FileResponse(found.photo.open(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error


@never_cache
def contact(request, slug):
    """The form that writes to a co-entrepreneur; the only page of the catalogue that sets a cookie (CSRF)."""
    found = CoEntrepreneur.objects.published().filter(slug=slug).first()
    if found is None:
        return _moved_or_gone(request, slug)
    form = ContactForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        form.instance.co_entrepreneur = found
        if form.cleaned_data["trap"]:
            return redirect("catalogue:contact_sent", slug=slug)
        if allow(scope="contact", sender=client_address(request), limit=CONTACT_LIMIT, window=CONTACT_WINDOW):
            actions.send_message(message=form.instance)
            return redirect("catalogue:contact_sent", slug=slug)
        form.add_error(None, "Vous avez envoyé plusieurs messages : réessayez dans une heure, ou téléphonez-nous.")
        status = 429
    return render(request, "catalogue/contact.html", {"fiche": found, "form": form}, status=status)


@require_safe
def contact_sent(request, slug):
    found = get_object_or_404(CoEntrepreneur.objects.published(), slug=slug)
    return render(request, "catalogue/contact_sent.html", {"fiche": found})


@require_safe
@public_page
def order(request):
    """How the catalogue is put in order, and the seed of the day."""
    return render(request, "catalogue/order.html", {"seed": Search(request.GET).seed})


@require_safe
def sitemap(request):
    """Every public page; past what one file may hold, the index of the files that hold them."""
    if FicheSitemap().paginator.num_pages > 1:
        return sitemap_views.index(request, SITEMAPS, sitemap_url_name="catalogue:sitemap_section")
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
