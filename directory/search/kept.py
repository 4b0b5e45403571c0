"""What is kept of fiches between requests, within a number and a weight: those read longest ago are forgotten first."""

import threading
from collections import OrderedDict

MOST_FICHES = 4000
MOST_CHARACTERS = 8_000_000


class Kept:
    """A value for each fiche, by key. What is kept of those that moved is left behind by `without`."""

    def __init__(self):
        # By key, (value, how many characters it holds), the one read last at the end.
        self._entries = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def __len__(self):
        return len(self._entries)

    def read(self, pks):
        """What is kept of these fiches, by key; those of which nothing is have no entry."""
        with self._lock:
            kept = {pk: self._entries[pk][0] for pk in pks if pk in self._entries}
            for pk in kept:
                self._entries.move_to_end(pk)
        return kept

    def keep(self, pk, value, characters):
        with self._lock:
            self._forget(pk)
            self._entries[pk] = value, characters
            self._characters += characters
            while len(self._entries) > MOST_FICHES or self._characters > MOST_CHARACTERS:
                self._forget(next(iter(self._entries)))

    def without(self, pks):
        """A copy less these fiches: what a request still keeps here of their former state stays here."""
        copy = Kept()
        with self._lock:
            copy._entries, copy._characters = self._entries.copy(), self._characters
        for pk in pks:
            copy._forget(pk)
        return copy

    def _forget(self, pk):
        if pk in self._entries:
            self._characters -= self._entries.pop(pk)[1]
