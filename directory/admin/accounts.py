"""Accounts, groups and locks of the login: administrators only."""

from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import EmailField
from procrastinate.contrib.django import admin as jobs_admin

from crealead import addresses

from .roles import ForAdministrators

# Pages that the parts register when they are imported, as above: replaced below, or left out (the queue would show the
# words of mails, the other two logs repeat the attempts).
for model in (User, Group, AccessAttempt, AccessFailureLog, AccessLog, jobs_admin.models.ProcrastinateJob):
    admin.site.unregister(model)


@admin.register(User)
class AccountAdmin(ForAdministrators, UserAdmin):
    list_display = ["username", "last_name", "first_name", "email", "is_staff", "is_superuser", "is_active"]
    # The model is Django's: its form at least asks for an address as all of ours do.
    formfield_overrides = {EmailField: {"form_class": addresses.EmailField}}


@admin.register(Group)
class RoleAdmin(ForAdministrators, GroupAdmin):
    pass


@admin.register(AccessAttempt)
class LoginAttemptAdmin(ForAdministrators, AccessAttemptAdmin):
    """Deleting a line unlocks that login at once."""
