"""A request while its author writes it: what the form shows, what is saved at each click, and its sending."""

from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse

from crealead.rate_limit import allow
from directory.decisions import AlreadyDecided
from directory.doors import links
from directory.models import CoEntrepreneur, ListingRequest

from . import actions, drafts
from .forms import RequestForm, RequestWithoutFicheForm, RequestWithReferentForm, ServedClientFormSet
from .parts import CLIENTS, KEYS, keep_errors_of, progress_of

# What an address says beside: that a request already sent is being corrected, and the part where one is.
CORRECTING, PART = "corriger", "etape"
# Where a click leads, beside the parts of the form.
LATER = "plus-tard"
HOUR = timedelta(hours=1)
SENDINGS_PER_ADDRESS = 20
TOO_MANY_SENDINGS = "Vous avez envoyé ce formulaire de nombreuses fois. Réessayez dans une heure : rien n’est perdu."
KEPT = "Ce que vous avez écrit est gardé : relisez, puis envoyez de nouveau si vous le souhaitez."


def form_url(*, correcting=False, part=""):
    """The address of the form, where a phone shows this part and other screens scroll to it."""
    query = {CORRECTING: "1"} if correcting else {}
    query |= {PART: part} if part else {}
    return reverse("listing:form") + (f"?{urlencode(query)}" if query else "") + (f"#partie-{part}" if part else "")


class Writing:
    """A request that the owner of a verified address writes, for the first time or again.

    Attributes:
        pending: the request that is open, or None.
        fiche: theirs, or None.
        draft: what was saved, or None.
    """

    def __init__(self, request, email):
        self.request, self.email = request, email
        requests = ListingRequest.objects.open().with_address(email)
        related = ["referent__user", "co_entrepreneur__referent", "decided_by__referent"]
        self.pending = requests.select_related(*related).first()
        self.fiche = (self.pending and self.pending.co_entrepreneur) or (
            CoEntrepreneur.objects.present().with_address(email).select_related("referent").first()
        )
        self.draft = drafts.draft_of(email)

    @property
    def correcting(self):
        """Whether a request is sent, and nobody has decided on it."""
        return self.pending is not None and self.pending.is_awaiting

    @property
    def means_to_correct(self):
        return CORRECTING in self.request.GET

    @property
    def row_with_photo(self):
        """What holds the photo that the form shows: the draft, the request, the fiche, or None."""
        return next((row for row in (self.draft, self.pending, self.fiche) if row and row.photo), None)

    # --- The forms --------------------------------------------------------------------------------------------------

    @cached_property
    def offer(self):
        """What the draft says, or else what was proposed, or else the fiche; or what was just typed."""
        initial = self._initial()
        if self.draft:
            initial |= drafts.initial_of(self.draft, self.form_class)
        sent = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        form = self.form_class(*sent, initial=initial)
        if self.pending and self.pending.referent.user.is_active:
            # Who decides is settled by then: it may have been passed on to a colleague.
            form.fields.pop("referent", None)
        return form

    @cached_property
    def clients(self):
        """The rows of clients, likewise."""
        served = self.pending.served_clients if self.pending else None
        if self.draft:
            served = drafts.clients_of(self.draft)
        data = self.request.POST if self.request.method == "POST" else None
        return ServedClientFormSet(data, prefix="clients", initial=served)

    @property
    def form_class(self):
        if self.fiche is None:
            return RequestWithoutFicheForm
        return RequestForm if self.fiche.referent else RequestWithReferentForm

    def _initial(self):
        source = self.pending or self.fiche
        if source is None:
            return {}
        names = ["first_name", "last_name", "trade_name", "referent", "headline", "public_offer", "nationwide"]
        lists = ["skills", "cpv_codes", "departments"]
        initial = {name: getattr(source, name) for name in [*names, "phone", "website"]}
        initial |= {name: [row.pk for row in getattr(source, name).all()] for name in lists}
        if self.pending:
            return initial | {"consents": self.pending.consents, "word_to_referent": self.pending.word_to_referent}
        return initial | {"consents": [consent.item for consent in self.fiche.consents.active()]}

    # --- What is answered --------------------------------------------------------------------------------------------

    @property
    def _send_words(self):
        if self.correcting:
            return "Envoyer la correction"
        return "Renvoyer ma demande" if self.pending else "Envoyer ma demande"

    @property
    def _greeting(self):
        """Which word opens the page; none when the référent has one, or when it is a correction."""
        published = self.fiche is not None and self.fiche.is_published
        return {
            "is_update": not self.pending and published,
            "is_greeted": not self.pending and self.fiche is not None and not published,
            "is_stranger": not self.pending and self.fiche is None,
        }

    def page(self, status=200):
        at = (self.request.POST or self.request.GET).get(PART, "")
        progress = progress_of(self.offer, self.clients, at=at, to_correct=self.offer.is_bound)
        context = {
            "form": self.offer,
            "clients": self.clients,
            "fiche": self.fiche,
            "pending": self.pending,
            "email": self.email,
            "draft": self.draft,
            "has_errors": bool(self.offer.errors or self.clients.total_error_count()),
            "is_found_again": self.draft is not None and not self.offer.is_bound,
            "correcting": self.correcting,
            "send_words": self._send_words,
            **self._greeting,
            "action": form_url(correcting=self.correcting),
            "progress": progress,
            "is_step": progress.after and not (self.offer.is_bound and not self.request.POST.get("aller")),
            "part": progress.by_key,
            "has_photo": self.row_with_photo is not None,
            "may_drop_photo": self.row_with_photo not in {None, self.fiche},
        }
        return render(self.request, "listing/form.html", context, status=status)

    def leave(self, going):
        """Save, and go to another part, or away for today; what is wrong in the part that one leaves is said first."""
        self._save()
        if going == LATER:
            return redirect("listing:saved")
        here = progress_of(self.offer, self.clients, at=self.request.POST.get(PART, "")).current
        if here.key == CLIENTS:
            self.offer.errors.clear()
        else:
            keep_errors_of(here, self.offer)
            self.clients = ServedClientFormSet(prefix="clients", initial=drafts.clients_of(self.draft))
        if self.offer.errors or self.clients.total_error_count():
            return self.page()
        return redirect(form_url(correcting=self.means_to_correct, part=going if going in KEYS else ""))

    def send(self):
        """Save, and send what is right, or say what isn't."""
        is_valid = self._save()
        if self.means_to_correct and not self.correcting:
            return self._overtaken(self._last_outcome())
        if not is_valid:
            return self.page()
        if not allow(scope="referencing-form", sender=self.email, limit=SENDINGS_PER_ADDRESS, window=HOUR):
            self.offer.add_error(None, TOO_MANY_SENDINGS)
            return self.page(status=429)
        try:
            return redirect(links.LISTING_STATUS.path(self._send()))
        except AlreadyDecided as refusal:
            return self._overtaken(str(refusal))

    def _save(self):
        """Keep what was typed.

        Returns:
            bool: whether it could be sent.
        """
        is_valid = all([self.offer.is_valid(), self.clients.is_valid()])
        self.draft = drafts.save(self.email, self.offer, self.request.POST)
        return is_valid

    def _overtaken(self, outcome):
        """Someone decided meanwhile: say what, and lose nothing."""
        self.offer.add_error(None, f"{outcome} {KEPT}".strip())
        return self.page(status=409)

    def _last_outcome(self):
        last = ListingRequest.objects.with_address(self.email).select_related("decided_by__referent").first()
        return last.outcome if last else ""

    @transaction.atomic
    def _send(self):
        """Send what is written, or correct what was sent; the draft goes with it.

        A fiche says by itself who it is about; without one, the form does.
        """
        said, fiche = self.offer.cleaned_data, self.fiche
        names = ["first_name", "last_name", "trade_name"]
        who = {name: getattr(fiche, name) if fiche else said[name] for name in names}
        content = self.offer.content(self.clients.served_clients())
        content["photo"] = self.draft.photo.name or ("" if said["drop_photo"] else None)
        if self.correcting:
            listing_request = actions.correct(request_pk=self.pending.pk, **who, content=content)
        else:
            listing_request = actions.submit(
                email=self.email,
                **who,
                referent=said.get("referent"),
                co_entrepreneur=fiche,
                content=content,
            )
        taken = bool(self.draft.photo) and listing_request.photo.name == self.draft.photo.name
        drafts.forget(self.draft, keep_photo=taken)
        return listing_request
