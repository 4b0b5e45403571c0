"""What the page « Acheter en pratique » says of one day: its text, and what fills the places left in it."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from crealead.markdown import contents, html_of, parse
from crealead.words import days, file_told
from directory.models import Paper, Threshold
from directory.models.page import BLOCK, BUYING_BLOCKS
from directory.rights import papers_downloaded_on

TEMPLATES = ["signatory", "invoices", "papers", "thresholds", "procedures", "contact"]
BLOCK_TEMPLATES = {
    name: f"catalogue/buying/_{template}.html" for name, template in zip(BUYING_BLOCKS, TEMPLATES, strict=True)
}
# What a buyer asks of any candidate, whether the cooperative has put it here or not.
EXPECTED = [kind for kind in Paper.Kind if kind != Paper.Kind.OTHER]


@dataclass(frozen=True)
class Offered:
    """A paper as the page offers it: to download at `url`, with what `file` tells of it, or to ask for at `url`."""

    name: str
    url: str
    dates: str = ""
    file: str = ""


def context_of(page, today):
    """What `catalogue/buying.html` reads."""
    # Set apart from the lines around it, which would be of the same paragraph.
    tokens = parse(BLOCK.sub(r"\n\n[[\1]]\n\n", page.body))
    return {
        "page": page,
        "sections": contents(tokens),
        "parts": _parts(html_of(tokens)),
        "papers": offered_on(today),
        "thresholds": _thresholds(today),
        "today": today,
        "mail_url": mail_url("Une question sur l’achat"),
    }


def offered_on(today):
    """The papers that may be downloaded on that day, and those that have to be asked for."""
    # The latest of its name is the one that counts.
    latest = {(paper.kind, paper.title): paper for paper in Paper.objects.valid_on(today).order_by("starts_on", "pk")}
    held = {kind for kind, _ in latest}
    papers = [*latest.values(), *(Paper(kind=kind) for kind in EXPECTED if kind not in held)]
    papers.sort(key=lambda paper: (Paper.Kind.values.index(paper.kind), paper.title))
    downloaded = set(papers_downloaded_on(today).values_list("pk", flat=True))
    return [_offered(paper, is_downloaded=paper.pk in downloaded) for paper in papers]


def _offered(paper, *, is_downloaded):
    if not (is_downloaded and paper.file.storage.exists(paper.file.name)):
        return Offered(paper.name, mail_url(f"Demande de pièce : {paper.name}"))
    dates = f"valable {days(paper.starts_on, paper.expires_on)}"
    return Offered(paper.name, reverse("catalogue:paper", args=[paper.pk]), dates, file_told(paper.file))


def file_name(paper):
    """Under which name it is downloaded: whose it is, what it is and since when."""
    return f"{slugify(settings.COOPERATIVE['name'])}-{slugify(paper.name)}-{paper.starts_on:%Y-%m-%d}.pdf"


def mail_url(subject):
    """The address of a mail to the cooperative about this."""
    return f"mailto:{settings.COOPERATIVE['email']}?subject={quote(subject)}"


def _thresholds(today):
    """The thresholds of the day: what is bought without competition, and from where on a formal procedure is due."""
    known = Threshold.objects.of(today)
    kinds = Threshold.Kind
    labels = {
        kinds.SERVICES: "Fournitures et services",
        kinds.WORKS: "Travaux",
        kinds.FORMAL_STATE: "Autorités publiques centrales (État)",
        kinds.FORMAL_OTHERS: "Autres pouvoirs adjudicateurs (collectivités, hôpitaux…)",
    }

    def told(*chosen):
        return [(labels[kind], known[kind]) for kind in chosen if kind in known]

    return {"free": told(kinds.SERVICES, kinds.WORKS), "formal": told(kinds.FORMAL_STATE, kinds.FORMAL_OTHERS)}


def _parts(html):
    """The HTML of the text, cut where something fills it: [(HTML, template of what comes after it or empty)]."""
    cut = re.split(rf"<p>\[\[({'|'.join(map(re.escape, BLOCK_TEMPLATES))})\]\]</p>", html)
    templates = [BLOCK_TEMPLATES[name] for name in cut[1::2]]
    return [(mark_safe(text), template) for text, template in zip_longest(cut[::2], templates, fillvalue="")]
