"""Every page of the product, in the states that it has: by which route, as whom, and where.

Pages are visited as the demonstration fills them; what it lacks, and who has nothing, is made here.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.http import QueryDict
from django.urls import get_resolver, reverse
from django.utils import timezone

from directory.doors import links
from directory.models import (
    AccessLink,
    Alert,
    CoEntrepreneur,
    Consent,
    ContractSuggestion,
    FicheProposal,
    GroupMessage,
    GroupRecipient,
    ListingAgreement,
    ListingRequest,
    Reference,
    TeamMember,
)
from directory.search.filters import CatalogueFilter
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.message import actions as group_messages
from directory.sourcing.record import actions as records
from directory.sourcing.record.standing import Standing
from tests import cast
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory

# She leads the open consultation of the demonstration whose team lacks someone, and holds references.
LEAD = "manon-guiraud@example.org"
NOTHING = "introuvable-nulle-part"


@dataclass(frozen=True)
class Visit:
    """A page in one of its states.

    Attributes:
        route: the name of its address.
        path: where, with its query.
        who: the key of a browser of `World.browsers`.
    """

    route: str
    path: str
    who: str

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
        self.browsers = {"anybody": cast.Client()} | {name: cast.browser_of(who) for name, who in people.items()}
        self.seat = TeamMember.objects.filter(
            co_entrepreneur=self.lead, role=TeamMember.Role.LEAD, consultation__memo_parts__isnull=False
        ).latest("pk")
        self.consultation = self.seat.consultation
        self.published = CoEntrepreneur.objects.published().exclude(photo="").first()
        self.gone = CoEntrepreneur.objects.departed().exclude(listed_since=None).first()
        self.image = self.lead.portfolio_images.create(
            photo=cast.photo(), alternative_text="Une affiche", caption="Lunas, 2026"
        )
        self.agreement = ListingAgreement.objects.create(
            co_entrepreneur=self.newcomer, asked_by=people["an administrator"]
        )


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
    yield from of_each_model()


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
    yield from of_records(world, f"?{kept}&q=formation&departement=34")
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
    yield from of_group_messages(world, kept)
    for page in ("article", "start", "sent"):
        yield f"listing:{page}", anybody, [], []
    yield "listing:form", anybody, [], []
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


def of_group_messages(world, kept):
    """One that waits, one that is answered in each way, one whose date is past and one that is closed."""
    anybody, answers = "anybody", GroupRecipient.Answer
    yield "group_messages:new", anybody, [], ["", f"?{kept}&q=formation&departement=34"]
    yield "group_messages:sent", anybody, [], []
    waiting, answered, past, closed = (group_message(number) for number in range(4))
    late = group_message(4, confirmed=False)
    GroupMessage.objects.filter(pk=late.pk).update(answer_by=timezone.localdate() - timedelta(days=1))
    for message in (group_message(5, confirmed=False), late):
        yield "group_messages:confirm", anybody, [links.GROUP_CONFIRMATION.token(message)], []
    rows = list(answered.recipients.order_by("pk"))
    for row, given in zip(rows, answers, strict=True):
        group_messages.answer(recipient_pk=row.pk, given=given, reason="other", word="Nora Haddad, peut-être")
    group_messages.mark_read(recipient_pk=waiting.recipients.first().pk)
    GroupMessage.objects.filter(pk=past.pk).update(answer_by=timezone.localdate() - timedelta(days=1))
    group_messages.close(message_pk=closed.pk)
    for message in (waiting, answered, past, closed):
        for page in ("message", "delete"):
            yield f"group_messages:{page}", anybody, [links.GROUP_MESSAGE.token(message)], []
    for row in (*rows, waiting.recipients.first(), past.recipients.first()):
        yield "group_messages:answer", anybody, [links.GROUP_ANSWER.token(row)], []
    for page in ("confirm", "message", "delete", "answer"):
        yield f"group_messages:{page}", anybody, ["faux"], []
    own = answered.recipients.create(
        co_entrepreneur=world.lead, sent_at=timezone.now(), answer=answers.INTERESTED, answered_at=timezone.now()
    )
    yield "group_messages:team", "a lead", [own.pk], []
    opened = past.recipients.create(
        co_entrepreneur=world.lead, sent_at=timezone.now(), answer=answers.INTERESTED, answered_at=timezone.now()
    )
    GroupMessage.objects.filter(pk=past.pk).update(consultation=world.consultation)
    yield "group_messages:team", "a lead", [opened.pk], []


def group_message(number, *, confirmed=True):
    """One to three people, confirmed unless it isn't."""
    message = GroupMessage(
        name="Agathe Delmas",
        organisation="Mairie de Valferrand",
        email="achats@valferrand.example",
        subject=f"Ateliers {number}",
        message="Trois ateliers avec les habitants.",
        place="Valferrand",
        answer_by=timezone.localdate() + timedelta(days=10),
    )
    group_messages.ask(message=message, fiches=CoEntrepreneur.objects.published().exclude(email=LEAD)[:3])
    if confirmed:
        group_messages.confirm(message_pk=message.pk)
    return message


def of_records(world, comes_with):
    """Records of a sourcing: an empty one, one under way, one that is closed, one that isn't there."""
    anybody = "anybody"
    yield "sourcing:record_new", anybody, [], ["", comes_with]
    yield "sourcing:record_check", anybody, [], ["", "?empreinte=abc", f"?empreinte={'0' * 64}"]
    empty = records.start(need="", organisation="", client=None)
    search = CatalogueFilter(QueryDict("q=formation&departement=34"))
    kept = [world.published.pk, world.gone.pk]
    under_way, closed = (
        records.start(need=f"{need}\n2027", organisation="Lunas", client=None, search=search, fiches=kept)
        for need in ("Former les élus", "Former les agents")
    )
    for record in (under_way, closed):
        records.set_aside(
            record_pk=record.pk, fiches=[], query="references=1", label="Sans référence publiée", is_rest=False,
            reason="reference", words="Nous en demandons une.",
        )  # fmt: skip
    records.ask_email(record_pk=under_way.pk, email="achats@example.org")
    yield "sourcing:record_confirm", anybody, [links.RECORD_EMAIL.token(under_way)], []
    yield "sourcing:record_confirm", anybody, ["faux"], []
    row = records.close(record_pk=closed.pk, seen=records.outline(Standing(closed)), years=2)
    yield "sourcing:record_check", anybody, [], [f"?empreinte={row.fingerprint}"]
    yield "sourcing:record", anybody, ["A" * 43], []
    for key in (empty.key, under_way.key, closed.key):
        for page in (
            "record",
            "record_need",
            "record_kept",
            "record_set_aside",
            "record_email",
            "record_close",
            "record_erase",
        ):
            yield f"sourcing:{page}", anybody, [key], []
    yield "sourcing:record_outcome", anybody, [closed.key], []


def of_members(world):
    searched = "?q=formation+zorglub&departement=23&cpv=80511000&client=sdis&label=qualiopi&references=1"
    for who in ("a lead", "a newcomer"):
        for page in (
            "home",
            "preview",
            "fiche",
            "ask",
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
    for seat in consultation.team.all():
        yield "tenders:seat", "a lead", [consultation.pk, seat.pk], []
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
    for model in (ListingRequest, FicheProposal, Reference, ContractSuggestion):
        for state in model.objects.values_list("state", flat=True).distinct().order_by():
            row = model.objects.filter(state=state).latest("pk")
            yield f"admin:directory_{model._meta.model_name}_decide", administrator, [row.pk], []


def of_each_model():
    """The pages that the admin makes of each model: its list, full and empty, a new row, and one that is there."""
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        queries = ["", f"?q={NOTHING}"] if model_admin.search_fields else [""]
        for query in queries:
            yield Visit(f"{name}_changelist", reverse(f"{name}_changelist") + query, "an administrator")
        yield Visit(f"{name}_add", reverse(f"{name}_add"), "an administrator")
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            for page in ("change", "history", "delete"):
                yield Visit(f"{name}_{page}", reverse(f"{name}_{page}", args=[row.pk]), "an administrator")


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
    "admin:directory_consent_withdraw": "where a consent stands",
    "admin:directory_coentrepreneur_file": "follows a file that is sent: tests/admin/test_transfer.py",
    "admin:directory_coentrepreneur_template": DOWNLOAD,
    "admin:directory_coentrepreneur_export": DOWNLOAD,
    "admin:directory_contractsuggestion_file": "follows a file that is sent: tests/admin/test_contract_suggestion.py",
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
    "tenders:duplicate": FORM_ONLY,
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
    "sourcing:record_clients": FOR_PROGRAMS,
    "sourcing:record_file": DOWNLOAD,
}
