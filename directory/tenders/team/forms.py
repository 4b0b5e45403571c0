"""Who is asked into a team, as what, and what they answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from directory.forms.days import DayInput
from directory.forms.text import Textarea
from directory.models import CoEntrepreneur, TeamMember

Role, State = TeamMember.Role, TeamMember.State
NO_ROLE = {"required": "Choisissez un rôle dans l’équipe."}


class SeatChoiceField(forms.ChoiceField):
    """One of the seats that a stand-in may replace, or none: the whole team's. Reads no row."""

    def __init__(self):
        super().__init__(label="Supplée", required=False, help_text="Pour un suppléant seulement.")
        self.seats = {}

    def offer(self, seats):
        self.seats = {str(seat.pk): seat for seat in seats if seat.role != Role.STAND_IN}
        names = [(pk, seat.co_entrepreneur.name) for pk, seat in self.seats.items()]
        self.choices = [("", "Toute l’équipe"), *names]

    def prepare_value(self, value):
        return value.pk if isinstance(value, TeamMember) else value

    def clean(self, value):
        return self.seats.get(super().clean(value))


class InviteForm(forms.Form):
    """Who is asked in, and as what. The role of lead is offered when nobody has it."""

    co_entrepreneur = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(),
        label="Qui",
        empty_label="Choisissez",
        error_messages={
            "required": "Qui invitez-vous ?",
            "invalid_choice": "Cette personne est déjà dans l’équipe, ou n’est plus au catalogue.",
        },
    )
    role = forms.ChoiceField(label="Rôle", choices=Role, error_messages=NO_ROLE)
    mission = forms.CharField(
        label="Mission", max_length=200, required=False, help_text="Ce que la personne ferait, en une phrase."
    )
    stands_in_for = SeatChoiceField()
    answer_by = forms.DateField(
        label="Réponse souhaitée le",
        required=False,
        widget=DayInput,
        error_messages={"invalid": "Écrivez une date : 31/12/2026."},
    )
    message = forms.CharField(
        label="Votre message",
        max_length=1000,
        required=False,
        help_text="Quelques mots : pourquoi cette personne, ce que vous attendez d’elle.",
        widget=Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, seats, deadline, **kwargs):
        super().__init__(*args, **kwargs)
        self.deadline = deadline
        there = [seat for seat in seats if seat.state != State.DECLINED]
        invited = [seat.co_entrepreneur_id for seat in seats]
        accepted = [seat.co_entrepreneur_id for seat in seats if seat.state == State.ACCEPTED]
        listed = CoEntrepreneur.objects.published().values("pk")
        self.fields["co_entrepreneur"].queryset = (
            CoEntrepreneur.objects.present().filter(Q(pk__in=listed) | Q(pk__in=invited)).exclude(pk__in=accepted)
        )
        self.fields["role"].choices = _roles(has_lead=any(seat.role == Role.LEAD for seat in there))
        self.fields["stands_in_for"].offer(there)

    def clean_answer_by(self):
        day = self.cleaned_data["answer_by"]
        if day and day < timezone.localdate():
            raise ValidationError("Cette date est déjà passée.")
        if day and day > timezone.localdate(self.deadline):
            raise ValidationError("C’est après la date limite de remise des offres.")
        return day


class SeatForm(forms.Form):
    """What someone does in the team."""

    role = forms.ChoiceField(label="Rôle", choices=Role, error_messages=NO_ROLE)
    mission = forms.CharField(label="Mission", max_length=200, required=False)
    stands_in_for = SeatChoiceField()

    def __init__(self, *args, seat, seats, **kwargs):
        initial = {name: getattr(seat, name) for name in ("role", "mission", "stands_in_for")}
        super().__init__(*args, initial=initial, prefix=f"place-{seat.pk}", **kwargs)
        # One leads once one is in; who leads hands over by naming another.
        self.fields["role"].choices = _roles(has_lead=seat.state != State.ACCEPTED)
        if seat.role == Role.LEAD:
            self.fields["role"].choices = [(Role.LEAD.value, Role.LEAD.label)]
        self.fields["stands_in_for"].offer(
            [other for other in seats if other.state != State.DECLINED and other.pk != seat.pk]
        )


class InvitationForm(forms.Form):
    """What someone invited answers, by one of two buttons."""

    answer = forms.ChoiceField(
        choices=[("accept", "J’accepte"), ("decline", "Je décline")],
        error_messages={"required": "Dites si vous acceptez ou si vous déclinez."},
    )
    word = forms.CharField(
        label="Un mot pour le pilote",
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )


def _roles(*, has_lead):
    return [(role.value, role.label) for role in Role if role != Role.LEAD or not has_lead]
