"""What other rooms ask of this one."""

from .erasure import Report, erase
from .page import filled
from .typed import tells_of_someone

__all__ = ["Report", "erase", "filled", "tells_of_someone"]
