"""What other rooms ask of this one."""

from . import objections
from .page import filled
from .typed import tells_of_someone
from .vocabulary import Sought

__all__ = ["Sought", "filled", "objections", "tells_of_someone"]
