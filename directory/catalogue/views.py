import re
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crealead.files import serve_private
from crealead.middleware import client_address
from directory.models import CoEntrepreneur, Consent, FormerSlug, Page, Paper
from directory.rights import papers_downloaded_on
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.order import PAGE_SIZE, Results
from directory.search.rotation import order_of

from . import actions, buying_page, contact_page, fiche_page, home_page, list_page, portraits
from .caching import is_fragment, public_page
from .formats import vcard
from .forms import ContactForm
from .limits import LIMITS
from .sitemaps import SITEMAPS, FicheSitemap

# Who says to be a program, or nothing.
PROGRAM = re.compile(r"^(?!Mozilla/)|bot\b|crawl|spider|slurp|preview|monitor|headless|\+http", re.IGNORECASE)


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
        search = CatalogueFilter(request.GET, _index(request))
        return redirect(fiche.get_absolute_url() + search.query_string, permanent=True)
    if fiche and fiche.listed_since:
        return render(request, "catalogue/gone.html", status=410)
    raise Http404


@require_safe
@public_page
def fiche(request, slug):
    fiche = CoEntrepreneur.objects.published().with_fiche().filter(slug=slug).first()
    if fiche is None:
        return _moved_or_gone(request, slug)
    search = CatalogueFilter(request.GET, _index(request))
    return render(request, "catalogue/fiche.html", fiche_page.context_of(fiche, search))


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
def portrait(request, slug):
    """The photo as lists show it, small, of someone who accepts that they do; asked for again, it is sent once."""
    agreed = CoEntrepreneur.objects.published().filter(consents__in=Consent.objects.of_photo_on_cards())
    fiche = get_object_or_404(agreed.exclude(photo="").only("photo"), slug=slug)
    # Another photo has another name, which isn't told.
    etag = quote_etag(sha256(fiche.photo.name.encode()).hexdigest()[:20])
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(portraits.small(fiche.photo.name), content_type="image/webp")
    response["ETag"], response["X-Content-Type-Options"] = etag, "nosniff"
    # Who looks is answered by what is agreed to now.
    response.is_kept = False
    return response


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
    search = contact_page.Search(request.GET, _index(request))
    form = ContactForm(request.POST or None, initial={"message": search.need, "place": search.place})
    status = 200
    if request.method == "POST" and form.is_valid():
        form.instance.co_entrepreneur = fiche
        if form.cleaned_data["trap"]:
            return redirect(contact_page.sent_url(request, slug, message=None, query=search.query))
        network = client_address(request)
        senders = {"network": network, "share": f"{network}/{fiche.pk}"}
        senders |= {"buyer": form.instance.email, "fiche": str(fiche.pk)}
        passed = LIMITS.passed(senders)
        if passed is None:
            message = actions.send_message(message=form.instance)
            return redirect(contact_page.sent_url(request, slug, message=message, query=search.query))
        form.add_error(None, LIMITS.told(passed))
        status = 429
    context = {"fiche": fiche, "form": form, "query": search.query}
    return render(request, "catalogue/contact.html", context, status=status)


@require_safe
@never_cache
def contact_sent(request, slug):
    """What was just sent, to whom and what comes next; opened otherwise, it says that it knows of no message."""
    fiche = get_object_or_404(CoEntrepreneur.objects.published(), slug=slug)
    message = contact_page.just_sent(request, fiche)
    context = {
        "fiche": fiche,
        "message": message,
        "details": contact_page.details_of(message) if message else [],
        "query": contact_page.Search(request.GET, _index(request)).query,
    }
    return render(request, "catalogue/contact_sent.html", context)


@require_safe
@public_page
def order(request):
    """How the catalogue is put in order, and the order of the day."""
    seed = CatalogueFilter(request.GET).seed
    return render(request, "catalogue/order.html", {"seed": seed, "order_of": order_of(seed)})


@require_safe
@public_page
def buying(request):
    """What a buyer needs to know of the cooperative before they sign, on this day."""
    text = get_object_or_404(Page, slug=Page.Slug.BUYING)
    return render(request, "catalogue/buying.html", buying_page.context_of(text, timezone.localdate()))


@require_safe
@never_cache
def paper(request, pk):
    """A paper, while it is valid: no cache keeps it, and no search engine shows it once it is over."""
    today = timezone.localdate()
    paper = papers_downloaded_on(today).filter(pk=pk).first()
    if paper is None and Paper.objects.public().filter(pk=pk, expires_on__lt=today).exists():
        return render(request, "catalogue/paper_over.html", status=410)
    if paper is None:
        raise Http404
    response = serve_private(paper.file, filename=buying_page.file_name(paper), as_attachment=True)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


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
        "Disallow: /selection/",
        "Disallow: /catalogue/*/contact/",
        "Disallow: /catalogue/carte/",
        "Disallow: /catalogue/imprimer/",
        "Disallow: /catalogue/export.",
        "Disallow: /alertes/",
        "Disallow: /messages/",
        f"Sitemap: {settings.SITE_URL}{reverse('catalogue:sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
