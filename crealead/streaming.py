"""Long answers, in pieces: few are made at once in each worker, since what is made costs the other pages."""

import threading
from time import monotonic

from django.http import StreamingHttpResponse
from django.shortcuts import render

RETRY_SECONDS = "5"

# At full speed; the others are asked to come back, and pages go on being answered.
AT_ONCE = 2
# A file is made within this time, or its reader is slow: it then takes a core for next to nothing.
MADE_SECONDS = 10
# Whatever their pace, so that memory has a bound; and when the slowest is given up.
AT_ALL, LONGEST_SECONDS = 20, 600


class TooSlowError(Exception):
    """A file has been read for too long: the connection is cut, which tells its reader that it isn't whole."""


_began = {}
_lock = threading.Lock()


class Place:
    """Pieces made while a place is held, which is given back at their end, or when nobody reads them any more."""

    @classmethod
    def take(cls):
        """A place, or None when there is none left."""
        now = monotonic()
        with _lock:
            for place in [place for place, began in _began.items() if now - began > LONGEST_SECONDS]:
                del _began[place]
            if len(_began) >= AT_ALL or sum(now - began <= MADE_SECONDS for began in _began.values()) >= AT_ONCE:
                return None
            place = cls()
            _began[id(place)] = now
            return place

    def filled(self, pieces):
        """The same place, in which these pieces are made."""
        self.pieces, self.ends = pieces, monotonic() + LONGEST_SECONDS
        return self

    def __iter__(self):
        try:
            for piece in self.pieces:
                if monotonic() > self.ends:
                    raise TooSlowError
                yield piece
        finally:
            self.close()

    def close(self):
        with _lock:
            _began.pop(id(self), None)

    def __del__(self):
        # An answer that something on its way replaced is never closed.
        self.close()


def in_pieces(request, make, *, content_type=None):
    """What `make()` gives, piece by piece, or 503 when too many are being made; HEAD makes none."""
    if request.method == "HEAD":
        return StreamingHttpResponse([], content_type=content_type)
    if (place := Place.take()) is None:
        busy = render(request, "busy.html", status=503)
        busy["Retry-After"] = RETRY_SECONDS
        return busy
    try:
        return StreamingHttpResponse(place.filled(make()), content_type=content_type)
    except BaseException:
        place.close()
        raise
