"""Words as they are written and compared.

Figures and dates as sentences say them, in French: a limit that is a constant is never written a second time.
"""

import re
import unicodedata
from datetime import timedelta
from textwrap import shorten

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince

DAY = timedelta(days=1)
# What is counted, from the longest; a length is told in the first that it is a whole number of.
UNITS = [
    (365 * DAY, "an", "ans"),
    (DAY, "jour", "jours"),
    (timedelta(hours=1), "heure", "heures"),
    (timedelta(minutes=1), "minute", "minutes"),
]
SPELLED = {1: "un", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six"}
FEMININE_UNITS = {"semaine", "heure", "minute"}
SPACE_TO_KEEP = re.compile(r"(?<=\S) (?=[:;!?»](?:\s|$|[»).,*]))|(?<=«) ")
MEGABYTE = 1024 * 1024
# What XML 1.0 can't hold, not even escaped, and no other file has a use for: it comes with what is pasted from slides.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Past it, whoever shows what a page holds cuts it.
LONGEST_DESCRIPTION = 155


def plain(text):
    """A text as two people would both write it: without accents, capitals, invisible signs or spare spaces."""
    signs = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in signs if unicodedata.category(sign) not in {"Mn", "Cf"})
    return " ".join(bare.casefold().split())


def sayable(text):
    """A text as a file of any format can say it."""
    return NOT_IN_XML.sub("", text)


def with_example(help_text, example):
    """The help of a field, and how what is typed there looks."""
    return f"{help_text} Par exemple : {example}.".strip()


def lasting(length):
    """A length of time: « trois ans », « un jour », « une heure », « 30 minutes ».

    Raises:
        ValueError: for one that isn't a whole number of minutes, one at least.
    """
    for unit, one, many in UNITS:
        count, rest = divmod(length, unit)
        if count and not rest:
            number = SPELLED.get(count, str(count))
            if count == 1:
                return f"{number}e {one}" if one in {"heure", "minute"} else f"{number} {one}"
            return f"{number} {many}"
    raise ValueError(f"{length} isn't a whole number of minutes.")


def years(count):
    """« un an », « trois ans »."""
    return lasting(count * 365 * DAY)


def megabytes(count):
    """A number of bytes, as the limit of a file is told: « 5 Mo »."""
    return f"{count // MEGABYTE} Mo"


def file_size(count):
    """A number of bytes, as the size of what one downloads is told: « 84 Ko », « 1,2 Mo »."""
    if count < MEGABYTE:
        return f"{max(1, round(count / 1024))}\N{NO-BREAK SPACE}Ko"
    return f"{count / MEGABYTE:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}Mo"


FORMATS = {
    "csv": "CSV",
    "doc": "Word",
    "docx": "Word",
    "jpeg": "JPEG",
    "jpg": "JPEG",
    "json": "JSON",
    "odp": "OpenDocument",
    "ods": "OpenDocument",
    "odt": "OpenDocument",
    "pdf": "PDF",
    "png": "PNG",
    "pptx": "PowerPoint",
    "vcf": "vCard",
    "webp": "WebP",
    "xls": "Excel",
    "xlsx": "Excel",
    "zip": "ZIP",
}


def file_told(file):
    """What a link to a file says of it: « PDF, 84 Ko »; what isn't known of it is left out.

    Args:
        file: whatever has a `name`, whose ending is the format, and a `size` in bytes.
    """
    ending = file.name.rpartition(".")[2].lower()
    try:
        size = file_size(file.size)
    except OSError:
        # The row names a file that has gone: the view that serves it says so.
        size = ""
    return ", ".join(filter(None, [FORMATS.get(ending, "fichier"), size]))


def thousands(count):
    """A number as it is read: « 1 000 »."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def day(date):
    """« 28 novembre 2026 »; empty for None."""
    return date_format(date, "j F Y") if date else ""


def days(first, last):
    """« du 29 novembre au 5 décembre 2026 », « du 1 au 5 décembre 2026 », « le 5 décembre 2026 »."""
    if first == last:
        return f"le {day(last)}"
    start = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return f"du {date_format(first, start)} au {day(last)}"


def moment(at):
    """« 28 novembre 2026 à 09 h 05 », at the cooperative's hour."""
    return date_format(timezone.localtime(at), "j F Y à H \\h i")


def elapsed(start, end=None):
    """How long passed between two moments, the second now unless told: « un an et deux mois », « trois semaines »."""
    return " et ".join(_spelled(*part.split("\N{NO-BREAK SPACE}")) for part in timesince(start, end).split(", "))


def time_left(until):
    """The same, of what is to come."""
    return elapsed(timezone.now(), until)


def ago(at):
    """How long ago a moment was: « aujourd’hui », « il y a deux semaines », « il y a un an et deux mois »."""
    return "aujourd’hui" if timezone.localdate(at) == timezone.localdate() else f"il y a {elapsed(at)}"


def _spelled(count, unit):
    if count == "0":
        return "moins d’une minute"
    unit = {"année": "an", "années": "ans"}.get(unit, unit)
    if count == "1" and unit in FEMININE_UNITS:
        return f"une {unit}"
    return f"{SPELLED.get(int(count), count)}\N{NO-BREAK SPACE}{unit}"


def spaced(text):
    """A text with the no-break spaces that it lacks, beside « : », « ; », « ! », « ? » and inside « »."""
    return SPACE_TO_KEEP.sub("\N{NO-BREAK SPACE}", text)


def first_line(text):
    """The first line that says something; empty for none."""
    return next(iter(text.strip().splitlines()), "")


def clipped(text, most=LONGEST_DESCRIPTION):
    """How a text begins, in one line of whole words that ends with « … » when it isn't all."""
    return re.sub(r"[\s,;:–]*…$", "…", spaced(shorten(text, most, placeholder="…")))


def counted(count, one, many):
    """« 1 courriel », « 3 courriels »; `one` for nothing too, as French has it."""
    return f"{count} {one if abs(count) < 2 else many}"  # noqa: PLR2004


# In which an initial h isn't heard; it is in other names, as Hugo or Hassan.
SILENT_H = ("hel", "hen", "her", "hip", "hom", "hon", "hop", "hor", "hot", "hub", "hui", "hya", "hyd", "hyg")
VOWELS = "aeiou"


def _elides(words):
    letters = plain(words.replace("œ", "oe").replace("Œ", "oe")).lstrip('« “"')
    first, second = letters[:1], letters[1:2]
    return (first and first in VOWELS) or (first == "y" and second not in VOWELS) or letters.startswith(SILENT_H)


def of(words):
    """« d’Emma Roux », « de Karim », « d’Yves », « de Yasmine »."""
    return f"d’{words}" if _elides(words) else f"de {words}"


def at(town):
    """« à Béziers », « au Vigan », « aux Matelles », « à La Grande-Motte »."""
    article, _, name = town.partition(" ")
    contracted = {"le": "au", "les": "aux"}.get(article.lower())
    return f"{contracted} {name}" if contracted and name else f"à {town}"


# The first words of what the back office names.
FEMININE = {
    "assurance",
    "compétence",
    "consultation",
    "demande",
    "page",
    "participation",
    "pièce",
    "proposition",
    "recherche",
    "référence",
    "région",
    "section",
    "tentative",
    "trame",
}
MASCULINE = {
    "client",
    "co-entrepreneur",
    "code",
    "consentement",
    "courriel",
    "domaine",
    "département",
    "export",
    "groupe",
    "label",
    "marché",
    "membre",
    "message",
    "remplacement",
    "référent",
    "seuil",
    "synonyme",
    "usage",
    "utilisateur",
}


def _is_feminine(noun):
    return re.split(r"[ ’]", noun.casefold())[0] in FEMININE


def of_a(noun):
    """« d’une référence », « d’un groupe »."""
    return f"d’une {noun}" if _is_feminine(noun) else f"d’un {noun}"


def of_the(noun):
    """« de la référence », « du groupe », « de l’assurance »."""
    if _elides(noun):
        return f"de l’{noun}"
    return f"de la {noun}" if _is_feminine(noun) else f"du {noun}"


def chosen(nouns, noun):
    """« références sélectionnées », « groupes sélectionnés »: the plural of `noun`, and its agreement."""
    return f"{nouns} {'sélectionnées' if _is_feminine(noun) else 'sélectionnés'}"
