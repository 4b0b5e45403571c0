from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from crealead.addresses import EmailField
from directory.accounts import actions
from directory.forms.names import NamesForm
from directory.models import Referent
from directory.privacy.vocabulary import Sought

from .confirmation import ConfirmedFirst
from .erasing import ErasesPeople
from .names import question_name
from .roles import ForAdministrators


class NewReferentForm(NamesForm, forms.ModelForm):
    """All that makes a référent, account included."""

    unsure = "dites comment ce nom s’écrit, les co-entrepreneurs le liront."

    first_name = forms.CharField(label="Prénom", max_length=50, error_messages={"required": "Écrivez le prénom."})
    last_name = forms.CharField(label="Nom", max_length=60, error_messages={"required": "Écrivez le nom."})
    email = EmailField(
        label="Adresse électronique",
        max_length=254,
        help_text="L’invitation à choisir un mot de passe y part tout de suite, et les demandes y arrivent.",
        error_messages={"required": "Sans adresse, cette personne ne peut ni entrer ni être prévenue."},
    )

    class Meta:
        model = Referent
        fields = ["phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["names"].widget = forms.HiddenInput()

    def _ask(self, typed, meant):
        self.fields["names"].widget = forms.RadioSelect()
        super()._ask(typed, meant)

    def clean_email(self):
        """Refuse an address that opens something else; that of an account which can become a référent's is right."""
        email = self.cleaned_data["email"]
        users = list(get_user_model().objects.filter(email__iexact=email).select_related("referent")[:2])
        if len(users) > 1:
            raise ValidationError("Plusieurs comptes portent cette adresse : corrigez-les d’abord.")
        for user in users:
            if referent := getattr(user, "referent", None):
                raise ValidationError(f"Cette adresse est celle de {referent}, qui est déjà référent.")
            if not user.is_active:
                raise ValidationError(f"Le compte {user} porte cette adresse, et il est fermé : rouvrez-le d’abord.")
        return email


@admin.register(Referent)
class ReferentAdmin(ErasesPeople, ConfirmedFirst, ForAdministrators, admin.ModelAdmin):
    list_display = ["name", "address", "phone", "state", "followed", "listed"]
    list_select_related = ["user"]
    search_fields = ["name__unaccent", "user__username", "user__email"]
    add_title = "Nouveau référent"
    actions = ["invite_again"]

    def get_queryset(self, request):
        referents = super().get_queryset(request)
        # Said again: a count forgets the order of the model.
        return referents.order_by(*referents.model._meta.ordering).annotate(
            followed_count=Count("co_entrepreneurs"),
            listed_count=Count("co_entrepreneurs", filter=Q(co_entrepreneurs__client_public=True)),
        )

    def get_search_results(self, request, queryset, search_term):
        """The fields that choose a référent offer those one may turn to."""
        referents, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if request.resolver_match.url_name == "autocomplete":
            referents = referents.active()
        return referents, may_have_duplicates

    def sought_of(self, rows):
        return Sought(accounts=tuple(referent.user_id for referent in rows))

    # --- The form ---------------------------------------------------------------------------------------------------

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewReferentForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        new = ["first_name", "last_name", "names", "names_asked", "email", "phone"]
        fields = ["name", "phone", "account"] if obj else new
        return [(None, {"fields": fields})]

    def get_readonly_fields(self, request, obj=None):
        return ["account"] if obj else []

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            question_name(self, request, form, *obj.name.partition(" ")[::2])
            return
        said = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "email")}
        referent = actions.invite_referent(**said, phone=obj.phone, by=request.user)
        obj.pk, obj.user, obj.name = referent.pk, referent.user, referent.name

    def response_add(self, request, obj, post_url_continue=None):
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        self.message_user(request, f"{obj.name} : invitation envoyée à {obj.email}.", messages.SUCCESS)
        another = "_addanother" in request.POST
        return HttpResponseRedirect(request.path if another else reverse("admin:directory_referent_changelist"))

    @admin.display(description="compte")
    def account(self, referent):
        url = reverse("admin:auth_user_change", args=[referent.user_id])
        return format_html('<a href="{}">{}</a>, {}', url, referent.user, referent.email or "sans adresse")

    # --- The list ---------------------------------------------------------------------------------------------------

    @admin.display(description="adresse", ordering="user__email")
    def address(self, referent):
        return referent.email or format_html('<span class="late">{}</span>', "Aucune : à compléter")

    @admin.display(description="compte", ordering="user__last_login")
    def state(self, referent):
        if not referent.user.is_active:
            return "Fermé"
        return "Ouvert" if referent.user.last_login else "Jamais venu"

    @admin.display(description="co-entrepreneurs suivis", ordering="followed_count")
    def followed(self, referent):
        return referent.followed_count

    @admin.display(description="dont référencés", ordering="listed_count")
    def listed(self, referent):
        return referent.listed_count

    @admin.action(description="Envoyer de nouveau l’invitation", permissions=["change"])
    def invite_again(self, request, queryset):
        for referent in queryset.select_related("user"):
            if referent.user.last_login:
                sentence, level = f"{referent} est déjà venu : rien n’est envoyé.", messages.WARNING
            elif not Referent.objects.active().filter(pk=referent.pk).exists():
                sentence, level = (
                    f"{referent} : compte fermé ou sans adresse, rien n’est envoyé.",
                    messages.ERROR,
                )
            else:
                actions.invite_again(referent=referent, by=request.user)
                sentence, level = f"{referent} : invitation envoyée à {referent.email}.", messages.SUCCESS
            self.message_user(request, sentence, level)
