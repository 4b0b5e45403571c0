"""What other rooms ask of this one."""

from . import objections
from .erasure import Report, erase
from .page import filled
from .typed import tells_of_someone
from .vocabulary import Sought

__all__ = ["Report", "Sought", "erase", "filled", "objections", "tells_of_someone"]
