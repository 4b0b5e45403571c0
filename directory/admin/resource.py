"""The columns of fiches in a spreadsheet, the same out and in."""

import re
import unicodedata

import pghistory
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from import_export import resources
from import_export.fields import Field
from import_export.results import Result

from crealead.words import sayable
from directory.decisions import Incomplete
from directory.forms.names import usual_name
from directory.listing import actions
from directory.listing.box import departure_sentence, foreseen
from directory.models import CoEntrepreneur, CpvCode, Department, ListingRequest, Skill
from directory.privacy.actions import objections
from directory.rights import chooses_referent, fiches_followed_by, follows, hidden_from_colleagues

from .spreadsheet.cells import FORMULA_ERROR
from .spreadsheet.reading import LINE, folded
from .widgets import (
    ContractWidget,
    CpvWidget,
    DayWidget,
    DepartmentsWidget,
    ListWidget,
    ReferentWidget,
    TextWidget,
    YesNoWidget,
)

# « voix?; », « 80?% », « «?mot », « Ã© », and what stands for a sign that couldn't be read.
DAMAGED = re.compile(r"\w\?[;:%€]|«\?|[ÃÂ][\u0080-\u00bf]|â€|\ufffd")
# In rows: a second or two of work.
TOLD_EVERY = 20
# What else people call a column, beside its title and the name that the fiche's form gives to the field.
OTHER_TITLES = {
    "email": ["e-mail", "mail", "courriel", "adresse e-mail", "adresse mail", "adresse email", "adresse courriel"],
    "nom": ["nom de famille"],
    "marque": ["nom de la marque", "marque commerciale", "enseigne"],
    "offre": ["offre client public", "offre publique"],
    "competences": ["compétence", "savoir-faire"],
    "cpv": ["code CPV"],
    "departements": ["département", "zone d’intervention", "zone"],
    "toute_la_france": ["France entière"],
    "ville": ["commune"],
    "telephone": ["tél", "téléphone portable", "portable", "mobile", "n° de téléphone", "numéro de téléphone"],
    "site": ["site web", "site internet", "adresse du site"],
    "contrat": ["type de contrat"],
    "referent": ["référente"],
    "depart": ["départ", "date du départ", "parti le"],
    "client_public": ["case client public", "référencé"],
}


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

    # Columns of words, where « 007 » is one.
    WORDS = ("prenom", "nom", "marque", "accroche", "offre", "presentation", "ville")
    # What to write in each column, as the page and the file to fill say it.
    HELP = {
        "email": "Obligatoire : l’adresse dit de quelle fiche il s’agit. Une adresse inconnue crée une fiche.",
        "prenom": "Obligatoire pour une fiche nouvelle : Camille",
        "nom": "Obligatoire pour une fiche nouvelle : Dupont",
        "marque": "Le nom commercial.",
        "accroche": "Ce que la personne fait, en une phrase : 140 signes au plus.",
        "offre": "L’offre aux clients publics : 3 000 signes au plus.",
        "presentation": "3 000 signes au plus.",
        "competences": "Des compétences de notre liste, séparées par « | », « ; » ou une virgule.",
        "cpv": "Des codes CPV à 8 chiffres, avec ou sans leur clé, séparés de même : 80511000-9 ; 79952000",
        "departements": "Des numéros ou des noms de départements, séparés de même : 09 ; Hérault",
        "toute_la_france": "Oui ou non",
        "ville": "Montpellier",
        "telephone": "04 67 12 34 56",
        "site": "https://www.exemple.fr",
        "contrat": "CAPE, CESA ou Associé",
        "fin_de_contrat": "Une date : 31/12/2027",
        "referent": "Son nom, ou l’adresse de son compte ; pour les administrateurs. Vide, ne change rien.",
        "depart": "Une date : 31/12/2027",
        "client_public": "Oui ou non ; mêmes règles que sur la fiche. Vide, ne change rien.",
    }

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
    cpv_codes = Field("cpv_codes", "cpv", CpvWidget(CpvCode, names=lambda row: [row.code], shown=lambda row: row.code))
    departments = Field(
        "departments",
        "departements",
        DepartmentsWidget(Department, names=lambda row: [row.code, row.name], shown=lambda row: row.code),
    )
    nationwide = Field("nationwide", "toute_la_france", YesNoWidget())
    city = Field("city", "ville", TextWidget())
    phone = Field("phone", "telephone", TextWidget())
    website = Field("website", "site", TextWidget())
    contract_stage = Field("contract_stage", "contrat", ContractWidget())
    contract_ends_on = Field("contract_ends_on", "fin_de_contrat", DayWidget())
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
            "contract_ends_on",
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

    def __init__(self, *, user, file_name="", progress=None):
        """`progress` is called with how many rows are done, from time to time."""
        super().__init__()
        self.progress, self.rows_done = progress, 0
        self.user = user
        self.reason = f"Import de {file_name}"
        self.lines_of = {}
        # Who followed what changes hands, by the keys of the fiches.
        self.former_referents = {}
        self.fiches = {}
        # The keys of the fiches that it made.
        self.made = []
        # Names written oddly: [(as the file has it, as it is usually written)].
        self.odd_names = []
        # What the catalogue and its people will see: [(name, sentence)], in the order of the file.
        self.effects = []

    @cached_property
    def followed(self):
        """The keys of the fiches that `user` follows."""
        return set(fiches_followed_by(self.user).values_list("pk", flat=True))

    def export_field(self, field, instance, **kwargs):
        """What `user` doesn't read of a colleague's fiche is an empty cell."""
        if instance.pk and instance.pk not in self.followed and field.attribute in hidden_from_colleagues(instance):
            return ""
        return super().export_field(field, instance, **kwargs)

    @property
    def columns(self):
        return [field.column_name for field in self.get_import_fields()]

    @classmethod
    def titles(cls):
        """What each column may be called in a file, as `folded` writes it."""
        titles = {}
        for field in cls.fields.values():
            label = CoEntrepreneur._meta.get_field(field.attribute).verbose_name
            for title in (field.column_name, label, *OTHER_TITLES.get(field.column_name, [])):
                titles[folded(title)] = field.column_name
        return titles

    def before_import(self, dataset, **kwargs):
        """Fetch the fiches that the file names, and hold them to the end of the transaction."""
        fiches = (
            CoEntrepreneur.objects.with_address(*map(_address, dataset["email"]))
            .select_related("referent__user")
            .prefetch_related("skills", "cpv_codes", "departments")
            .select_for_update(of=["self"])
            .order_by("pk")
        )
        self.fiches = {fiche.email.lower(): fiche for fiche in fiches}

    def before_import_row(self, row, **kwargs):
        row["email"] = _address(row["email"])

    def import_row(self, row, *args, **kwargs):
        result = super().import_row(row, *args, **kwargs)
        self.rows_done += 1
        if self.progress and self.rows_done % TOLD_EVERY == 0:
            self.progress(self.rows_done)
        return result

    def get_instance(self, instance_loader, row):
        return self.fiches.get(row["email"].lower())

    def after_init_instance(self, instance, new, row, **kwargs):
        if new and not chooses_referent(self.user):
            instance.referent = self.user.referent
        if not follows(self.user, instance):
            whose = f"est suivie par {instance.referent}" if instance.referent else "n’a pas de référent"
            raise ValidationError({"email": f"Cette fiche {whose} : vous ne pouvez pas la changer."})

    def import_instance(self, instance, row, **kwargs):
        """All the errors of a row at once, lists and formulas included, and an address that came before."""
        referent = instance.referent
        errors = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in self.get_import_fields():
            if field.column_name in row and (field.readonly or isinstance(field.widget, ListWidget)):
                try:
                    self._refuse_formula(field, instance, row.get(field.column_name, ""))
                    field.clean(row)
                except ValueError as error:
                    errors[field.attribute] = [ValidationError(str(error))]
        if instance.referent != referent and not chooses_referent(self.user):
            errors["referent"] = [ValidationError("Seule l’administration change le référent d’une fiche.")]
        if instance.pk and instance.referent != referent:
            self.former_referents[instance.pk] = referent.pk if referent else None
        first = self.lines_of.setdefault(row["email"].lower(), row[LINE])
        if row["email"] and first != row[LINE]:
            errors["email"] = [ValidationError(f"Cette adresse est déjà à la ligne {first}.")]
        if errors:
            raise ValidationError(errors)

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        """An empty cell empties the field, but not the référent's; line ends of another system change nothing."""
        cell = row.get(field.column_name, "")
        if field.attribute == "referent" and not cell:
            return
        self._refuse_formula(field, instance, cell)
        if isinstance(field.widget, TextWidget):
            if self._is_kept(field, instance, cell):
                return
            if damaged := _damaged(cell, getattr(instance, field.attribute)):
                raise ValueError(
                    f"« {damaged} » a perdu des signes quand le fichier a été enregistré : enregistrez-le en "
                    "« CSV UTF-8 », en XLSX ou en ODS, ou récrivez ce texte."
                )
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def _refuse_formula(self, field, fiche, cell):
        """Refuse a formula, and the error of one; what the fiche says already isn't one."""
        if self._is_kept(field, fiche, cell):
            return
        if cell.startswith("="):
            raise ValueError("Une formule n’est pas acceptée : mettez sa valeur.")
        if failed := FORMULA_ERROR.search(cell):
            raise ValueError(f"« {failed[0]} » est l’erreur d’une formule : mettez sa valeur.")

    @staticmethod
    def _is_kept(field, fiche, cell):
        """Whether a cell says the very words that the fiche has."""
        is_text = isinstance(field.widget, TextWidget)
        return is_text and _plain(getattr(fiche, field.attribute)) == _plain(cell)

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
        self.departed_before, self.name_before = original.departed_on, original.name
        if import_validation_errors or self._box(row) not in (None, instance.client_public):
            return False
        return super().skip_row(instance, original, row, import_validation_errors)

    def save_m2m(self, instance, row, **kwargs):
        super().save_m2m(instance, row, **kwargs)
        if instance.email.lower() not in self.fiches:
            self.made.append(instance.pk)
            marks = {"emails": [instance.email], "phones": [instance.phone], "names": [instance.name]}
            if warning := objections.warning(**marks):
                self.effects.append((instance.name, warning))
        usual = usual_name(instance.first_name, instance.last_name)
        if instance.name not in {usual, self.name_before}:
            self.odd_names.append((instance.name, usual))
        box = self._box(row)
        leaves = departure_sentence(instance, listed=instance.client_public and box is not False)
        if leaves and instance.departed_on != self.departed_before:
            self.effects.append((instance.name, leaves))
        if box in (None, instance.client_public):
            return
        has_request = box and ListingRequest.objects.open().of_fiche(instance).exists()
        change = actions.tick if box else actions.untick
        effect = foreseen(instance, tick=box, has_request=has_request)
        try:
            changed = change(co_entrepreneur_pk=instance.pk, by=self.user, reason=self.reason)
        except Incomplete as error:
            raise ValidationError({"client_public": f"Pour cocher, il faut {', '.join(error.missing)}."}) from error
        self.effects.append((instance.name, effect))
        instance.client_public = changed.client_public

    def import_data(self, *args, **kwargs):
        with pghistory.context(user=self.user.pk, reason=self.reason):
            return super().import_data(*args, **kwargs, rollback_on_validation_errors=True)

    def _box(self, row):
        """What the row wants of the box; None when it says nothing of it."""
        field = self.fields["client_public"]
        return field.clean(row) if row.get(field.column_name) else None


def _address(cell):
    """An address, without the invisible signs that come along when it is pasted."""
    return "".join(sign for sign in cell if unicodedata.category(sign) not in {"Cf", "Cc", "Zs"}).removeprefix(
        "mailto:"
    )


def _plain(text):
    """A text without what spreadsheets don't keep: its controls, which line ends it has, tabs beside spaces."""
    text = sayable(text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[ \t]+", " ", text).strip()


def _damaged(cell, text):
    """A word of the cell that an encoding without all its signs has damaged; None when there is none.

    Windows' ANSI writes « ? » for a narrow no-break space: « voix ; » comes back as « voix?; ».
    """
    words, words_before = (re.split(r"[ \t\r\n]+", words) for words in (cell, text))
    lost = {_in_ansi(word) for word in words_before} - set(words_before)
    return next((word for word in words if DAMAGED.search(word) or word in lost), None)


def _in_ansi(word):
    return word.encode("cp1252", "replace").decode("cp1252")
