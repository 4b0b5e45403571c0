"""Choosing a password by a mailed link, forgotten or for the first time: Django's own views, in our words."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import views
from django.urls import reverse_lazy

from crealead.middleware import client_address
from crealead.rate_limit import allow
from directory.accounts.tasks import mail_password_link
from directory.doors.forms import AddressForm
from directory.rights import accounts_with_role

HOUR = timedelta(hours=1)
LINKS_PER_ADDRESS = 5
LINKS_PER_SENDER = 20
TOO_MANY_LINKS = (
    "Plusieurs liens viennent d’être demandés d’ici ou pour cette adresse. Regardez votre boîte, et le dossier des "
    "indésirables ; sinon, réessayez dans une heure."
)


class PasswordLinkView(views.PasswordResetView):
    """Take an address, and answer the same whether an account has it or not."""

    title = "Mot de passe oublié"
    form_class = AddressForm
    template_name = "admin/password_link.html"
    success_url = reverse_lazy("admin:password_reset_done")

    def get_form(self, form_class=None):
        return AddressForm(self.request.POST or None, help_text="Celle que l’administration a mise sur votre compte.")

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        by_sender = allow(
            scope="password-link-ip", sender=client_address(self.request), limit=LINKS_PER_SENDER, window=HOUR
        )
        if not (by_sender and allow(scope="password-link", sender=email, limit=LINKS_PER_ADDRESS, window=HOUR)):
            form.add_error(None, TOO_MANY_LINKS)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        mail_password_link.defer(email=email)
        return views.FormView.form_valid(self, form)


class PasswordLinkSentView(views.PasswordResetDoneView):
    title = "Regardez votre boîte"
    template_name = "admin/password_link_sent.html"


class PasswordChoiceView(views.PasswordResetConfirmView):
    """The new password, and one is in."""

    title = "Choisir un mot de passe"
    template_name = "admin/password_choice.html"
    success_url = reverse_lazy("admin:index")
    post_reset_login = True
    post_reset_login_backend = "crealead.sign_in.UsernameOrAddressBackend"

    def get_user(self, uidb64):
        """The account, as long as it is open to the back office."""
        user = super().get_user(uidb64)
        return accounts_with_role().filter(pk=user.pk).first() if user else None

    def form_valid(self, form):
        response = super().form_valid(form)
        messages.success(self.request, "Votre mot de passe est enregistré, et vous êtes dans l’espace des référents.")
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"title": self.title if self.validlink else "Lien périmé"}
