"""Each consent taken back, the catalogue left, the cooperative left: what each output shows at the next request."""

import io
import json
import re
import zipfile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory import documents
from directory.demo.portraits import portrait
from directory.doors import links
from directory.models import Alert, CoEntrepreneur, Consent, GroupMessage, SourcingRecord, TeamMember
from directory.sourcing.alerts.actions import tell_news
from directory.sourcing.selection.actions import send_selection
from directory.sourcing.selection.selection import Selection
from directory.tenders.answers import kit
from directory.tenders.memo import start_memo
from tests.cast import browser_of
from tests.documents.pdf import Pdf
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    MemoTrameFactory,
    SkillFactory,
    TeamMemberFactory,
)

from .people import keep_in_a_record

DOCS = settings.BASE_DIR / "docs" / "privacy.md"
ITEMS = Consent.Item
FICHE = "fiche"
NAME = "Quervimpt"
MARKS = {
    ITEMS.PHONE: r"04.67.12.34.99|\+33467123499",
    ITEMS.WEBSITE: r"zyglotrax\.example",
    ITEMS.PHOTO: r"/(?:photo|portrait)\.webp|photos/",
    ITEMS.PORTFOLIO: r"realisation-\d+|portfolio/",
    FICHE: f"(?i){NAME}",
}
# What each output shows when all is agreed to: « fiche » is the person's name.
SHOWN = {
    "page de la fiche": {*ITEMS, FICHE},
    "la même, gardée en cache": {*ITEMS, FICHE},
    "données JSON-LD": {ITEMS.PHONE, ITEMS.WEBSITE, FICHE},
    "carte de visite vCard": {ITEMS.PHONE, ITEMS.WEBSITE, FICHE},
    "photo": {ITEMS.PHOTO},
    "portrait des listes": {ITEMS.PHOTO},
    "image d’une réalisation": {ITEMS.PORTFOLIO},
    "liste du catalogue": {ITEMS.PHOTO, FICHE},
    "recherche de son nom": {ITEMS.PHOTO, FICHE},
    "liste imprimée": {FICHE},
    "page d’accueil": {ITEMS.PHOTO, FICHE},
    "plan du site": {FICHE},
    "page pour lui écrire": {FICHE},
    "tableau CSV du catalogue": {FICHE},
    "tableau XLSX du catalogue": {FICHE},
    "tableau ODS du catalogue": {FICHE},
    "flux du catalogue": {FICHE},
    "page d’une sélection": {FICHE},
    "tableau CSV d’une sélection": {FICHE},
    "tableau XLSX d’une sélection": {FICHE},
    "tableau ODS d’une sélection": {FICHE},
    "cartes de visite d’une sélection": {ITEMS.PHONE, ITEMS.WEBSITE, FICHE},
    "courriel d’une sélection": {FICHE},
    "courriel d’une alerte": {FICHE},
    "page d’un acheteur qui lui a écrit, à d’autres aussi": {FICHE},
    "CV": {ITEMS.PHOTO, ITEMS.PORTFOLIO, FICHE},
    "dossier de réponse préparé ensuite": {ITEMS.PHONE, ITEMS.PHOTO, ITEMS.PORTFOLIO, FICHE},
    "dossier de sourçage clos": {FICHE},
    "courriels en attente": set(),
}
EVENTS = {item.label.lower(): {item} for item in ITEMS} | {
    "catalogue quitté": {*ITEMS, FICHE},
    "coopérative quittée": {*ITEMS, FICHE},
}
# What stays by right: the team's documents are the cooperative's, whoever is in the public catalogue, and tell the buyer
# how to call who leads it; the consent is to the public fiche.
OF_THE_TEAM = {"CV", "dossier de réponse préparé ensuite"}
# Who kept a fiche is told whose left, and on which day.
NAMES_WHO_LEFT = {"page d’une sélection"}


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fiche = CoEntrepreneurFactory(
        listed=True,
        first_name="Zoé",
        last_name=NAME,
        phone="04 67 12 34 99",
        website="https://zyglotrax.example",
        skills=[SkillFactory()],
        departments=["34"],
    )
    fiche.photo.save("x.webp", portrait(1))
    fiche.portfolio_images.create(
        photo=ContentFile(portrait(2).read(), name="x.webp"), alternative_text="Un mur", on_cv=True
    )
    CvFactory(co_entrepreneur=fiche, summary="Quinze ans.")
    consultation = ConsultationFactory(buyer__type="commune", author_member=CoEntrepreneurFactory())
    TeamMemberFactory(consultation=consultation, co_entrepreneur=CoEntrepreneurFactory(listed=True))
    TeamMemberFactory(consultation=consultation, co_entrepreneur=fiche, role=TeamMember.Role.LEAD)
    trame = MemoTrameFactory()
    trame.sections.create(kind="other", title="Préambule", body="Tout est dit.")
    start_memo(consultation, trame)
    for item in ITEMS:
        fiche.consents.create(item=item)
    today = timezone.localdate()
    Alert.objects.create(email="achats@example.org", confirmed_at=timezone.now(), next_on=today, ends_on=today)
    now = timezone.now()
    written = GroupMessage.objects.create(
        name="Élue",
        organisation="Mairie",
        email="elue@example.org",
        message="Bonjour",
        answer_by=timezone.localdate(),
        confirmed_at=now,
    )
    written.recipients.create(co_entrepreneur=fiche, sent_at=now, answer="interested", answered_at=now)
    keep_in_a_record(fiche, is_closed=True)
    return fiche, consultation


def shown(fiche, consultation):
    """By output, what it shows of a fiche now."""
    url, client = fiche.get_absolute_url(), Client()
    image = fiche.portfolio_images.get()
    page = text(client.get(url))
    others = CoEntrepreneur.objects.published().exclude(pk=fiche.pk).values_list("slug", flat=True)
    kept = "&".join(f"f={slug}" for slug in [fiche.slug, *others])
    return {
        "page de la fiche": marks(page),
        "la même, gardée en cache": marks(text(client.get(url))),
        "données JSON-LD": marks(
            " ".join(re.findall(r"<script type=.application/ld\+json.*?</script>", page, re.DOTALL))
        ),
        "carte de visite vCard": marks(text(client.get(f"{url}carte.vcf"))),
        "photo": {ITEMS.PHOTO} if is_there(client, f"{url}photo.webp") else set(),
        "portrait des listes": {ITEMS.PHOTO} if is_there(client, f"{url}portrait.webp") else set(),
        "image d’une réalisation": {ITEMS.PORTFOLIO}
        if is_there(client, f"{url}realisation-{image.pk}.webp")
        else set(),
        "liste du catalogue": marks(text(client.get("/catalogue/"))),
        "recherche de son nom": _found(fiche, text(client.get(f"/catalogue/?q={NAME}"))),
        "liste imprimée": marks(text(client.get("/catalogue/imprimer/"))),
        "page d’accueil": marks(text(client.get("/"))),
        "plan du site": {FICHE} if fiche.slug in text(client.get("/sitemap-fiches.xml")) else set(),
        "page pour lui écrire": marks(text(client.get(f"{url}contact/"))),
        **{
            f"tableau {kind.upper()} {what}": marks(table_in(client.get(f"{path}export.{kind}?{query}")))
            for what, path, query in [("du catalogue", "/catalogue/", ""), ("d’une sélection", "/selection/", kept)]
            for kind in ("csv", "xlsx", "ods")
        },
        "flux du catalogue": marks(text(client.get("/catalogue/flux.atom"))),
        "page d’une sélection": marks(main_of(client.get(f"/selection/?{kept}"))),
        "cartes de visite d’une sélection": marks(text(client.get(f"/selection/cartes.vcf?{kept}"))),
        "courriel d’une sélection": marks(
            mailed(lambda: send_selection(to="dgs@example.org", selection=Selection(QueryDict(kept))))
        ),
        "courriel d’une alerte": marks(mailed(tell_news)),
        "page d’un acheteur qui lui a écrit, à d’autres aussi": marks(
            text(client.get(links.GROUP_MESSAGE.path(GroupMessage.objects.get())))
        ),
        "CV": marks(json.dumps(documents.cv_data(fiche), default=str)) if may_be_read(fiche) else set(),
        "dossier de réponse préparé ensuite": marks(json.dumps(kit.make(consultation).data, default=str)),
        "dossier de sourçage clos": marks(in_a_record(client)),
        "courriels en attente": marks(json.dumps([*ProcrastinateJob.objects.values_list("args", flat=True)])) - {FICHE},
    }


def in_a_record(client):
    """What our copy of the latest record says, wherever."""
    url = SourcingRecord.objects.latest("pk").get_absolute_url()
    pdf = Pdf(b"".join(client.get(f"{url}dossier.pdf"))).text
    return " ".join([text(client.get(url)), pdf, text(client.get(f"{url}dossier.json"))])


def _found(fiche, page):
    """What the results of a search for a name show: the page says that name too, whoever it finds."""
    return marks(page) - {FICHE} | ({FICHE} if f'data-fiche="{fiche.slug}"' in page else set())


def text(response):
    """What a page says; nothing when it isn't there."""
    words = b"".join(response).decode() if response.status_code == 200 else ""
    response.close()
    return words


def main_of(response):
    """What a page says to who reads it: its addresses say what was asked for."""
    return re.sub(r"<input[^>]*>|(href|action|value)=\"[^\"]*\"", "", text(response).partition("<main")[2])


def table_in(response):
    """All that a table says, compressed or not."""
    data = b"".join(response)
    if not data.startswith(b"PK"):
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return " ".join(archive.read(name).decode() for name in archive.namelist())


def mailed(make):
    """What is queued by it, which is then as if it hadn't been."""
    before = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    with transaction.atomic():
        make()
        queued = [*ProcrastinateJob.objects.exclude(pk__in=before).values_list("args", flat=True)]
        transaction.set_rollback(True)
    return json.dumps(queued, ensure_ascii=False)


def is_there(client, url):
    response = client.get(url)
    response.close()
    return response.status_code == 200


def marks(words):
    return {item for item, mark in MARKS.items() if re.search(mark, words)}


def may_be_read(fiche):
    """Whether anybody of the team of a consultation may still read their CV."""
    return CoEntrepreneur.objects.present().filter(pk=fiche.pk).exists()


def withdraw(fiche, event):
    browser = browser_of(fiche)
    if event == "catalogue quitté":
        browser.post("/mon-espace/quitter-le-catalogue/")
    elif event == "coopérative quittée":
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate())
    else:
        [item] = EVENTS[event]
        browser.post("/mon-espace/accords/", {"item": item.value, "given": "non"})


def restore(fiche, event):
    if event == "catalogue quitté":
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=True)
        # In the former one they stay masked.
        keep_in_a_record(fiche, is_closed=True)
    elif event != "coopérative quittée":
        [item] = EVENTS[event]
        browser_of(fiche).post("/mon-espace/accords/", {"item": item.value, "given": "oui"})


def stays(output, event):
    """What an output still shows after an event."""
    if output in OF_THE_TEAM and event in {"catalogue quitté", "téléphone"}:
        return SHOWN[output]
    if output in NAMES_WHO_LEFT and FICHE in EVENTS[event]:
        return {FICHE}
    return SHOWN[output] - EVENTS[event]


def cell(output, event):
    gone = SHOWN[output] - stays(output, event)
    if not SHOWN[output] & EVENTS[event]:
        return "n’y est jamais"
    if output in NAMES_WHO_LEFT:
        return "y reste son nom, pour qui l’avait gardée"
    return "n’y est plus" if gone else "y reste : document de l’équipe"


def table():
    lines = [
        [
            "Sortie",
            *(
                f"Retrait : {event}" if event in {i.label.lower() for i in ITEMS} else event.capitalize()
                for event in EVENTS
            ),
        ]
    ]
    lines += [["---"] * len(lines[0])]
    lines += [[output, *(cell(output, event) for event in EVENTS)] for output in SHOWN]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_is_nowhere_at_the_next_request(world):
    fiche, consultation = world
    assert shown(fiche, consultation) == SHOWN

    for event in EVENTS:
        withdraw(fiche, event)
        after = shown(fiche, consultation)
        assert after == {output: stays(output, event) for output in SHOWN}, event
        restore(fiche, event)
        if event != "coopérative quittée":
            assert shown(fiche, consultation) == SHOWN


def test_the_table_of_the_docs_is_what_was_seen():
    assert table() in DOCS.read_text(encoding="utf-8"), table()
