"""Which client: one of the shared directory when it is there, under whatever name, or a new one."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from stdnum.fr import siret

from crealead.words import plain
from directory.models import Department, PublicClient
from directory.models.public_client import validate_siret

NEW = "nouveau"
# What says who a new one is.
OF_NEW = ("client_type", "client_department", "client_siret")
# Under so many letters, everything looks like everything.
FEWEST_LETTERS = 3


def near_clients(name):
    """The clients of the directory that a name, or its beginning, may mean; the nearest first."""
    name = " ".join(name.replace("\0", " ").split())[:200]
    clients = PublicClient.objects.select_related("department")
    return list(clients.near(name) if len(name) >= FEWEST_LETTERS else clients.filter(name__iexact=name))


def described(client):
    """A client as it is told from others of the same name."""
    where = f", {client.department}" if client.department else ""
    number = f", SIRET {siret.format(client.siret, ' ')}" if client.siret else ""
    return f"{client.name} ({client.get_type_display()}{where}{number})"


def departments():
    return [(department.pk, str(department)) for department in Department.objects.all()]


class ClientForm(forms.Form):
    """A client by its name; when the directory holds near ones, the person says whether it is one of them.

    Args:
        client: the present one, or None.

    Attributes:
        chosen: once valid, the client: one of the directory, or a new one that isn't saved.
    """

    client_name = forms.CharField(
        label="Client public",
        max_length=200,
        help_text="Tapez son nom : s’il est déjà dans notre annuaire, il vous sera proposé.",
        error_messages={"required": "Pour quel client public ?"},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "size": 60,
                "placeholder": " ",
                "hx-get": reverse_lazy("references:near_clients"),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#clients-proches",
            }
        ),
    )
    # The name that the choices below were proposed for: with another one, they mean nothing.
    client_asked = forms.CharField(required=False, widget=forms.HiddenInput)
    client = forms.ChoiceField(
        label="Est-ce l’un de ceux-ci ?",
        required=False,
        # Where it is asked, it has to be answered.
        widget=forms.RadioSelect(attrs={"required": True}),
        error_messages={"invalid_choice": "Choisissez parmi les clients proposés."},
    )
    client_type = forms.ChoiceField(
        label="Type de client", required=False, choices=[("", "Choisissez"), *PublicClient.Type.choices]
    )
    client_department = forms.ChoiceField(
        label="Département", required=False, choices=lambda: [("", "Choisissez"), *departments()]
    )
    client_siret = forms.CharField(
        label="SIRET",
        required=False,
        max_length=30,
        help_text="14 chiffres. Il se trouve sur le marché, le bon de commande ou le mandat.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, data=None, *, client=None, initial=None):
        if client:
            initial = {"client_name": client.name, "client_asked": client.name, "client": client.pk}
        super().__init__(data, initial=initial)
        self.fields["client_type"].needed = "si le client est nouveau"
        self.present, self.chosen = client, None
        self.near = self._near()
        self.fields["client"].choices = [
            *((str(near.pk), described(near)) for near in self.near),
            (NEW, "C’est un autre, nouveau dans l’annuaire"),
        ]
        if not self.is_bound:
            self.initial.setdefault("client", self._obvious(self.name))
        elif str(self.data.get("client_asked", "")).strip() != self.name:
            self.data = {name: value for name, value in self.data.items() if name != "client"}

    @property
    def name(self):
        """The name as it stands in the field."""
        return str(self["client_name"].value() or "").strip()

    @property
    def near_told(self):
        """What is said aloud when near ones are proposed."""
        if len(self.near) == 1:
            return f"Un client de l’annuaire ressemble à ce nom : {self.near[0].name}. Dites sous le nom si c’est lui."
        return f"{len(self.near)} clients de l’annuaire ressemblent à ce nom : dites sous le nom si c’est l’un d’eux."

    @property
    def of_new(self):
        """The fields of a new client."""
        return [self[name] for name in OF_NEW]

    def clean_client_siret(self):
        typed = siret.compact(self.cleaned_data["client_siret"])
        if typed:
            validate_siret(typed)
        return typed

    def clean(self):
        data = super().clean()
        if "client_name" not in data or "client" in self.errors:
            return data
        choice = data["client"] or self._obvious(data["client_name"])
        if choice and choice != NEW:
            self.chosen = next(near for near in self.near if str(near.pk) == choice)
            self.data = dict(self.data.items()) | {"client": choice}
            # What says who a new one is serves no purpose: it can't be wrong.
            for name in OF_NEW:
                self.errors.pop(name, None)
        elif self.near and choice != NEW:
            self.add_error("client", "Dites si c’est l’un de ces clients, ou un autre.")
        else:
            self.chosen = self._new(data)
        return data

    def _near(self):
        """What the name looks like, what carries the SIRET that was typed, and the present client."""
        clients = {near.pk: near for near in near_clients(self.name)}
        typed = siret.compact(str(self.data.get("client_siret", ""))) if self.is_bound else ""
        if typed.isascii() and typed.isdecimal():
            clients |= {near.pk: near for near in PublicClient.objects.filter(siret=typed).select_related("department")}
        if self.present and flat(self.present.name) == flat(self.name):
            clients[self.present.pk] = self.present
        return list(clients.values())

    def _obvious(self, name):
        """The key of the only client that has this very name, if there is one."""
        same = [near for near in self.near if flat(near.name) == flat(name)]
        return str(same[0].pk) if len(same) == 1 else ""

    def _new(self, data):
        client = PublicClient(
            name=data["client_name"],
            type=data.get("client_type", ""),
            department_id=data.get("client_department") or None,
            siret=data.get("client_siret", ""),
        )
        if not client.type and "client_type" not in self.errors:
            self.add_error("client_type", "Choisissez le type de ce nouveau client.")
        if client.siret and (owner := next((near for near in self.near if near.siret == client.siret), None)):
            self.add_error("client_siret", f"Ce SIRET est celui de « {owner.name} » : choisissez ce client.")
        if not self.errors:
            try:
                client.full_clean()
            except ValidationError:
                self.add_error("client", "Ce client est déjà dans l’annuaire, sous ce nom et ce type : choisissez-le.")
        return client


def flat(text):
    """A name as two people would both write it, whatever the apostrophe."""
    return plain(text.replace("’", "'"))
