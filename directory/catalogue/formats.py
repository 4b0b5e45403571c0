"""A fiche in the formats that other programs read: schema.org and vCard."""

import json
from uuid import NAMESPACE_URL, uuid5

import vobject
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe

from crealead.phones import e164
from crealead.words import sayable

# What would let a text end the `script` element it stands in.
SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def json_ld(fiche, *, phone="", website=""):
    """The schema.org description of a fiche, safe to stand in a `script` element.

    Args:
        fiche: with `skills` and `departments` prefetched.
        phone: shown with consent only.
        website: shown with consent only.
    """
    address = settings.SITE_URL + fiche.get_absolute_url()
    cooperative = {
        "@type": "Organization",
        "name": settings.COOPERATIVE["name"],
        "identifier": {"@type": "PropertyValue", "propertyID": "SIRET", "value": settings.COOPERATIVE["siret"]},
    }
    area = (
        [{"@type": "Country", "name": "France"}]
        if fiche.nationwide
        else [{"@type": "AdministrativeArea", "name": row.name} for row in fiche.departments.all()]
    )
    described = {
        "@context": "https://schema.org",
        "@type": "Service",
        "@id": address,
        "url": address,
        "name": fiche.headline or fiche.trade_name or fiche.name,
        "description": fiche.public_offer,
        "dateModified": fiche.content_updated_at.date().isoformat(),
        "serviceType": [skill.name for skill in fiche.skills.all()],
        **({"areaServed": area} if area else {}),
        "audience": {"@type": "Audience", "audienceType": "Acheteurs publics"},
        "provider": {
            "@type": "Person",
            "name": fiche.name,
            **({"brand": {"@type": "Brand", "name": fiche.trade_name}} if fiche.trade_name else {}),
            **({"telephone": e164(phone)} if phone else {}),
            **({"sameAs": website} if website else {}),
            "memberOf": cooperative,
        },
    }
    return _script(described)


def breadcrumbs(trail):
    """The schema.org description of the way to a page, safe to stand in a `script` element.

    Args:
        trail: (words, path) pairs, the last of the page itself.
    """
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": words, "item": settings.SITE_URL + path}
                for position, (words, path) in enumerate(trail, start=1)
            ],
        }
    )


def _script(described):
    return mark_safe(json.dumps(described, ensure_ascii=False).translate(SCRIPT_ESCAPES))


def vcard(fiche, *, phone="", website=""):
    """The fiche as a vCard 3.0; its mail address stays private."""
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family=fiche.last_name, given=fiche.first_name)
    card.add("fn").value = fiche.name
    card.add("org").value = [settings.COOPERATIVE["name"], *([fiche.trade_name] if fiche.trade_name else [])]
    if fiche.headline:
        card.add("title").value = fiche.headline
    if fiche.city:
        card.add("adr").value = vobject.vcard.Address(city=fiche.city)
    if phone:
        card.add("tel").value = e164(phone) or phone
    if website:
        card.add("url").value = website
    card.add("url").value = settings.SITE_URL + fiche.get_absolute_url()
    # The same person whatever their fiche says next: an address book replaces the card it has.
    card.add("uid").value = uuid5(NAMESPACE_URL, f"{settings.SITE_URL}/co-entrepreneurs/{fiche.pk}").urn
    card.add("note").value = f"SIRET de la coopérative : {settings.COOPERATIVE['siret']}"
    return sayable(card.serialize())


def site_json_ld():
    """The schema.org description of the site and of whose it is, safe to stand in a `script` element."""
    known, home = settings.COOPERATIVE, f"{settings.SITE_URL}/"
    cooperative = {
        "@type": "Organization",
        "@id": f"{home}#cooperative",
        "name": known["name"],
        "url": home,
        "logo": settings.SITE_URL + static("img/favicon.svg"),
        "address": known["address"],
        "telephone": e164(known["phone"]) or known["phone"],
        "email": known["email"],
        "identifier": {"@type": "PropertyValue", "propertyID": "SIRET", "value": known["siret"]},
    }
    site = {
        "@type": "WebSite",
        "@id": f"{home}#site",
        "name": f"{known['name']}, entrée client public",
        "url": home,
        "inLanguage": "fr",
        "publisher": {"@id": cooperative["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{settings.SITE_URL}{reverse('catalogue:list')}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }
    described = {"@context": "https://schema.org", "@graph": [cooperative, site]}
    return mark_safe(json.dumps(described, ensure_ascii=False).translate(SCRIPT_ESCAPES))
