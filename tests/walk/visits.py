"""Every page of the product, in the states that it has: by which route, as whom, and where.

Pages are visited as the demonstration fills them; what it lacks, and who has nothing, is made here.
"""

import re
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_format_dict
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from directory.doors import links
from directory.models import (
    AccessLink,
    Alert,
    CoEntrepreneur,
    Consent,
    ContractFile,
    ContractSuggestion,
    DuplicateNotice,
    FicheFile,
    FicheProposal,
    Kit,
    ListingAgreement,
    ListingRequest,
    Reference,
    TeamMember,
)
from directory.sourcing.alerts import actions as alerts
from tests import cast
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import failed_mail

# She leads the open consultation of the demonstration whose team lacks someone, and holds references.
LEAD = "manon-guiraud@example.org"
NOTHING = "introuvable-nulle-part"
# The signature that ends the link of a mail, or stands in its place.
TOKEN = re.compile(r"/(faux|\d+-\d+[:.][\w:.-]+)/")


@dataclass(frozen=True)
class Visit:
    """A page in one of its states.

    Attributes:
        route: the name of its address.
        path: where, with its query.
        who: the key of a browser of `World.browsers`.
        sends: what is sent from there in place of its forms, by the name of each field; `words` say what that is.
    """

    route: str
    path: str
    who: str
    sends: tuple = ()
    words: str = ""

    @property
    def key(self):
        """What a title names: an address, whoever looks; of the link of a mail, which page it opens."""
        return self.route if TOKEN.search(self.path) else self.path

    def __str__(self):
        return f"{self.path} ({self.who})"


class World:
    """Who walks, and the rows that they come by."""

    def __init__(self):
        self.lead = CoEntrepreneur.objects.get(email=LEAD)
        self.newcomer = CoEntrepreneurFactory(first_name="Nour", last_name="Haddad", email="nour@example.org")
        people = {
            "a lead": self.lead,
            "a newcomer": self.newcomer,
            "an administrator": cast.administrator(),
            "a new référent": cast.referent(name="Nadia Belkacem"),
        }
        self.administrator = people["an administrator"]
        self.browsers = {"anybody": cast.Client()} | {name: cast.browser_of(who) for name, who in people.items()}
        self.seat = TeamMember.objects.filter(
            co_entrepreneur=self.lead, role=TeamMember.Role.LEAD, consultation__memo_parts__isnull=False
        ).latest("pk")
        self.consultation = self.seat.consultation
        # Another, of which the file is being made, and that looks like the first.
        self.other = cast.led(self.lead)
        Kit.objects.create(
            consultation=self.other, author_member=self.lead, state=Kit.State.RUNNING, made=2, total=9
        )
        self.notice = DuplicateNotice.objects.create(consultation=self.other, other=self.consultation)
        self.published = CoEntrepreneur.objects.published().exclude(photo="").first()
        self.gone = CoEntrepreneur.objects.departed().exclude(listed_since=None).first()
        self.image = self.lead.portfolio_images.create(
            photo=cast.photo(), alternative_text="Une affiche", caption="Lunas, 2026"
        )
        self.agreement = ListingAgreement.objects.create(
            co_entrepreneur=self.newcomer, asked_by=self.administrator
        )
        self.failed_mail = failed_mail()
        self.files = dict(self._files())
        drafts = self.browsers["who drafts"] = cast.Client()
        draft = AccessLink.objects.create(email="brouillon@example.org")
        drafts.post(links.LISTING.path(draft))

    def _files(self):
        """Files of fiches and of contracts, each in a state."""
        user = self.administrator
        for model, sizes in ((FicheFile, {"rows": 900, "rows_done": 300}), (ContractFile, {"size": 900, "read_bytes": 300})):
            name = model._meta.model_name
            for state in (model.State.RUNNING, model.State.FAILED):
                problem = "Ce fichier est illisible." if state == model.State.FAILED else ""
                yield f"{name} {state}", model.objects.create(user=user, name=f"{state}.csv", state=state, problem=problem, **sizes)
        browser = self.browsers["an administrator"]
        for name, rows in (("errors", "email;nom;depart\nx@example.org;;hier\n"), ("preview", "email;prenom;nom\nneuve@example.org;nour;HADDAD\n")):
            sent = SimpleUploadedFile(f"{name}.csv", rows.encode(), "text/csv")
            browser.post(reverse("admin:directory_coentrepreneur_import"), {"file": sent})
            yield name, FicheFile.objects.latest("pk")


def routes(resolver=None, space=""):
    """Every named address of the site, with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


def visits(world):
    """Every visit, in no order that matters."""
    for route, who, args, queries in [*of_public(world), *of_members(world), *of_back_office(world)]:
        for query in queries or [""]:
            yield Visit(route, reverse(route, args=args) + query, who)
    yield from of_each_model(world)


def of_public(world):
    """Of each route: its name, who visits, its arguments and the queries that make its states."""
    anybody = "anybody"
    everything = "?q=formation+zorglub&departement=34&client=commune&montant=5000-15000&tri=nom"
    yield "catalogue:home", anybody, [], []
    yield "catalogue:buying", anybody, [], []
    yield "catalogue:list", anybody, [], ["", everything, f"?q={NOTHING}&domaine=inconnu", "?page=2"]
    yield "catalogue:order", anybody, [], []
    yield "catalogue:map", anybody, [], ["?q=formation&departement=34&departement=75", f"?q={NOTHING}"]
    yield "catalogue:print", anybody, [], ["?q=formation"]
    yield "catalogue:need", anybody, [], ["?q=formation&departement=34"]
    for fiche in (world.published, world.gone):
        yield "catalogue:fiche", anybody, [fiche.slug], []
    yield "catalogue:contact", anybody, [world.published.slug], []
    yield "catalogue:contact_sent", anybody, [world.published.slug], []
    for page in ("legal", "privacy", "accessibility", "site_map"):
        yield f"pages:{page}", anybody, [], []
    kept = "&".join(f"f={fiche.slug}" for fiche in CoEntrepreneur.objects.published()[:3])
    of_each_kind = f"?{kept}&f={world.gone.slug}&f=inconnue&q=formation&departement=34"
    yield "sourcing:selection", anybody, [], ["", of_each_kind]
    yield "sourcing:send", anybody, [], [f"?{kept}"]
    yield "alerts:new", anybody, [], ["?q=formation&departement=34"]
    yield "alerts:sent", anybody, [], []
    to_confirm = Alert.objects.create(email="achats@example.org", query="q=formation")
    running = Alert.objects.create(email="achats@example.org", query="q=accueil")
    alerts.confirm(alert_pk=running.pk)
    for token in (links.ALERT_CONFIRMATION.token(to_confirm), "faux"):
        yield "alerts:confirm", anybody, [token], []
    for page in ("alert", "stop"):
        for token in (links.ALERT.token(running), "faux"):
            yield f"alerts:{page}", anybody, [token], []
    for page in ("article", "start", "sent"):
        yield f"listing:{page}", anybody, [], []
    yield "listing:form", anybody, [], []
    yield "listing:form", "who drafts", [], []
    yield "listing:agreement", anybody, [links.LISTING_AGREEMENT.token(world.agreement)], []
    yield "listing:objection", anybody, [links.OBJECTION.token(world.newcomer)], []
    yield "listing:link", anybody, [links.LISTING.token(AccessLink.objects.create(email="neuve@example.org"))], []
    waiting = ListingRequestFactory()
    for page in ("status", "withdraw"):
        for token in (links.LISTING_STATUS.token(waiting), "faux"):
            yield f"listing:{page}", anybody, [token], []
    for page in ("start", "sent"):
        yield f"my_space:{page}", anybody, [], []
    access = AccessLink.objects.create(email=world.newcomer.email)
    for token in (links.MY_SPACE.token(access), "faux"):
        yield "my_space:link", anybody, [token], []
    invited = cast.seat(world.consultation, co_entrepreneur=world.newcomer, state=cast.State.INVITED)
    for token in (links.INVITATION.token(invited), "faux"):
        yield "tenders:invitation", anybody, [token], []


def of_members(world):
    searched = "?q=formation+zorglub&departement=23&cpv=80511000&client=sdis&label=qualiopi&references=1"
    for who in ("a lead", "a newcomer"):
        for page in (
            "home",
            "preview",
            "fiche",
            "cv",
            "portfolio",
            "consents",
            "withdraw",
            "export",
            "sign_out",
        ):
            yield f"my_space:{page}", who, [], []
        yield "my_space:visibility", who, [], ["", searched]
        yield "references:list", who, [], []
        yield "references:add", who, [], []
        yield "tenders:register", who, [], ["", f"?q={NOTHING}"]
        yield "tenders:add", who, [], []
        yield "tenders:library", who, [], []
    for page in ("portfolio_image", "portfolio_remove"):
        yield f"my_space:{page}", "a lead", [world.image.pk], []
    reference = world.lead.references.latest("pk")
    for page in ("detail", "edit", "delete", "leave", "contact"):
        yield f"references:{page}", "a lead", [reference.pk], []
    consultation = world.consultation
    for page in (
        "detail", "edit", "team", "invite", "memo", "memo_trame", "memo_add", "kit", "kit_references", "send", "outcome",
    ):  # fmt: skip
        yield f"tenders:{page}", "a lead", [consultation.pk], []
    yield "tenders:kit", "a lead", [world.other.pk], []
    yield "tenders:duplicate", "a lead", [world.other.pk, world.notice.pk], []
    for seat in consultation.team.exclude(pk=world.seat.pk):
        yield "tenders:remove", "a lead", [consultation.pk, seat.pk], []
    for page in ("memo_part", "memo_remove"):
        yield f"tenders:{page}", "a lead", [consultation.pk, consultation.memo_parts.first().pk], []


def of_back_office(world):
    administrator, anybody = "an administrator", "anybody"
    for page in ("password_reset", "password_reset_done", "login"):
        yield f"admin:{page}", anybody, [], []
    yield "admin:password_reset_confirm", anybody, ["MQ", "faux"], []
    for who in (administrator, "a new référent"):
        yield "admin:index", who, [], []
        yield "admin:second_factor", who, [], []
        yield "admin:second_factor_application", who, [], []
        yield "admin:password_change", who, [], []
    yield "admin:person_rights", administrator, [], ["", f"?q={NOTHING}"]
    yield "admin:app_list", administrator, ["directory"], []
    fiche = world.published
    yield "admin:directory_coentrepreneur_visibility", administrator, [fiche.pk], ["?q=formation&departement=23"]
    yield "admin:directory_coentrepreneur_paper_consent", administrator, [fiche.pk], []
    consent = Consent.objects.filter(withdrawn_at=None).first()
    if consent:
        yield "admin:directory_consent_withdraw", administrator, [consent.pk], []
    for page in ("coentrepreneur", "contractsuggestion"):
        yield f"admin:directory_{page}_import", administrator, [], []
    for file in world.files.values():
        page = "coentrepreneur" if isinstance(file, FicheFile) else "contractsuggestion"
        yield f"admin:directory_{page}_file", administrator, [file.pk], []
    for model in (ListingRequest, FicheProposal, Reference, ContractSuggestion):
        for state in model.objects.values_list("state", flat=True).distinct().order_by():
            row = model.objects.filter(state=state).latest("pk")
            yield f"admin:directory_{model._meta.model_name}_decide", administrator, [row.pk], []


def of_each_model(world):
    """The pages that the admin makes of each model: its list, full and empty, its actions, a new row, one that is there."""
    request = RequestFactory().get("/")
    request.user = world.administrator
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        queries = ["", f"?q={NOTHING}"] if model_admin.search_fields else [""]
        for query in queries:
            yield Visit(f"{name}_changelist", reverse(f"{name}_changelist") + query, "an administrator")
        yield Visit(f"{name}_add", reverse(f"{name}_add"), "an administrator")
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            for action, (_, _, words) in model_admin.get_actions(request).items():
                sends = (("action", action), ("index", "0"), (ACTION_CHECKBOX_NAME, str(row.pk)))
                route = f"{name}_changelist"
                yield Visit(route, reverse(route), "an administrator", sends, str(words) % model_format_dict(model._meta))
            for page in ("change", "history", "delete"):
                yield Visit(f"{name}_{page}", reverse(f"{name}_{page}", args=[row.pk]), "an administrator")


# The pages that are errors by design: nobody is shown anything else there.
ERRORS = {}
# What the back office does by one click of a page, with what makes it harmless.
ONE_CLICK = {}
DOWNLOAD, FORM_ONLY, FOR_PROGRAMS, LEADS = "a file", "takes a form alone", "for programs", "leads to another page"
# The addresses that show no page of their own, with the reason.
NO_PAGE = {
    "healthz": FOR_PROGRAMS,
    "admin:register": DOWNLOAD,
    "admin:second_factor_proof": "asked of who comes in with a second factor: tests/browser/test_second_factor.py",
    "admin:second_factor_leave": FORM_ONLY,
    "admin:second_factor_codes": FORM_ONLY,
    "admin:second_factor_remove": FORM_ONLY,
    "admin:passkey_add": FOR_PROGRAMS,
    "admin:passkey_added": FOR_PROGRAMS,
    "admin:passkey_ask": FOR_PROGRAMS,
    "admin:passkey_given": FOR_PROGRAMS,
    "admin:logout": FORM_ONLY,
    "admin:password_change_done": LEADS,
    "admin:autocomplete": FOR_PROGRAMS,
    "admin:jsi18n": FOR_PROGRAMS,
    "admin:view_on_site": LEADS,
    "admin:auth_user_second_factor": "of an account that has one: tests/admin/test_second_factor.py",
    "admin:directory_coentrepreneur_photo": DOWNLOAD,
    "admin:directory_portfolioimage_photo": DOWNLOAD,
    "admin:directory_certification_proof": DOWNLOAD,
    "admin:directory_coentrepreneur_take": FORM_ONLY,
    "admin:directory_consent_scan": DOWNLOAD,
    "admin:directory_coentrepreneur_template": DOWNLOAD,
    "admin:directory_coentrepreneur_export": DOWNLOAD,
    "admin:directory_ficheproposal_photo": DOWNLOAD,
    "admin:directory_insurance_proof": DOWNLOAD,
    "admin:directory_listingrequest_photo": DOWNLOAD,
    "admin:directory_paper_file": DOWNLOAD,
    "admin:directory_reference_attestation": DOWNLOAD,
    "listing:saved": LEADS,
    "listing:photo": DOWNLOAD,
    "my_space:sign_out_everywhere": FORM_ONLY,
    "my_space:photo": DOWNLOAD,
    "my_space:proposed_photo": DOWNLOAD,
    "my_space:ask": FORM_ONLY,
    "my_space:withdraw_proposal": FORM_ONLY,
    "my_space:confirm_cv": FORM_ONLY,
    "my_space:portfolio_file": DOWNLOAD,
    "my_space:portfolio_move": FORM_ONLY,
    "my_space:not_my_trade": FORM_ONLY,
    "references:near_clients": FOR_PROGRAMS,
    "references:near_colleagues": FOR_PROGRAMS,
    "references:attestation": DOWNLOAD,
    "tenders:cv": DOWNLOAD,
    "tenders:cv_of": DOWNLOAD,
    "tenders:reference_sheet": DOWNLOAD,
    "tenders:presentation": DOWNLOAD,
    "tenders:seat": FORM_ONLY,
    "tenders:memo_autosave": FOR_PROGRAMS,
    "tenders:memo_move": FORM_ONLY,
    "tenders:memo_file": DOWNLOAD,
    "tenders:kit_file": DOWNLOAD,
    "tenders:answer_archive": DOWNLOAD,
    "tenders:answer_file": DOWNLOAD,
    "catalogue:paper": DOWNLOAD,
    "catalogue:need_sent": LEADS,
    "catalogue:vcard": DOWNLOAD,
    "catalogue:photo": DOWNLOAD,
    "catalogue:portrait": DOWNLOAD,
    "catalogue:portfolio": DOWNLOAD,
    "catalogue:sitemap": FOR_PROGRAMS,
    "catalogue:sitemap_section": FOR_PROGRAMS,
    "catalogue:robots": FOR_PROGRAMS,
    "sourcing:export": DOWNLOAD,
    "sourcing:export_selection": DOWNLOAD,
    "sourcing:vcards": DOWNLOAD,
    "sourcing:feed": FOR_PROGRAMS,
}
