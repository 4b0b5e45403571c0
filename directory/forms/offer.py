"""What someone offers, as they would have it on their fiche."""

from django import forms

from directory.forms.cpv import MOST_CPV_CODES, CpvCodesField, cpv_choices
from directory.forms.folded import FoldedChoiceField
from directory.forms.places import departments_by_region
from directory.models import CpvCode, Skill

from .text import Textarea

MOST_SKILLS = 20


class OfferForm(forms.Form):
    """The offer, the skills and where one works, with a word to who will read it."""

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
        widget=Textarea(attrs={"rows": 10}),
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
    word_to_referent = forms.CharField(
        label="Un mot à votre référent",
        max_length=2000,
        required=False,
        help_text="Ce qu’il lui est utile de savoir. Le public ne le lit pas.",
        widget=Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nationwide"].needed = "ou au moins un département"
        self.fields["departments"].needed = "si ce n’est pas toute la France"
        listed = cpv_choices()
        self.fields["cpv_codes"].queryset = listed
        divisions = {code.code[:2]: code.label for code in listed if code.code.endswith("000000")}
        self.fields["cpv_codes"].group_of = lambda code: divisions.get(code.code[:2], code.code[:2])
        not_shown = set(self.initial.get("cpv_codes", [])) - {code.pk for code in listed}
        self.initial.setdefault("typed_cpv_codes", ", ".join(sorted(str(code) for code in not_shown)))

    def clean(self):
        data = super().clean()
        if not data.get("nationwide") and not data.get("departments") and "departments" not in self.errors:
            nowhere = "Dites où vous intervenez : toute la France, ou au moins un département."
            self.add_error("departments", forms.ValidationError(nowhere, code="required"))
        codes = {*data.get("cpv_codes", []), *data.get("typed_cpv_codes", [])}
        if len(codes) > MOST_CPV_CODES:
            self.add_error("typed_cpv_codes", f"Gardez {MOST_CPV_CODES} codes CPV au plus, en tout.")
        return data

    def offer(self):
        """What is offered, as a fiche has it: codes ticked and typed, no department beside the whole country."""
        data = self.cleaned_data
        return {
            "headline": data["headline"],
            "public_offer": data["public_offer"],
            "skills": data["skills"],
            "cpv_codes": {*data["cpv_codes"], *data["typed_cpv_codes"]},
            "nationwide": data["nationwide"],
            "departments": [] if data["nationwide"] else data.get("departments", []),
        }
