"""What is decided of a request to be listed, and what helps to decide it."""

from copy import copy

from django import forms
from django.db.models import Q, TextChoices
from django.urls import reverse
from django.utils.html import format_html

from crealead.words import of
from directory.decisions import Stale
from directory.listing import actions
from directory.models import CoEntrepreneur, Consent, ListingRequest, PublicClient, Referent
from directory.models.consent import ASKED_WITH_LISTING
from directory.rights import is_administrator, requests_decided_by

from . import comparison
from .decisions import DecisionForm, OnlyDecided, comment_field, decision_field, fiche_link, word_to_referent
from .listing_request_steps import steps_of


class Decision(TextChoices):
    """The buttons of the page."""

    ACCEPT = "accept", "Accepter"
    ASK = "ask", "Demander des compléments"
    REFUSE = "refuse", "Refuser"
    CREATE = "create", "Créer la fiche"
    ATTACH = "attach", "Rattacher la fiche"
    PASS_ON = "pass_on", "Passer à un collègue"


class ListingRequestDecisionForm(DecisionForm):
    """What becomes of a request: the button that was pressed, and the words that go with it."""

    decision = decision_field(Decision)
    # The `version` of the request that was read.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    comment = comment_field(
        "Commentaire pour le co-entrepreneur",
        "Joint au courriel. Obligatoire pour demander des compléments : dites ce qu’il faut compléter.",
    )
    reason = forms.ChoiceField(
        label="Raison du refus",
        required=False,
        choices=[("", "Seulement pour refuser"), *ListingRequest.RefusalReason.choices],
    )
    fiche = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(), label="Fiche qui existe déjà", required=False, empty_label="Choisir une fiche"
    )
    colleague = forms.ModelChoiceField(
        Referent.objects.none(), label="Le collègue qui décidera", required=False, empty_label="Choisir un référent"
    )
    word = forms.CharField(
        label="Un mot pour votre collègue",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Joint au courriel qui l’en prévient. Le co-entrepreneur ne le lit pas.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fiche"].queryset = attachable(self.row)
        self.fields["colleague"].queryset = colleagues(self.row)
        if self.row.is_to_complete:
            self.fields["comment"].help_text = "Joint au courriel."

    def clean(self):
        cleaned = super().clean()
        decision, comment = cleaned.get("decision"), cleaned.get("comment")
        reason = cleaned.get("reason")
        if decision == Decision.ASK and not comment:
            self.add_error("comment", "Dites ce qu’il faut compléter.")
        if decision == Decision.REFUSE and not reason:
            self.add_error("reason", "Choisissez la raison du refus.")
        if decision == Decision.REFUSE and reason == ListingRequest.RefusalReason.OTHER and not comment:
            self.add_error("comment", "Dites en quelques mots l’autre raison.")
        if decision == Decision.ATTACH and not cleaned.get("fiche"):
            self.add_error("fiche", "Choisissez la fiche à rattacher.")
        if decision == Decision.PASS_ON and not cleaned.get("colleague"):
            self.add_error("colleague", "Choisissez qui décidera.")
        return cleaned

    def apply(self):
        data, name = self.cleaned_data, self.row.name
        said = {"request_pk": self.row.pk, "by": self.by}
        read = said | {"seen": data["seen"]}
        match data["decision"]:
            case Decision.ACCEPT:
                fiche = actions.accept(**read, comment=data["comment"]).co_entrepreneur
                return format_html(
                    'Demande acceptée : <a href="{}">la fiche {}</a> est dans le catalogue, '
                    "un courriel l’annonce à {}.",
                    fiche.get_absolute_url(),
                    of(name),
                    self.row.email,
                )
            case Decision.ASK:
                actions.ask_for_changes(**read, comment=data["comment"])
                return f"Compléments demandés à {name}."
            case Decision.REFUSE:
                actions.refuse(**read, reason=data["reason"], comment=data["comment"])
                return f"Demande refusée, un courriel l’annonce à {name}."
            case Decision.CREATE:
                actions.create_fiche(**said)
                return "Fiche créée, pas encore dans le catalogue. Décidez maintenant de la demande."
            case Decision.ATTACH:
                actions.attach_fiche(**said, co_entrepreneur_pk=data["fiche"].pk)
                return "Fiche rattachée. Décidez maintenant de la demande."
            case Decision.PASS_ON:
                actions.pass_on(**said, referent=data["colleague"], word=data["word"])
                return f"Demande passée à {data['colleague']}. Un courriel l’en avertit, comme {name}."

    def tell(self, refusal):
        if isinstance(refusal, Stale):
            self.add_error(None, f"{refusal} Relisez-la ci-dessous, puis décidez.")
        else:
            super().tell(refusal)


class ListingRequestDecision(OnlyDecided):
    """Mixin of the admin of requests."""

    decision_form = ListingRequestDecisionForm
    rows_decided_by = staticmethod(requests_decided_by)
    gone = "Cette demande a été confiée à un autre référent, ou n’existe plus."
    read_with = ["referent", "co_entrepreneur__referent"]

    def page_title(self, listing_request):
        return f"Demande {of(listing_request.name)}"

    def facts(self, listing_request):
        fiche = listing_request.co_entrepreneur
        return [
            ("Marque", listing_request.trade_name or "–"),
            ("Adresse électronique", format_html('<a href="mailto:{0}">{0}</a>', listing_request.email)),
            ("Référent", listing_request.referent),
            ("Fiche", fiche_link(fiche) if fiche else "aucune pour le moment"),
        ]

    def outcome(self, listing_request):
        sentences = super().outcome(listing_request)
        if listing_request.refusal_reason:
            sentences.append(f"Raison : {listing_request.get_refusal_reason_display()}.")
        return sentences

    def page_content(self, listing_request, form):
        fiche, awaiting = listing_request.co_entrepreneur, listing_request.is_awaiting
        missing = missing_once_accepted(listing_request, fiche) if awaiting and fiche else []
        return {
            "listing_request": listing_request,
            "fiche": fiche,
            "comment": listing_request.comment,
            "said": word_to_referent(listing_request),
            "rows": comparison.of_request(listing_request, fiche),
            "missing": missing,
            "may_accept": awaiting and fiche is not None,
            "is_complete": awaiting and fiche is not None and not missing,
            "served_clients": served_clients(listing_request),
            "consents": consents(listing_request),
            "steps": steps_of(listing_request),
            "seeking_fiche": awaiting and fiche is None,
            # Who was asked for more may never answer: what was read once can be ended, or passed on.
            "deciding": listing_request.is_open,
            "sent_back": listing_request.is_to_complete,
            "passing_on": form["decision"].value() == Decision.PASS_ON,
        }

    def url_after(self, request):
        """Its own page, unless whoever passed it on reads it no more."""
        if request.POST.get("decision") == Decision.PASS_ON and not is_administrator(request.user):
            return reverse("admin:index")
        return super().url_after(request)


def attachable(listing_request):
    """The fiches that may be attached: those of the request's référent or of nobody, present, without a request."""
    busy = ListingRequest.objects.open().filter(co_entrepreneur__isnull=False)
    return (
        CoEntrepreneur.objects.present()
        .filter(Q(referent=listing_request.referent) | Q(referent__isnull=True))
        .exclude(pk__in=busy.values("co_entrepreneur"))
    )


def colleagues(listing_request):
    """Those to whom a request may be passed on."""
    active = Referent.objects.active().select_related("user")
    return active.exclude(pk=listing_request.referent_id)


def missing_once_accepted(listing_request, fiche):
    """What would still stop the box from being ticked, were the proposal written on the fiche."""
    if fiche is None:
        return ["une fiche"]
    accepted = copy(fiche)
    accepted.public_offer = listing_request.public_offer
    return accepted.missing_for_listing()


def served_clients(listing_request):
    """The public clients that the person says to have served: [(name, what else there is to read)]."""
    return [(client["name"], _served(client)) for client in listing_request.served_clients]


def _served(client):
    kind = dict(PublicClient.Type.choices).get(client["type"])
    kind = f" ({kind})" if kind else ""
    year = f", {client['year']}" if client.get("year") else ""
    return f"{kind} : {client['subject']}{year}"


def consents(listing_request):
    """Each item that may be shown, and whether the person agrees."""
    return [
        (label, item in listing_request.consents) for item, label in Consent.Item.choices if item in ASKED_WITH_LISTING
    ]
