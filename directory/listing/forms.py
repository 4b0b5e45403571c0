"""What a co-entrepreneur fills in to be listed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.forms.cpv import MOST_CPV_CODES, CpvCodesField, cpv_choices
from directory.forms.folded import FoldedChoiceField
from directory.forms.places import departments_by_region
from directory.models import CpvCode, PublicClient, Referent, Skill
from directory.models.consent import CONSENT_TEXTS

MOST_SKILLS = 20
SERVED_CLIENTS = 5
FIRST_YEAR = 1980


class RequestForm(forms.Form):
    """What is proposed for a fiche that has a référent."""

    headline = forms.CharField(
        label="Votre accroche",
        max_length=140,
        help_text="Ce que vous faites, en une phrase. 140 caractères au plus.",
        error_messages={"required": "Écrivez votre accroche, en une phrase."},
    )
    public_offer = forms.CharField(
        label="Ce que votre offre apporte à un client public",
        max_length=3000,
        help_text="À qui vous adressez-vous ? Que faites-vous, concrètement ? Qu’est-ce qui change après votre "
        "passage ? 3 000 caractères au plus.",
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Écrivez ce que votre offre apporte à un client public."},
    )
    skills = FoldedChoiceField(
        Skill.objects.select_related("domain").order_by("domain__position", "domain__name", "name__unaccent", "pk"),
        group_of=lambda skill: skill.domain.name,
        most=MOST_SKILLS,
        label="Vos compétences et savoir-faire",
        help_text=f"Ouvrez un domaine et cochez ce que vous savez faire, {MOST_SKILLS} au plus.",
        error_messages={
            "required": "Cochez au moins une compétence : c’est par elles que les acheteurs vous trouvent."
        },
    )
    cpv_codes = FoldedChoiceField(
        CpvCode.objects.none(),
        group_of=lambda code: code.code[:2],
        most=MOST_CPV_CODES,
        required=False,
        label="Vos codes CPV",
        help_text="Les acheteurs publics classent leurs achats avec ces codes européens. Choisissez le plus précis "
        "qui vous convienne ; dans le doute, laissez votre référent compléter.",
    )
    typed_cpv_codes = CpvCodesField(
        label="D’autres codes CPV, si vous les connaissez",
        max_length=400,
        required=False,
        help_text="Par exemple : 80511000-9, 79822500.",
    )
    nationwide = forms.BooleanField(label="J’interviens dans toute la France", required=False)
    departments = FoldedChoiceField(
        departments_by_region(),
        group_of=lambda department: department.region.name,
        most=200,
        required=False,
        label="Ou dans ces départements",
    )
    consents = forms.MultipleChoiceField(
        choices=list(CONSENT_TEXTS.items()),
        required=False,
        label="Ce que vous acceptez de montrer",
        help_text="Rien n’est obligatoire, et chaque accord se retire quand vous voulez. Votre adresse électronique "
        "n’est jamais montrée.",
        widget=forms.CheckboxSelectMultiple,
    )
    word_to_referent = forms.CharField(
        label="Un mot à votre référent",
        max_length=2000,
        required=False,
        help_text="Ce qu’il lui est utile de savoir. Le public ne le lit pas.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        listed = cpv_choices()
        self.fields["cpv_codes"].queryset = listed
        divisions = {code.code[:2]: code.label for code in listed if code.code.endswith("000000")}
        self.fields["cpv_codes"].group_of = lambda code: divisions.get(code.code[:2], code.code[:2])
        not_shown = set(self.initial.get("cpv_codes", [])) - {code.pk for code in listed}
        self.initial["typed_cpv_codes"] = ", ".join(sorted(not_shown))

    def clean(self):
        data = super().clean()
        if not data.get("nationwide") and not data.get("departments") and "departments" not in self.errors:
            self.add_error("departments", "Dites où vous intervenez : toute la France, ou au moins un département.")
        codes = {*data.get("cpv_codes", []), *data.get("typed_cpv_codes", [])}
        if len(codes) > MOST_CPV_CODES:
            self.add_error("typed_cpv_codes", f"Gardez {MOST_CPV_CODES} codes CPV au plus, en tout.")
        return data

    def content(self, served_clients):
        """What `actions.submit` expects."""
        data = self.cleaned_data
        return {
            "headline": data["headline"],
            "public_offer": data["public_offer"],
            "skills": data["skills"],
            "cpv_codes": {*data["cpv_codes"], *data["typed_cpv_codes"]},
            "nationwide": data["nationwide"],
            "departments": [] if data["nationwide"] else data["departments"],
            "served_clients": served_clients,
            "consents": data["consents"],
            "word_to_referent": data["word_to_referent"],
        }


class RequestWithReferentForm(RequestForm):
    """The same, for a fiche that no référent follows yet."""

    referent = forms.ModelChoiceField(
        Referent.objects.filter(user__is_active=True),
        label="Votre référent",
        empty_label="Choisissez",
        help_text="La personne de la coopérative qui suit votre parcours.",
        error_messages={"required": "Choisissez votre référent."},
    )


class RequestWithoutFicheForm(RequestWithReferentForm):
    """The same, for an address that the cooperative doesn't know: it says who writes."""

    first_name = forms.CharField(
        label="Votre prénom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Écrivez votre prénom."},
    )
    last_name = forms.CharField(
        label="Votre nom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Écrivez votre nom."},
    )
    trade_name = forms.CharField(
        label="Votre marque",
        max_length=120,
        required=False,
        help_text="Le nom commercial sous lequel vous travaillez.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class ServedClientForm(forms.Form):
    """A public client already served: all of a row, or nothing of it."""

    name = forms.CharField(label="Nom du client", max_length=200, error_messages={"required": "Qui est ce client ?"})
    type = forms.ChoiceField(
        label="Type de client",
        choices=[("", "Choisissez"), *PublicClient.Type.choices],
        error_messages={"required": "Choisissez le type de ce client."},
    )
    subject = forms.CharField(
        label="Ce que vous avez fait",
        max_length=200,
        error_messages={"required": "Dites en quelques mots ce que vous avez fait."},
    )
    year = forms.IntegerField(
        label="Année",
        min_value=FIRST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "En quelle année ?", "invalid": "Une année s’écrit en chiffres : 2024."},
    )

    def has_changed(self):
        """Whether anything stands in the row: one that was emptied is left out, whatever it held before."""
        return any(field.data for field in self)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year > timezone.localdate().year:
            raise ValidationError("Cette année est à venir.")
        return year


class ServedClientFormSet(
    forms.formset_factory(
        ServedClientForm, extra=SERVED_CLIENTS, max_num=SERVED_CLIENTS, absolute_max=SERVED_CLIENTS, validate_max=True
    )
):
    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def served_clients(self):
        """The rows filled in, as `ListingRequest.served_clients` keeps them."""
        return [row.cleaned_data for row in self.forms if row.has_changed()]
