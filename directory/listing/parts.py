"""The parts of the form of a request: steps on a phone, one page elsewhere; what each still lacks."""

from dataclasses import dataclass, field

CLIENTS, LAST = "clients", "fin"
PARTS = [
    ("vous", "Vous", ["first_name", "last_name", "names", "trade_name", "referent"]),
    ("offre", "Votre offre", ["headline", "public_offer"]),
    ("savoir-faire", "Ce que vous savez faire", ["skills", "cpv_codes", "typed_cpv_codes"]),
    ("lieux", "Où vous intervenez", ["nationwide", "departments"]),
    (CLIENTS, "Vos clients publics", []),
    ("montrer", "Ce qui peut se montrer de vous", ["phone", "website", "photo", "drop_photo", "consents"]),
    (LAST, "Pour finir", ["word_to_referent"]),
]
NOWHERE = "où vous intervenez"
SPELLING = "comment votre nom s’écrit"
KEYS = {key for key, _, _ in PARTS}


@dataclass
class Part:
    """A part of the form.

    Attributes:
        key: what its address and its anchor say.
        names: its fields, among those of the form.
        lacks: what must still be filled in, as labels.
        is_shown: whether a phone shows it; elsewhere all are.
        is_current: whether it is the one from which one goes on.
    """

    key: str
    title: str
    names: list
    lacks: list = field(default_factory=list)
    is_shown: bool = False
    is_current: bool = False

    def has_any(self, names):
        """Whether one of these fields is among its own."""
        return any(name in names for name in (self.names if self.key != CLIENTS else ["served_clients"]))


@dataclass
class Progress:
    """How far a request is written.

    Attributes:
        current: the part that a phone shows first, and from which one goes on.
        before, after: the keys of its neighbours, or empty strings.
    """

    parts: list
    current: Part
    before: str
    after: str
    required: int
    filled: int

    @property
    def lacks(self):
        return [label for part in self.parts for label in part.lacks]

    @property
    def by_key(self):
        """The parts as a template names them."""
        return {part.key.replace("-", "_"): part for part in self.parts}


def progress_of(form, clients, *, at="", found_again=False, to_correct=False, to_compare=()):
    """What is written and what is left of a request.

    `at` is the key of the part where one is; otherwise it is the first one or, of a request that is `found_again`,
    the first that lacks something, the last when none does. `to_correct`, what is wrong is shown rather than one part;
    so are the parts that have the fields `to_compare`.
    """
    parts = [Part(key, title, [name for name in names if name in form.fields]) for key, title, names in PARTS]
    parts = [part for part in parts if part.names or part.key == CLIENTS]
    required = filled = 0
    for part in parts:
        for name in part.names:
            # What is asked about the names counts as the names themselves: the sum stays the same.
            if name != "names" and (form.fields[name].required or name == "departments"):
                required += 1
                if lack := _lack(form, name):
                    part.lacks.append(lack)
                else:
                    filled += 1
    wrong = [part for part in parts if to_correct and _is_wrong(part, form, clients)]
    first = [*(part for part in parts if part.lacks), parts[-1]] if found_again else parts
    current = (wrong or [part for part in parts if part.key == at] or first)[0]
    current.is_current = True
    for part in wrong or [current, *(part for part in parts if part.has_any(to_compare))]:
        part.is_shown = True
    keys = ["", *(part.key for part in parts), ""]
    rank = keys.index(current.key)
    return Progress(parts, current, keys[rank - 1], keys[rank + 1], required, filled)


def keep_errors_of(part, form):
    """Of a part that is only left for another, say what is wrong, and nothing of what isn't there yet."""
    for name, errors in list(form.errors.as_data().items()):
        if name not in part.names or all(error.code == "required" for error in errors):
            del form.errors[name]


def _lower_first(label):
    return label[:1].lower() + label[1:]


def _lack(form, name):
    """What must still be said of a field, or an empty string."""
    if name == "departments":
        return "" if form[name].value() or form["nationwide"].value() else NOWHERE
    if name == "last_name" and form.question:
        return SPELLING
    return "" if form[name].value() else _lower_first(form[name].label)


def _is_wrong(part, form, clients):
    if part.key == CLIENTS:
        return bool(clients.total_error_count())
    return any(name in form.errors for name in part.names) or (part.key == LAST and bool(form.non_field_errors()))
