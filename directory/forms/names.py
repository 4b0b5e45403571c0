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

    Attributes:
        question: what is asked, an empty string when nothing is.
        known_name: a name that is written so already, and isn't questioned.
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

    question = known_name = ""

    def clean(self):
        data = super().clean()
        first_name, last_name = data.get("first_name"), data.get("last_name")
        if not first_name or not last_name:
            return data
        usual = {"first_name": usual_first_name(first_name), "last_name": usual_last_name(last_name)}
        typed, meant = f"{first_name} {last_name}", " ".join(usual.values())
        if typed in {meant, self.known_name}:
            return data
        self._ask(typed, meant)
        answer = data.get("names") if data.get("names_asked") == typed else ""
        if answer == "usual":
            data |= usual
        elif answer != "typed":
            self.data = self.data.copy()
            self.data["names"], self.data["names_asked"] = "usual", typed
            self.add_error("names", f"Vous avez écrit « {typed} » : {self.unsure}")
        return data

    def _ask(self, typed, meant):
        self.question = f"Est-ce bien {meant} ?"
        self["names"].label, self.fields["names"].required = self.question, True
        self.fields["names"].choices = [("usual", f"Oui, écrivez {meant}"), ("typed", f"Non, gardez {typed}")]
