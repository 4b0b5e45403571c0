"""Accounts, groups and locks of the login: administrators only."""

from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from procrastinate.contrib.django import admin as jobs_admin

from .roles import ForAdministrators

# Pages that the parts register when they are imported, as above: replaced below, or left out (the queue would show the
# words of mails, the other two logs repeat the attempts).
for model in (User, Group, AccessAttempt, AccessFailureLog, AccessLog, jobs_admin.models.ProcrastinateJob):
    admin.site.unregister(model)


class WithAddress(forms.ModelForm):
    """Mixin of the forms of an account: it has an address, and no other open account has it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = "Un compte sans adresse ne peut pas être prévenu."

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
class AccountAdmin(ForAdministrators, UserAdmin):
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


@admin.register(Group)
class RoleAdmin(ForAdministrators, GroupAdmin):
    pass


@admin.register(AccessAttempt)
class LoginAttemptAdmin(ForAdministrators, AccessAttemptAdmin):
    """Deleting a line unlocks that login at once."""
