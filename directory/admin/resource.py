"""The columns of fiches in a spreadsheet, the same out and in."""

from functools import cached_property

import pghistory
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.dateparse import parse_date
from import_export import resources, widgets
from import_export.fields import Field
from import_export.results import Result

from directory.decisions import Incomplete
from directory.listing import actions
from directory.listing.box import departure_sentence, foreseen
from directory.models import CoEntrepreneur, CpvCode, Department, ListingRequest, Referent, Skill
from directory.rights import follows

from .spreadsheet import LINE

YES = {"oui", "o", "x", "1", "vrai", "true"}
NO = {"non", "n", "0", "faux", "false"}


class TextWidget(widgets.CharWidget):
    def __init__(self):
        super().__init__(allow_blank=True)


class YesNoWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value or value.casefold() in NO:
            return False
        if value.casefold() in YES:
            return True
        raise ValueError(f"« {value} » : écrivez « oui » ou « non ».")

    def render(self, value, obj=None, **kwargs):
        return "oui" if value else "non"


class DayWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        day, _, rest = value.partition("/")
        month, _, year = rest.partition("/")
        try:
            date = parse_date(f"{year}-{month:0>2}-{day:0>2}" if rest else value)
        except ValueError:
            date = None
        if date is None:
            raise ValueError(f"« {value} » n’est pas une date : écrivez 31/12/2027 ou 2027-12-31.")
        return date

    def render(self, value, obj=None, **kwargs):
        return value.strftime("%d/%m/%Y") if value else ""


class ContractWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        stages = CoEntrepreneur.ContractStage
        known = {name.casefold(): code for code, label in stages.choices for name in (code, label)}
        if value and value.casefold() not in known:
            raise ValueError(f"« {value} » n’est pas un contrat connu : {', '.join(stages.labels)}.")
        return known.get(value.casefold(), "") if value else ""

    def render(self, value, obj=None, **kwargs):
        return dict(CoEntrepreneur.ContractStage.choices).get(value, "")


class ReferentWidget(widgets.Widget):
    """The référent by the name or the address of their account; an empty cell leaves the one there is."""

    @cached_property
    def known(self):
        known = {}
        for referent in Referent.objects.select_related("user"):
            for name in {referent.user.username.casefold(), referent.user.email.casefold()}:
                known.setdefault(name, []).append(referent)
        return known

    def clean(self, value, row=None, **kwargs):
        referents = self.known.get(value.casefold(), [])
        if len(referents) != 1:
            raise ValueError(f"« {value} » n’est le compte d’aucun référent (identifiant ou adresse électronique).")
        return referents[0]

    def render(self, value, obj=None, **kwargs):
        return value.user.email or value.user.username if value else ""


class ListWidget(widgets.ManyToManyWidget):
    """Several words in a cell, separated by `|`, each known under one or several names."""

    def __init__(self, model, *, names, shown):
        super().__init__(model, separator="|")
        self.names, self.shown = names, shown

    @cached_property
    def known(self):
        return {name.casefold(): row for row in self.model.objects.all() for name in self.names(row) if name}

    def clean(self, value, row=None, **kwargs):
        words = [word.strip() for word in (value or "").split("|") if word.strip()]
        if unknown := [word for word in words if word.casefold() not in self.known]:
            raise ValueError(f"Valeurs inconnues : {', '.join(unknown)}.")
        return list({self.known[word.casefold()].pk: self.known[word.casefold()] for word in words}.values())

    def render(self, value, obj=None, **kwargs):
        return " | ".join(self.shown(row) for row in value.all()) if value is not None else ""


class FicheDiff(resources.Diff):
    """What a row changes, as data: [(column, before, after)]."""

    def __init__(self, resource, instance, new):
        self.columns = resource.get_diff_headers()
        super().__init__(resource, instance, new)

    def as_html(self):
        pairs = zip(self.columns, [None] * len(self.left) if self.new else self.left, self.right, strict=True)
        return [(column, left or "", right) for column, left, right in pairs if (left or "") != right]


class LineResult(Result):
    """Rows are numbered as in the file, where the titles and empty rows count."""

    def append_invalid_row(self, number, row, validation_error):
        super().append_invalid_row(row[LINE], row, validation_error)

    def append_error_row(self, number, row, errors):
        super().append_error_row(row[LINE], row, errors)


class FicheResource(resources.ModelResource):
    """Fiches from and to a spreadsheet, on behalf of `user`; the address tells which fiche a row is about.

    A column that isn't there changes nothing. The box follows the same rules as everywhere, through the same actions.
    """

    email = Field("email", "email", TextWidget())
    first_name = Field("first_name", "prenom", TextWidget())
    last_name = Field("last_name", "nom", TextWidget())
    trade_name = Field("trade_name", "marque", TextWidget())
    headline = Field("headline", "accroche", TextWidget())
    public_offer = Field("public_offer", "offre", TextWidget())
    presentation = Field("presentation", "presentation", TextWidget())
    skills = Field(
        "skills",
        "competences",
        ListWidget(Skill, names=lambda row: [row.name, row.slug], shown=lambda row: row.name),
    )
    cpv_codes = Field("cpv_codes", "cpv", ListWidget(CpvCode, names=lambda row: [row.code], shown=lambda row: row.code))
    departments = Field(
        "departments",
        "departements",
        ListWidget(Department, names=lambda row: [row.code, row.name], shown=lambda row: row.code),
    )
    nationwide = Field("nationwide", "toute_la_france", YesNoWidget())
    city = Field("city", "ville", TextWidget())
    phone = Field("phone", "telephone", TextWidget())
    website = Field("website", "site", TextWidget())
    contract_stage = Field("contract_stage", "contrat", ContractWidget())
    referent = Field("referent", "referent", ReferentWidget())
    departed_on = Field("departed_on", "depart", DayWidget())
    client_public = Field("client_public", "client_public", YesNoWidget(), readonly=True)

    class Meta:
        model = CoEntrepreneur
        fields = (
            "email",
            "first_name",
            "last_name",
            "trade_name",
            "headline",
            "public_offer",
            "presentation",
            "skills",
            "cpv_codes",
            "departments",
            "nationwide",
            "city",
            "phone",
            "website",
            "contract_stage",
            "referent",
            "departed_on",
            "client_public",
        )
        import_id_fields = ("email",)
        skip_unchanged = True
        use_transactions = True

    @classmethod
    def get_result_class(cls):
        return LineResult

    @classmethod
    def get_diff_class(cls):
        return FicheDiff

    def __init__(self, *, user, file_name=""):
        super().__init__()
        self.user = user
        self.reason = f"Import de {file_name}"
        self.lines_of = {}
        self.fiches = {}
        # The keys of the fiches that it made.
        self.made = []
        # What the catalogue and its people will see: [(name, sentence)], in the order of the file.
        self.effects = []

    @property
    def columns(self):
        return [field.column_name for field in self.get_import_fields()]

    def before_import(self, dataset, **kwargs):
        """Fetch the fiches that the file names, and hold them to the end of the transaction."""
        fiches = (
            CoEntrepreneur.objects.alias(address=Lower("email"))
            .filter(address__in=[address.lower() for address in dataset["email"]])
            .select_related("referent__user")
            .prefetch_related("skills", "cpv_codes", "departments")
            .select_for_update(of=["self"])
            .order_by("pk")
        )
        self.fiches = {fiche.email.lower(): fiche for fiche in fiches}

    def before_import_row(self, row, **kwargs):
        """Refuse formulas, and an address that came before."""
        formulas = {
            field.attribute: "Une formule n’est pas acceptée : mettez sa valeur."
            for field in self.get_import_fields()
            if row.get(field.column_name, "").startswith("=")
        }
        if formulas:
            raise ValidationError(formulas)
        first = self.lines_of.setdefault(row["email"].lower(), row[LINE])
        if row["email"] and first != row[LINE]:
            raise ValidationError({"email": f"Cette adresse est déjà à la ligne {first}."})

    def get_instance(self, instance_loader, row):
        return self.fiches.get(row["email"].lower())

    def after_init_instance(self, instance, new, row, **kwargs):
        if new and not self.user.is_superuser:
            instance.referent = self.user.referent
        if not follows(self.user, instance):
            whose = f"est suivie par {instance.referent}" if instance.referent else "n’a pas de référent"
            raise ValidationError({"email": f"Cette fiche {whose} : vous ne pouvez pas la changer."})

    def import_instance(self, instance, row, **kwargs):
        """All the errors of a row at once, lists included."""
        referent = instance.referent
        errors = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in self.get_import_fields():
            if field.column_name in row and (field.readonly or isinstance(field.widget, ListWidget)):
                try:
                    field.clean(row)
                except ValueError as error:
                    errors[field.attribute] = [ValidationError(str(error))]
        if instance.referent != referent and not self.user.is_superuser:
            errors["referent"] = [ValidationError("Seule l’administration change le référent d’une fiche.")]
        if errors:
            raise ValidationError(errors)

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        """An empty cell empties the field, but not the référent's."""
        if field.attribute != "referent" or row.get(field.column_name):
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """Check the fiche as the form does; its photo isn't in the file."""
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude={*errors, "photo"}, validate_unique=validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        self.departed_before = original.departed_on
        if import_validation_errors or self._box(row) not in (None, instance.client_public):
            return False
        return super().skip_row(instance, original, row, import_validation_errors)

    def save_m2m(self, instance, row, **kwargs):
        super().save_m2m(instance, row, **kwargs)
        if instance.email.lower() not in self.fiches:
            self.made.append(instance.pk)
        box = self._box(row)
        leaves = departure_sentence(instance, listed=instance.client_public and box is not False)
        if leaves and instance.departed_on != self.departed_before:
            self.effects.append((instance.name, leaves))
        if box in (None, instance.client_public):
            return
        has_request = box and ListingRequest.objects.open().of_fiche(instance).exists()
        change = actions.tick if box else actions.untick
        try:
            change(co_entrepreneur_pk=instance.pk, by=self.user, reason=self.reason)
        except Incomplete as error:
            raise ValidationError({"client_public": f"Pour cocher, il faut {', '.join(error.missing)}."}) from error
        self.effects.append((instance.name, foreseen(instance, tick=box, has_request=has_request)))
        instance.client_public = box

    def import_data(self, *args, **kwargs):
        with pghistory.context(user=self.user.pk, reason=self.reason):
            return super().import_data(*args, **kwargs, rollback_on_validation_errors=True)

    def _box(self, row):
        """What the row wants of the box; None when it says nothing of it."""
        field = self.fields["client_public"]
        return field.clean(row) if row.get(field.column_name) else None
