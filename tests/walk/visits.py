"""Every page of the product, in the states that it has: by which route, as whom, and where. One more is one line."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_format_dict
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from directory.doors import links
from directory.models import (
    AccessLink,
    Alert,
    CoEntrepreneur,
    Consent,
    ContractSuggestion,
    FicheFile,
    FicheProposal,
    GroupMessage,
    GroupRecipient,
    ListingRequest,
    Reference,
)
from directory.search.filters import CatalogueFilter
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.message import actions as group_messages
from directory.sourcing.record import actions as records
from directory.sourcing.record.standing import Standing
from directory.sourcing.selection.selection import COMPARED
from tests import cast
from tests.factories import ListingRequestFactory

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
        """What a title names: an address, whoever looks; of a link of a mail, and of errors, what they are."""
        return self.route if TOKEN.search(self.path) or self.route == "an error" else self.path

    def __str__(self):
        return f"{self.path} ({self.who})"


def routes(resolver=None, space=""):
    """Every named address of the site, with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


def visits(world):
    """Every visit, in no order that matters."""
    for said in [*of_errors(), *of_public(world), *of_members(world), *of_back_office(world)]:
        if isinstance(said, Visit):
            yield said
            continue
        route, who, args, queries = said
        for query in queries or [""]:
            yield Visit(route, reverse(route, args=args) + query, who)
    yield from of_each_model(world)


def of_errors():
    """What is shown where there is nothing to show, and what the server in front shows by itself."""
    for who, path in (
        ("anybody", "/inexistante/"),
        ("a lead", "/mon-espace/inexistante/"),
        ("an administrator", "/admin/inexistante/"),
    ):
        yield Visit("an error", path, who)
    form = reverse("catalogue:need")
    yield Visit("an error", form, "anybody", (("csrfmiddlewaretoken", "faux"),), "from elsewhere")
    yield Visit("an error", form, "anybody", (("x", "1"),) * 1001, "too many fields")
    for page in ("413", "429", "503"):
        yield Visit("an error", f"/static/erreurs/{page}.html", "anybody")


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
    yield Visit("catalogue:need_sent", world.told_path, anybody)
    yield "catalogue:need", anybody, [], ["?q=formation&departement=34"]
    for fiche in (world.published, world.gone):
        yield "catalogue:fiche", anybody, [fiche.slug], []
    yield "catalogue:contact", anybody, [world.published.slug], []
    yield "catalogue:contact_sent", anybody, [world.published.slug], []
    for page in ("legal", "privacy", "accessibility", "site_map"):
        yield f"pages:{page}", anybody, [], []
    as_many = [f"f={fiche.slug}" for fiche in CoEntrepreneur.objects.published()[:COMPARED]]
    kept = "&".join(as_many[:3])
    of_each_kind = f"?{kept}&f={world.gone.slug}&f=inconnue&q=formation&departement=34"
    yield "sourcing:selection", anybody, [], ["", of_each_kind, f"?{'&'.join(as_many)}"]
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
    yield "listing:form", "who drafts", [], []
    yield "listing:saved", "who drafts", [], []
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
    waiting, answered, past, closed = (group_message(world, number) for number in range(4))
    late = group_message(world, 4, confirmed=False)
    GroupMessage.objects.filter(pk=late.pk).update(answer_by=timezone.localdate() - timedelta(days=1))
    for message in (group_message(world, 5, confirmed=False), late):
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


def group_message(world, number, *, confirmed=True):
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
    group_messages.ask(message=message, fiches=CoEntrepreneur.objects.published().exclude(pk=world.lead.pk)[:3])
    if confirmed:
        group_messages.confirm(message_pk=message.pk)
    return message


def of_records(world, comes_with):
    """Records of a sourcing: an empty one, one under way, one that is closed, one that isn't there."""
    anybody = "anybody"
    yield "sourcing:record_new", anybody, [], ["", comes_with]
    yield "sourcing:record_check", anybody, [], ["", "?empreinte=abc", f"?empreinte={'0' * 64}"]
    empty = records.start(need="", organisation="")
    search = CatalogueFilter(QueryDict("q=formation&departement=34"))
    kept = [world.published.pk, world.gone.pk]
    under_way, closed = (
        records.start(need=f"{need}\n2027", organisation="Lunas", search=search, fiches=kept)
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
    kept = Reference.objects.filter(co_entrepreneur=world.lead).order_by("pk")
    reference = next((row for row in kept if row.has_contact), kept.last())
    for page in ("detail", "edit", "delete", "contact"):
        yield f"references:{page}", "a lead", [reference.pk], []
    for page in ("detail", "leave"):
        yield f"references:{page}", "a lead", [world.shared.pk], []
    for page in ("home", "fiche", "withdraw_proposal"):
        yield f"my_space:{page}", "who proposed", [], []
    for page in ("home", "preview", "export"):
        yield f"my_space:{page}", "who left", [], []
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
    yield "admin:person_rights", administrator, [], []
    yield "admin:app_list", administrator, ["directory"], []
    yield "admin:auth_user_second_factor", administrator, [world.with_factor.pk], []
    yield "admin:second_factor_proof", "who owes a code", [], []
    yield from of_referents(world)
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


def of_referents(world):
    """What référents and administrators see of consultations, of each way that one stands."""
    for page in ("register", "add", "library"):
        yield f"tenders:{page}", "an administrator", [], []
    for consultation in world.each_standing:
        for page in ("detail", "team", "memo", "kit", "send"):
            yield f"tenders:{page}", "an administrator", [consultation.pk], []


def of_each_model(world):
    """The pages that the admin makes of each model: its list, full and empty, its actions, a new row, one that is there."""
    request = RequestFactory().get("/")
    request.user = world.administrator
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        queries = ["", f"?q={NOTHING}"] if model_admin.search_fields else [""]
        for query in queries:
            yield Visit(f"{name}_changelist", reverse(f"{name}_changelist") + query, "an administrator")
        if model_admin.has_add_permission(request):
            yield Visit(f"{name}_add", reverse(f"{name}_add"), "an administrator")
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            for action, (_, _, words) in model_admin.get_actions(request).items():
                sends = (("action", action), ("index", "0"), (ACTION_CHECKBOX_NAME, str(row.pk)))
                route = f"{name}_changelist"
                yield Visit(
                    route, reverse(route), "an administrator", sends, str(words) % model_format_dict(model._meta)
                )
            ends = ["delete"] if model_admin.has_delete_permission(request, row) else []
            for page in ("change", "history", *ends):
                yield Visit(f"{name}_{page}", reverse(f"{name}_{page}", args=[row.pk]), "an administrator")
