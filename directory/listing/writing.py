"""A request while its author writes it: what the form shows, what is saved at each click, and its sending."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse

from crealead.rate_limit import allow
from crealead.words import moment
from directory.decisions import AlreadyDecided, Stale
from directory.doors import links
from directory.models import CoEntrepreneur, ListingRequest

from . import actions, drafts
from .differences import WHO, Difference, content_of, differences, keyed, label_of
from .forms import RequestForm, RequestWithoutFicheForm, RequestWithReferentForm, ServedClientFormSet
from .parts import CLIENTS, KEYS, keep_errors_of, progress_of

# What an address says beside: that a request already sent is being corrected, and the part where one is.
CORRECTING, PART = "corriger", "etape"
# Where a click leads, beside the parts of the form.
LATER = "plus-tard"
HOUR = timedelta(hours=1)
SENDINGS_PER_ADDRESS = 20
TOO_MANY_SENDINGS = "Vous avez envoyé ce formulaire de nombreuses fois. Réessayez dans une heure : rien n’est perdu."
KEPT = "Ce que vous avez écrit est gardé : relisez, puis envoyez de nouveau si vous le souhaitez."


# What a page that saw nothing saved nor sent says of it.
NOTHING = "rien"
PHOTO_HERE = "Celle que vous venez de choisir : choisissez-la de nouveau si vous la préférez."
TAKEN_BACK = "Rien : ce qui était enregistré y est remis."


@dataclass
class Trouble:
    """What is said first of a click that didn't do all that was meant.

    Attributes:
        title, line: what became of what was written.
        differences: where what is kept says otherwise, a list of `Difference`: before is there, after is here.
    """

    title: str
    line: str
    differences: list = ()


SAVED_NOT_RIGHT = Trouble(
    "C’est enregistré, et une partie est à corriger", "Tout ce que vous avez écrit est gardé. Il reste à corriger :"
)
UNSENT_CORRECTIONS = "Vos corrections ne sont pas encore envoyées"
UNSENT_COMPLEMENTS = "Vos compléments ne sont pas encore envoyés"
NOT_SENT = "Tout ce que vous avez écrit est enregistré. Voici ce qui empêche l’envoi :"


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

    @cached_property
    def unsent(self):
        """The draft, when it says otherwise than the request that was sent; or None."""
        if self.pending is None or self.draft is None:
            return None
        typed = drafts.initial_of(self.draft, self.form_class)
        sent = self.form_class(initial=self._initial()).initial | {"served_clients": self.pending.served_clients}
        differs = differences(sent, typed | {"served_clients": drafts.clients_of(self.draft)})
        return self.draft if differs or self.draft.photo or typed.get("drop_photo") else None

    @property
    def not_sent_yet(self):
        """What waits for a click on the button that sends, as a sentence without its full stop."""
        if self.pending is None:
            return "Votre demande n’est pas encore partie"
        if not self.unsent:
            return "Votre demande reste telle que vous l’avez envoyée"
        return UNSENT_CORRECTIONS if self.correcting else UNSENT_COMPLEMENTS

    # --- The forms --------------------------------------------------------------------------------------------------

    @cached_property
    def offer(self):
        """What the draft says, or else what was proposed, or else the fiche; or what was just typed."""
        return self._offer_of(self.request.POST if self.request.method == "POST" else None)

    def _offer_of(self, data):
        initial = self._initial()
        if self.draft:
            initial |= drafts.initial_of(self.draft, self.form_class)
        sent = () if data is None else (data, self.request.FILES)
        form = self.form_class(*sent, initial=initial)
        if self.pending and self.pending.referent.user.is_active:
            # Who decides is settled by then: it may have been passed on to a colleague.
            form.fields.pop("referent", None)
        return form

    @cached_property
    def clients(self):
        """The rows of clients, likewise."""
        return self._clients_of(self.request.POST if self.request.method == "POST" else None)

    def _clients_of(self, data):
        return ServedClientFormSet(data, prefix="clients", initial=self._kept_clients)

    @property
    def _kept_clients(self):
        if self.draft:
            return drafts.clients_of(self.draft)
        return self.pending.served_clients if self.pending else []

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
            initial |= {"consents": self.pending.consents, "word_to_referent": self.pending.word_to_referent}
            # How the names are written was asked before they were sent.
            return initial | {"names": "typed", "names_asked": self.pending.name}
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

    def page(self, trouble=None, status=200):
        """The form; `trouble` is what the last click couldn't do."""
        at = (self.request.POST or self.request.GET).get(PART, "")
        differing = [difference.name for difference in trouble.differences] if trouble else []
        progress = progress_of(
            self.offer,
            self.clients,
            at=at,
            found_again=self.draft is not None and self.pending is None,
            to_correct=self.offer.is_bound,
            to_compare=differing,
        )
        context = {
            "form": self.offer,
            "clients": self.clients,
            "fiche": self.fiche,
            "pending": self.pending,
            "email": self.email,
            "draft": self.draft,
            "seen": self._version,
            "trouble": trouble,
            "has_errors": self._has_errors,
            "is_found_again": self.draft is not None and not self.offer.is_bound and not self.unsent,
            "not_sent_yet": self.not_sent_yet if self.unsent and not self.offer.is_bound else "",
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

    def answer(self):
        """What a click does: save and go elsewhere, or send; nothing to what was saved or sent from another page."""
        try:
            return self._answer()
        except Stale:
            # It was at this very instant.
            return Writing(self.request, self.email)._answer()  # noqa: SLF001

    def _answer(self):
        if unseen := self._unseen():
            return self._tell_unseen(unseen)
        if self.correcting and not self.means_to_correct:
            return redirect(links.LISTING_STATUS.path(self.pending))
        going = self.request.POST.get("aller")
        return self.leave(going) if going else self.send()

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
        if self._has_errors:
            return self.page(SAVED_NOT_RIGHT)
        return redirect(form_url(correcting=self.means_to_correct, part=going if going in KEYS else ""))

    def send(self):
        """Save, and send what is right, or say what isn't."""
        is_valid = self._save()
        if self.means_to_correct and not self.correcting:
            return self._overtaken(self._last_outcome())
        if not is_valid:
            return self.page(self._not_sent)
        if not allow(scope="referencing-form", sender=self.email, limit=SENDINGS_PER_ADDRESS, window=HOUR):
            self.offer.add_error(None, TOO_MANY_SENDINGS)
            return self.page(self._not_sent, status=429)
        try:
            return redirect(links.LISTING_STATUS.path(self._send()))
        except AlreadyDecided as refusal:
            return self._overtaken(str(refusal))

    def _save(self):
        """Keep what was typed.

        Returns:
            bool: whether it could be sent.

        Raises:
            Stale: another page saved or sent at this very instant.
        """
        is_valid = all([self.offer.is_valid(), self.clients.is_valid()])
        self.draft = drafts.save(self.email, self.offer, self.request.POST, over=self.draft)
        return is_valid

    def _overtaken(self, outcome):
        """Someone decided meanwhile: say what, and lose nothing."""
        self.offer.add_error(None, f"{outcome} {KEPT}".strip())
        return self.page(self._not_sent, status=409)

    def _last_outcome(self):
        last = ListingRequest.objects.with_address(self.email).select_related("decided_by__referent").first()
        return last.outcome if last else ""

    @property
    def _has_errors(self):
        return bool(self.offer.errors or self.clients.total_error_count())

    @property
    def _not_sent(self):
        if self.means_to_correct:
            return Trouble("Votre correction n’est pas encore partie", NOT_SENT)
        if self.pending:
            return Trouble("Vos compléments ne sont pas encore partis", NOT_SENT)
        return Trouble("Votre demande n’est pas encore partie", NOT_SENT)

    # --- Two pages that write over each other -----------------------------------------------------------------------

    @property
    def _version(self):
        """What a page gives back as `seen`: the draft and the request as they stand when it is shown."""
        return " ".join(row.version for row in (self.draft, self.pending) if row) or NOTHING

    def _unseen(self):
        """Where what was saved or sent since the page was shown says otherwise; what is gone is written over freely."""
        seen = self.request.POST.get("seen", "").split()
        if not seen or set(seen) >= set(self._version.split()) - {NOTHING} or self._says_what_was_sent():
            return []
        kept, here = {}, {}
        for field in self.offer:
            if field.name != "photo":
                kept[field.name], here[field.name] = field.initial, field.data
        kept["served_clients"] = self._kept_clients
        here["served_clients"] = drafts.clients_in(self.request.POST)
        return differences(kept, here) + self._photo_to_choose_again()

    def _says_what_was_sent(self):
        """Whether it is the second of two clicks, when the first has sent the request."""
        if not (self.correcting and self.draft is None and self.offer.is_valid() and self.clients.is_valid()):
            return False
        return not differences(content_of(self.pending), self._said())

    def _photo_to_choose_again(self):
        """The photo that comes with this click, when there is another; beside a draft without any, it is kept."""
        self.offer.is_valid()
        photo = self.offer.cleaned_data.get("photo")
        if not photo or (self.draft and drafts.keeps_photo(self.draft, photo)):
            return []
        there = self.row_with_photo is not None
        return [Difference("photo", label_of("photo"), "Une autre photo" if there else "", PHOTO_HERE)]

    def _tell_unseen(self, unseen):
        """Say where the two differ, and save nothing; the next click does. What is empty here isn't emptied there."""
        data = self.request.POST.copy()
        kept = {field.name: field.initial for field in self.offer} | {"served_clients": self._kept_clients}
        for difference in unseen:
            if difference.name != "photo" and drafts.take_back(data, difference.name, kept[difference.name]):
                difference.after = difference.after or TAKEN_BACK
        self.offer, self.clients = self._offer_of(data), self._clients_of(data)
        # What is wrong is for the next click to say.
        for form in (self.offer, *self.clients):
            form.errors.clear()
        self.clients.non_form_errors().clear()
        when = moment(self.draft.saved_at if self.draft else self.pending.written_at)
        done = "enregistré" if self.draft else "envoyé"
        trouble = Trouble(
            f"Vous avez {done} depuis une autre fenêtre",
            f"C’était le {when}, après l’ouverture de cette page : rien d’ici n’est encore enregistré ni envoyé. "
            "Tout ce que vous y avez tapé est là. Comparez, corrigez s’il le faut : le prochain clic le gardera à la "
            "place de l’autre version.",
            unseen,
        )
        return self.page(trouble, status=409)

    # --- Sending ----------------------------------------------------------------------------------------------------

    def _said(self):
        """What the form says, once right, as `differences.content_of` has it, without the photo."""
        return self._who | keyed(self._content())

    @property
    def _who(self):
        """A fiche says by itself who it is about; without one, the form does."""
        return {name: getattr(self.fiche, name) if self.fiche else self.offer.cleaned_data[name] for name in WHO}

    def _content(self):
        return self.offer.content(self.clients.served_clients())

    @transaction.atomic
    def _send(self):
        """Send what is written, or correct what was sent; the draft goes with it.

        A fiche says by itself who it is about; without one, the form does.
        """
        said, fiche, who, content = self.offer.cleaned_data, self.fiche, self._who, self._content()
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
