"""Accounts, groups and locks of the login: administrators only."""

from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.contrib.messages import success
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import EmailField
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django_otp.plugins.otp_totp.models import TOTPDevice
from procrastinate.contrib.django import admin as jobs_admin

from crealead import addresses
from directory.doors import second_factor
from directory.privacy.vocabulary import Sought

from .confirmation import ConfirmedFirst, confirmed_first
from .erasing import ErasesPeople
from .names import question_name
from .roles import ForAdministrators

# Pages that the parts register when they are imported, as above: replaced below, or left out (the queue would show the
# words of mails, the other two logs repeat the attempts, and the secret of an application is its owner's alone).
JOB = jobs_admin.models.ProcrastinateJob
for model in (User, Group, AccessAttempt, AccessFailureLog, AccessLog, JOB, TOTPDevice):
    admin.site.unregister(model)


class WithAddress(forms.ModelForm):
    """Mixin of the forms of an account: it has an address, and no other open account has it."""

    email = addresses.EmailField(
        label="Adresse électronique",
        max_length=254,
        error_messages={"required": "Un compte sans adresse ne peut pas être prévenu."},
    )

    def clean_email(self):
        email = self.cleaned_data["email"]
        others = User.objects.filter(email__iexact=email, is_active=True).exclude(pk=self.instance.pk)
        if "email" in self.changed_data and (other := others.first()):
            raise ValidationError(f"Le compte {other} porte déjà cette adresse.")
        return email


class NewAccountForm(WithAddress, AdminUserCreationForm):
    pass


class AccountForm(WithAddress, UserChangeForm):
    pass


@admin.register(User)
class AccountAdmin(ErasesPeople, ConfirmedFirst, ForAdministrators, UserAdmin):
    add_form = NewAccountForm
    form = AccountForm
    # A référent is made on a page of their own.
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "first_name", "last_name", "email", "usable_password", "password1", "password2"],
            },
        )
    ]
    list_display = ["username", "last_name", "first_name", "email", "is_staff", "is_superuser", "is_active"]
    # The model is Django's: its form at least asks for an address as all of ours do.
    formfield_overrides = {EmailField: {"form_class": addresses.EmailField}}
    readonly_fields = ["second_factor", "last_login", "date_joined"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, ("Second facteur", {"fields": ["second_factor"]})] if obj else fieldsets

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        question_name(self, request, form, obj.first_name, obj.last_name)

    def sought_of(self, rows):
        return Sought(accounts=tuple(account.pk for account in rows))

    def get_urls(self):
        view = self.admin_site.admin_view(self.reset_view)
        return [path("<int:pk>/second-facteur/", view, name="auth_user_second_factor"), *super().get_urls()]

    @method_decorator(confirmed_first(back="admin:auth_user_changelist"))
    def user_change_password(self, request, id, form_url=""):  # noqa: A002 - the name is Django's
        return super().user_change_password(request, id, form_url)

    @admin.display(description="ce qu’il a")
    def second_factor(self, account):
        factors = second_factor.factors_of(account)
        if not factors:
            return "Aucun"
        kinds = ["une application de codes"] if factors.application else []
        if factors.passkeys:
            kinds.append(f"{len(factors.passkeys)} clé{'s' if len(factors.passkeys) > 1 else ''} d’accès")
        kinds.append(f"codes à usage unique : {factors.codes_left}")
        url = reverse("admin:auth_user_second_factor", args=[account.pk])
        return format_html('{} – <a href="{}">remettre à zéro</a>', ", ".join(kinds), url)

    @method_decorator(confirmed_first(back="admin:auth_user_changelist"))
    def reset_view(self, request, pk):
        """Take away what someone has lost: they choose anew at their next sign-in. Their secret is on no page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        account = get_object_or_404(User, pk=pk)
        back = reverse("admin:auth_user_change", args=[account.pk])
        if request.method != "POST":
            context = self.admin_site.each_context(request)
            context |= {
                "title": "Remettre le second facteur à zéro",
                "opts": self.opts,
                "account": account,
                "back": back,
            }
            return TemplateResponse(request, "admin/second_factor/reset.html", context)
        with transaction.atomic():
            if second_factor.forget(account):
                second_factor.tell(account, "le second facteur n’est plus demandé", by=request.user)
                self.log_change(request, account, "Second facteur remis à zéro.")
        success(request, f"Le second facteur de {account} est remis à zéro.")
        return HttpResponseRedirect(back)


@admin.register(Group)
class RoleAdmin(ConfirmedFirst, ForAdministrators, GroupAdmin):
    pass


@admin.register(AccessAttempt)
class LoginAttemptAdmin(ForAdministrators, AccessAttemptAdmin):
    """Deleting a line unlocks that login at once."""
