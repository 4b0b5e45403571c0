"""First and last names written as names are: « camille DUPONT » is questioned, never corrected without a word."""

import re

from django import forms

WORD = re.compile(r"[^\W\d_]+")
# In a last name, what is written small even when the rest is in capitals; and what may be.
SMALL = {"de", "du", "des", "d", "von", "van", "der", "den", "di", "da", "dos"}
MAYBE_SMALL = SMALL | {"el", "al", "ben", "bin", "y", "e"}
AFTER_DE = {"la", "le", "les", "l"}


def usual_first_name(name):
    """The name with a capital to each word, where it has none or nothing else; on single spaces."""
    return WORD.sub(lambda word: _usual(word[0]), " ".join(name.split()))


def usual_last_name(name):
    """The same, particles small: « DE LA TOUR » is « de La Tour », « de la Tour » stays as it is."""
    name = " ".join(name.split())

    def usual(match):
        word, before = match[0], name[: match.start()].split()
        if word.islower() and (word in MAYBE_SMALL or (word in AFTER_DE and before and before[-1].lower() == "de")):
            return word
        if word.isupper() and word.lower() in SMALL and match.end() < len(name):
            return word.lower()
        return _usual(word)

    return WORD.sub(usual, name)


def usual_name(first_name, last_name):
    """The two together, as they are usually written."""
    return f"{usual_first_name(first_name)} {usual_last_name(last_name)}"


def _usual(word):
    is_initial = len(word) == 1 and word.isupper()
    return word.capitalize() if (word.islower() or word.isupper()) and not is_initial else word


class NamesForm(forms.Form):
    """A form with a `first_name` and a `last_name`, which asks whether they are written as meant.

    Each way of writing is asked about once: the answer « Oui » is written in the fields, the answer « Non » goes with
    the form from then on, as `names` and `names_asked`, and may come back among its initial values.

    Attributes:
        question: what is asked, an empty string when nothing is.
        is_confirmed: whether the names are to stay as they are typed, because their author said so.
        known_names: names that are written so already, and aren't questioned.
        unsure: what is said to who hasn't answered.
    """

    unsure = "dites comment votre nom s’écrit, il sera public."

    # What the person answers, and the names that they answer about.
    names = forms.ChoiceField(
        choices=[("usual", "Oui"), ("typed", "Non")],
        required=False,
        widget=forms.RadioSelect,
        label="Est-ce bien votre nom ?",
    )
    names_asked = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    question = ""
    is_confirmed = False
    known_names = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial |= self._meant(self.initial)

    def clean(self):
        data = super().clean()
        self.data = self.data.copy()
        meant = self._meant(data)
        for name, words in meant.items():
            self.data[name] = words
        if self.question:
            typed = meant["names_asked"]
            self.add_error("names", f"Vous avez écrit « {typed} » : {self.unsure}")
        return data | meant

    def _meant(self, said):
        """What becomes of what is `said`: the names as they are meant, or the question that is asked of them."""
        first_name, last_name = ((said.get(name) or "").strip() for name in ("first_name", "last_name"))
        if not first_name or not last_name:
            return {}
        usual = {"first_name": usual_first_name(first_name), "last_name": usual_last_name(last_name)}
        typed, meant = f"{first_name} {last_name}", " ".join(usual.values())
        if typed in {meant, *self.known_names}:
            return {}
        answer = said.get("names") if said.get("names_asked") == typed else ""
        if answer == "usual":
            return usual
        if answer == "typed":
            self.is_confirmed = True
            return {}
        self._ask(typed, meant)
        # Nothing is ticked beforehand: on a phone, another part may be what is in sight.
        return {"names": "", "names_asked": typed}

    def _ask(self, typed, meant):
        self.question = f"Est-ce bien {meant} ?"
        self["names"].label, self.fields["names"].required = self.question, True
        self.fields["names"].choices = [("usual", f"Oui, écrivez {meant}"), ("typed", f"Non, gardez {typed}")]
