"""JSON of any size, walked through without being held in memory."""

import codecs
import json
from decimal import Decimal
from json.decoder import WHITESPACE

CHUNK = 1 << 18
# A value that is decoded whole isn't longer.
LONGEST_VALUE = 4 << 20
LONGEST_NUMBER = 40
LONGEST_EXCERPT = 40


class UnreadableFileError(Exception):
    """The file as a whole can't be read; the end of a sentence says why."""


def excerpt_of(value):
    """A wrong value, short and harmless enough for a sentence."""
    text = str(value)
    excerpt = "".join(sign for sign in text[:LONGEST_EXCERPT] if sign.isprintable())
    return excerpt + ("…" if len(text) > LONGEST_EXCERPT else "")


def _number(text):
    """A number of JSON; the text itself when it is so long that it is none of ours."""
    return Decimal(text) if len(text) <= LONGEST_NUMBER else text


def _whole_number(text):
    return int(text) if len(text) <= LONGEST_NUMBER else text


def _constant(name):
    """NaN and Infinity aren't JSON: a wrong value, which only matters in a field that we read."""
    return f"constante {name}"


class Scanner:
    """Walks through JSON without holding it: lists and objects are entered, their values decoded one by one."""

    def __init__(self, file, progress):
        self.file, self.progress = file, progress
        self.text, self.at, self.ended = "", 0, False
        self.decode_bytes = codecs.getincrementaldecoder("utf-8-sig")().decode
        decoder = json.JSONDecoder(parse_int=_whole_number, parse_float=_number, parse_constant=_constant)
        self.decode = decoder.raw_decode

    def items(self):
        """The values of the list that begins here."""
        self._take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self._take(",", "]") == "]":
                return

    def members(self):
        """The keys of the object that begins here; the caller reads or skips each value."""
        self._take("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                self._refuse()
            self._take(":")
            yield key
            if self._take(",", "}") == "}":
                return

    def value(self):
        """The value that begins here, whole."""
        self.peek()
        while True:
            try:
                value, end = self.decode(self.text, self.at)
            except json.JSONDecodeError as error:
                # What is cut by the end of what was read may be right; an error well before it isn't.
                if not self._read_more():
                    self._refuse(error)
            except RecursionError as error:
                raise UnreadableFileError(
                    "ce fichier imbrique trop de niveaux pour être une liste de marchés."
                ) from error
            else:
                # A number may go on in what isn't read yet.
                if end < len(self.text) or not self._read_more():
                    self.at = end
                    return value

    def skip(self):
        """Pass over the value that begins here; a long list is passed item by item."""
        if self.peek() == "[":
            for _ in self.items():
                pass
        else:
            self.value()

    def end(self):
        if self.peek():
            self._refuse()

    def peek(self):
        """The next sign that isn't white space, or an empty string at the end of the file."""
        while True:
            self.at = WHITESPACE.match(self.text, self.at).end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._read_more():
                return ""

    def _take(self, *signs):
        sign = self.peek()
        if sign not in signs:
            self._refuse()
        self.at += 1
        return sign

    def _read_more(self):
        """Read on, forgetting what is passed.

        Returns:
            bool: whether there was more.
        """
        if self.ended:
            return False
        if len(self.text) - self.at > LONGEST_VALUE:
            raise UnreadableFileError("ce fichier contient une valeur trop longue pour être un marché.")
        chunk = self.file.read(CHUNK)
        if self.progress:
            self.progress(len(chunk))
        self.ended = not chunk
        try:
            self.text = self.text[self.at :] + self.decode_bytes(chunk, self.ended)
        except UnicodeDecodeError as error:
            raise UnreadableFileError("ce fichier n’est pas un texte en UTF-8.") from error
        self.at = 0
        return not self.ended

    def _refuse(self, error=None):
        if not self.peek():
            raise UnreadableFileError("ce fichier s’arrête avant la fin.") from error
        excerpt = excerpt_of(self.text[self.at : self.at + LONGEST_EXCERPT])
        raise UnreadableFileError(f"ce fichier n’est pas du JSON valide, vers « {excerpt} ».") from error
