"""Coming in by a mailed link: an address is typed, a link is mailed to it, and one click uses the link up."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse

from crealead.middleware import client_address
from crealead.rate_limit import allow
from directory.models import AccessLink

from . import tasks
from .dead_links import dead_link
from .forms import AddressForm
from .links import SignedLink, with_suite

HOUR = timedelta(hours=1)
# Whoever writes on a phone, and is interrupted, asks for one at each return.
LINKS_PER_ADDRESS = 12
LINKS_PER_SENDER = 20
TOO_MANY_LINKS = (
    "Plusieurs liens viennent d’être demandés d’ici ou pour cette adresse. Regardez votre boîte, et le dossier des "
    "indésirables ; sinon, réessayez dans une heure."
)


@dataclass(frozen=True, kw_only=True)
class Door:
    """A way in, the same for all but what is said here. Its pages are shown by the views of a capability.

    Attributes:
        room: the namespace of its URLs « start », « sent » and « link », and the folder of their templates.
        link: the kind of link that it mails.
        mail: the mail that brings a member their link, with its `url` and the `member`.
        mail_to_stranger: the same, to an address that no member has.
        scope: what its rate limits are counted under.
        help_text: what the address is asked for.
    """

    room: str
    link: SignedLink
    mail: str
    mail_to_stranger: str
    scope: str
    help_text: str

    def start(self, request, *, then=""):
        """Take an address and answer the same, whether it is known or not; `then` is the path to go to once in."""
        form = AddressForm(request.POST if request.method == "POST" else None, help_text=self.help_text)
        status = 200
        if form.is_valid():
            email, is_program = form.cleaned_data["email"], bool(form.cleaned_data["trap"])
            if is_program or self._may_send(request, email):
                if not is_program:
                    # By the worker: to look up whose it is would take longer for a known address.
                    tasks.mail_access_link.defer(
                        email=email, page=self.link.page, then=then, mail=self.mail, stranger_mail=self.mail_to_stranger
                    )
                return redirect(self._url("sent", then))
            form.add_error(None, TOO_MANY_LINKS)
            status = 429
        return render(request, f"{self.room}/start.html", {"form": form, "suite": then}, status=status)

    def sent(self, request, *, then=""):
        return render(request, f"{self.room}/sent.html", {"again_url": self._url("start", then)})

    def open(self, request, token, *, enter, then=""):
        """Show a button, since programs that check mails follow links; only its click uses the link up.

        `enter` takes the request and the address that was proved, and answers it; or None, when that opens nothing.
        """
        pk = self.link.key(token)
        if pk is None:
            return self._dead_link(request, then, is_forged=True)
        if request.method == "POST":
            if response := self._use_up(request, pk, enter):
                return response
        elif AccessLink.objects.usable().filter(pk=pk).exists():
            return render(request, f"{self.room}/link.html")
        return self._dead_link(request, then)

    @staticmethod
    @transaction.atomic
    def _use_up(request, pk, enter):
        """With what it opens, in one transaction: a click that nothing answers uses nothing up."""
        email = AccessLink.objects.use_up(pk)
        response = enter(request, email) if email else None
        if request.session.modified:
            # Django would write it later.
            request.session.save()
        return response

    def _may_send(self, request, email):
        """A sender who asks too much uses up nobody else's share."""
        return allow(
            scope=f"{self.scope}-sender", sender=client_address(request), limit=LINKS_PER_SENDER, window=HOUR
        ) and allow(scope=f"{self.scope}-address", sender=email, limit=LINKS_PER_ADDRESS, window=HOUR)

    def _dead_link(self, request, then, *, is_forged=False):
        url = self._url("start", then)
        return dead_link(request, f"{self.room}/dead_link.html", is_forged=is_forged, again_url=url)

    def _url(self, page, then):
        return with_suite(reverse(f"{self.room}:{page}"), then)
