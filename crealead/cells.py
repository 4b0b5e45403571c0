"""How a text is written in a cell of a spreadsheet, so that nothing of it runs: one way for all the files we make."""

import re

# A cell that begins so is run as a formula by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A short text that begins so is taken for a number or a date by a spreadsheet that opens a CSV: « 007 », « 1/2 ».
LIKE_A_FIGURE = re.compile(r"[0-9].{0,30}", re.DOTALL)


def harmless(text):
    """The text as it is written in a file: nothing runs, nothing is taken for a number; `unescape` gives it back."""
    risky = text.startswith(FORMULA_STARTS) or unescape(text) != text
    return f"'{text}" if risky else text


def as_words(text):
    """The text of a field of words as a CSV says it, so that a spreadsheet leaves « 007 » or « 1/2 » as they are."""
    return f"'{text}" if LIKE_A_FIGURE.fullmatch(text) else harmless(text)


def unescape(text):
    """The text of a cell that `harmless` or `as_words` changed, as it was."""
    rest = text[1:]
    quoted = rest.startswith((*FORMULA_STARTS, "'")) or LIKE_A_FIGURE.fullmatch(rest)
    return rest if text.startswith("'") and quoted else text
